import { loadMemory, type MemoryFiles, problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/merge-packages");

const FILE = "images/a/image.yaml";
const HEAD = "kind: BaseImage\nname: a\nversion: 1\nfrom: scratch\nos: debian\nlanguage: python3\n";
const LISTS = {
  "catalog/system/debian.yaml": "os: debian\npackages: [{ name: curl, versions: ['7.*', '8.*'] }, { name: jq }]\n",
  "catalog/runtime/python3.yaml": "language: python3\npackages: [{ name: Flask-Login }]\n",
};
const at = (name: string) => `catalog/modules/${name}/module.yaml`;

/** An image with these packages of its own, and with modules that have some, all of one key. */
function files(own: string, modules: Readonly<Record<string, string>>, key = "system-packages"): MemoryFiles {
  const list = Object.entries(modules).map(([name, packages]) => [
    at(name),
    `name: ${name}\nversion: 1\n${key}: ${packages}\n`,
  ]);
  const asked = `modules: [${Object.keys(modules).join(", ")}]\n`;
  return { ...LISTS, [FILE]: `${HEAD}${asked}${key}: ${own}\n`, ...Object.fromEntries(list) };
}

async function words(...given: Parameters<typeof files>): Promise<string[]> {
  const { desired, diagnostics } = await loadMemory(files(...given));
  assert.equal(diagnostics, []);
  return [...desired.images.values()][0]?.recipe.packages.map(({ argument }) => argument) ?? [];
}

test("packages of modules and image are one list, without those that are asked for twice", async () => {
  assert.equal(await words("[jq]", { m: "[curl]" }), await words("[curl, jq]", {}));
  assert.equal(await words("[curl, jq]", { m: "[curl]" }), await words("[curl, jq]", {}));
  assert.equal((await words("[jq]", { m: "[jq]", n: "[jq]" })).length, 1);
});

test("an exact version counts for more than none, in whatever order", async () => {
  const exact = await words("[{ name: curl, version: 7.1 }]", {});
  assert.equal(await words("[{ name: curl, version: 7.1 }]", { m: "[curl]" }), exact);
  assert.equal(await words("[curl]", { m: "[{ name: curl, version: 7.1 }]" }), exact);
  assert.equal(
    await words("[curl]", { m: "[{ name: curl, version: 7.1 }]", n: "[{ name: curl, version: 7.1 }]" }),
    exact,
  );
});

test("package-conflict: two exact versions, at the second with the place of the first", async () => {
  const hint = "an image can have one version of a package only";
  assert.equal(await problemsOf(files("[jq, { name: curl, version: 8.1 }]", { m: "[{ name: curl, version: 7.1 }]" })), [
    `${FILE}:8:23 package-conflict: curl 8.1 is requested here, and 7.1 in ${at("m")} | ${hint}`,
  ]);
  const modules = { m: "[{ name: curl, version: 7.1 }]", n: "[curl]", o: "[{ name: curl, version: 7.2 }]" };
  assert.equal(await problemsOf(files("[]", modules)), [
    `${at("o")}:3:19 package-conflict: curl 7.2 is requested here, and 7.1 in ${at("m")} | ${hint}`,
  ]);
});

test("package-conflict: names are compared as the manager does", async () => {
  const python = (own: string, module: string) =>
    problemsOf(files(`[{ name: ${own}, version: 1 }]`, { m: `[{ name: ${module}, version: 2 }]` }, "runtime-packages"));
  assert.is((await python("flask_login", "Flask-Login")).length, 1);
  assert.match((await python("flask_login", "Flask-Login"))[0] ?? "", /:8:\d+ package-conflict: flask_login 1 is/);
});

test("a package that is asked for twice in one body is still a mistake", async () => {
  assert.equal(
    (await problemsOf(files("[jq, jq]", { m: "[jq]" }))).map((text) => text.split(" ")[1]),
    ["duplicate-package:"],
  );
});

test("stages do not share packages", async () => {
  const stage =
    "stages:\n  - { name: s, from: scratch, os: debian, system-packages: [{ name: curl, version: 7.1 }] }\n";
  const text = `${HEAD}${stage}system-packages: [{ name: curl, version: 8.1 }]\n`;
  assert.equal(await problemsOf({ ...LISTS, [FILE]: text }), []);
});

test("what is not approved in a module is told there, once for all images", async () => {
  const all = {
    ...files("[]", { m: "[nothing]" }),
    "images/b/image.yaml": `${HEAD.replace("name: a", "name: b")}modules: [m]\n`,
  };
  assert.equal(await problemsOf(all), [
    `${at("m")}:3:19 package-not-approved: the package "nothing" is not approved for debian | an administrator can approve it in the catalogue (catalog/system/debian.yaml)`,
  ]);
});

test.run();
