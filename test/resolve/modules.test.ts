import { resolveModules } from "../../src/resolve/modules.js";
import { catalogue, image, module } from "../support/definitions.js";
import { loadMemory, type MemoryFiles, problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/modules");

const FILE = "images/i/image.yaml";
const HEAD = "kind: BaseImage\nname: i\nversion: 1\nfrom: scratch\n";
/** The file of a module given as `name` or `name version`. */
const at = (key: string) => `catalog/modules/${key.replace(" ", "-")}/module.yaml`;

/** An image that asks for modules, and what each of these needs, as they stand in YAML; a module without a version has 1. */
function files(asked: string, modules: Readonly<Record<string, string>>, more = ""): MemoryFiles {
  const needs = Object.entries(modules).map(([key, needed]) => {
    const [name = "", version = "1"] = key.split(" ");
    return [
      at(key),
      `name: ${name}\nversion: "${version}"\nmodules: ${needed}\nenv: { "${key.replace(/\W/g, "_")}": 1 }\n`,
    ];
  });
  return { [FILE]: `${HEAD}modules: ${asked}\n${more}`, ...Object.fromEntries(needs) };
}

/** The modules in the order in which they become part of the image. */
async function order(asked: string, modules: Readonly<Record<string, string>>): Promise<string> {
  const { graph, diagnostics } = await loadMemory(files(asked, modules));
  assert.equal(diagnostics, []);
  const stage = [...graph.nodes.values()][0]?.stages.at(-1);
  return (stage?.bodies ?? []).map((body) => body.env[0]?.name ?? "image").join(" ");
}
const problems = (asked: string, modules: Readonly<Record<string, string>>, more = "") =>
  problemsOf(files(asked, modules, more));

test("dependencies first, depth first, in order of declaration, each once, the image last", async () => {
  assert.is(await order("[b, a]", { a: "[]", b: "[]" }), "b a image");
  assert.is(await order("[a]", { a: "[b, c]", b: "[d]", c: "[d]", d: "[]" }), "d b c a image");
  assert.is(await order("[c, a, b]", { a: "[b]", b: "[]", c: "[]" }), "c b a image");
  assert.is(await order("[a, a]", { a: "[]" }), "a image");
  assert.is(await order("[some/deep/name]", { "some/deep/name": "[]" }), "some_deep_name image");
});

test("a version: the one that is asked for, the only one, the one that the image or an earlier module asks for", async () => {
  const two = { "m 1": "[]", "m 2": "[]" };
  assert.is(await order("[{ name: m, version: 2 }]", two), "m_2 image");
  assert.is(
    await order("[a, { name: m, version: 2 }]", { ...two, a: "[m]" }),
    "m_2 a image",
    "the image decides for all",
  );
  assert.is(await order("[a, b]", { ...two, a: "[{ name: m, version: 1 }]", b: "[m]" }), "m_1 a b image");
  assert.is(await order("[{ name: m, version: '1.0' }]", { "m 1.0": "[]", "m 1": "[]" }), "m_1_0 image");
});

test("unknown-module, with what was meant, at the request and with the way there", async () => {
  assert.equal(await problems("[tols]", { tools: "[]" }), [
    `${FILE}:5:11 unknown-module: no module is named \`tols\` | did you mean \`tools\`?`,
  ]);
  assert.equal(await problems("[nothing-like-it]", {}), [
    `${FILE}:5:11 unknown-module: no module is named \`nothing-like-it\` | modules are catalog/modules/…/module.yaml`,
  ]);
  assert.equal(await problems("[a]", { a: "[b]", b: "[x, { name: tools/cc }]", "tools/c": "[]" }), [
    `${at("b")}:3:11 unknown-module: no module is named \`x\` (a → b → x) | did you mean \`a\`?`,
    `${at("b")}:3:14 unknown-module: no module is named \`tools/cc\` (a → b → tools/cc) | did you mean \`tools/c\`?`,
  ]);
  assert.equal(await problems("[{ name: a, version: 3 }]", { "a 1": "[]", "a 2": "[]" }), [
    `${FILE}:5:11 unknown-module: there is no version 3 of the module \`a\` | its versions are 1, 2`,
  ]);
});

test("module-version: several, and nobody says which", async () => {
  const two = { "m 1": "[]", "m 2": "[]" };
  assert.equal(await problems("[m]", two), [
    `${FILE}:5:11 module-version: the module \`m\` has several versions | say which: 1, 2`,
  ]);
  assert.equal(await problems("[a]", { ...two, a: "[m]" }), [
    `${at("a")}:3:11 module-version: the module \`m\` has several versions (a → m) | say which: 1, 2`,
  ]);
});

test("module-conflict, with both ways", async () => {
  const found = await problems("[a, b]", {
    a: "[c]",
    c: "[{ name: m, version: 1 }]",
    b: "[{ name: m, version: 2 }]",
    "m 1": "[]",
    "m 2": "[]",
  });
  assert.equal(found, [
    `${at("b")}:3:11 module-conflict: two versions of the module \`m\`: 1 (i → a → c → m) and 2 (i → b → m) | an image can have one version of a module only`,
  ]);
  const own = await problems("[a, { name: m, version: 2 }]", {
    a: "[{ name: m, version: 1 }]",
    "m 1": "[]",
    "m 2": "[]",
  });
  assert.equal(own, [
    `${FILE}:5:14 module-conflict: two versions of the module \`m\`: 1 (i → a → m) and 2 (i → m) | an image can have one version of a module only`,
  ]);
});

test("module-cycle, with its path", async () => {
  const hint = "one of these must do without the next";
  assert.equal(await problems("[a]", { a: "[a]" }), [
    `${at("a")}:3:11 module-cycle: a module cannot need itself: a → a | ${hint}`,
  ]);
  assert.equal(await problems("[x]", { x: "[a]", a: "[b]", b: "[c]", c: "[y, a]", y: "[]" }), [
    `${at("c")}:3:14 module-cycle: a module cannot need itself: a → b → c → a | ${hint}`,
  ]);
  assert.equal(await problems("[i]", { i: "[]" }), [], "an image and a module may have one name");
});

test("stages have modules of their own, in versions of their own", async () => {
  const stage = "stages:\n  - { name: s, from: scratch, modules: [{ name: m, version: 2 }] }\n";
  assert.equal(await problems("[{ name: m, version: 1 }]", { "m 1": "[]", "m 2": "[]" }, stage), []);
  assert.equal(await problems("[]", {}, "stages:\n  - { name: s, from: scratch, modules: [m] }\n"), [
    `${FILE}:7:41 unknown-module: no module is named \`m\` | modules are catalog/modules/…/module.yaml`,
  ]);
});

test("what is wrong in a module is told once, however many images have it; and these are left out", async () => {
  const more = Object.fromEntries(
    ["j", "k"].map((name) => [
      `images/${name}/image.yaml`,
      `${HEAD.replace("name: i", `name: ${name}`)}modules: [a]\n`,
    ]),
  );
  const all = {
    ...files("[a]", { a: "[b, b2]" }),
    ...more,
    "images/sound/image.yaml": HEAD.replace("name: i", "name: s"),
  };
  assert.is((await problemsOf(all)).length, 2);
  const { graph } = await loadMemory(all);
  assert.equal([...graph.nodes.keys()], ["s"]);
  const dependent = { ...all, "images/child/image.yaml": "name: child\nversion: 1\nparent: i\n" };
  assert.is((await problemsOf(dependent)).length, 2, "what derives from them is no further mistake");
});

test("a broken module is told; that images need it is a second mistake", async () => {
  const broken = { ...files("[a]", {}), [at("a")]: "name: a\nversion: 1\nnonsense: x\n" };
  assert.equal(
    (await problemsOf(broken)).map((text) => text.split(":", 3).join(":").split(" ")[0]),
    [`${at("a")}:3:1`],
  );
});

const DEEP = 10_000;

test("a chain of 10,000 modules, and a circle of as many", () => {
  const request = (index: number) => [`m${index}`];
  const chain = Array.from({ length: DEEP }, (_, index) =>
    module(`m${index}`, "1", index === 0 ? {} : { modules: request(index - 1) }),
  );
  const last = image("i", { modules: request(DEEP - 1) });
  const { bodies, diagnostics } = resolveModules(last, "i", catalogue([], { modules: chain }).modules);
  assert.equal(diagnostics, []);
  assert.is(bodies.length, DEEP + 1);
  assert.is(bodies[0], chain[0]);
  const circle = [module("m0", "1", { modules: request(DEEP - 1) }), ...chain.slice(1)];
  const found = resolveModules(last, "i", catalogue([], { modules: circle }).modules);
  assert.equal(
    found.diagnostics.map(({ code }) => code),
    ["module-cycle"],
  );
});

test.run();
