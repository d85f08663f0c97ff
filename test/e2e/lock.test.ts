import { existsSync } from "node:fs";
import { archiveAccess } from "../support/archive-access.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutTags } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { type PackageIndex, startPackageIndex, wheel } from "../support/wheel.js";
import { Workspace } from "../support/workspace.js";

const test = suite("lock: apt and pip");
let workspace: Workspace;
let catalogue: TestCatalogue;
/** The second repository also has what was published later. */
let indexes: PackageIndex[];

test.before(async () => {
  workspace = await Workspace.create();
  const wheels = ["1.0", "1.1", "2.0"].map((version) => wheel("greeting", version));
  indexes = await Promise.all([wheels.slice(0, 1), wheels].map((some) => startPackageIndex("greeting", some)));
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml": `kind: SystemPackages
os: debian
packages: [{ name: python3 }, { name: python3-pip }, { name: jq, versions: ["1.6-*"] }, { name: tini }]
`,
    "catalog/runtime/python3.yaml": LIST("1.*"),
    "images/base/image.yaml": `kind: BaseImage
name: base
version: "1"
os: debian
bootstrap: { manager: apt, suite: bookworm, variant: minbase }
`,
    "images/with-jq/image.yaml": 'name: with-jq\nversion: "1"\nparent: base\nsystem-packages: [jq]\n',
    // pip comes with the same image, so it runs where pip is already installed.
    "images/greeter/image.yaml": `name: greeter
version: "1"
parent: base
language: python3
system-packages: [python3, python3-pip]
runtime-packages: [greeting]
`,
  });
});
test.after(async () => {
  await Promise.all(indexes.map((index) => index.stop()));
  await workspace.remove();
});

const LIST = (...versions: readonly string[]) =>
  `kind: RuntimePackages\nlanguage: python3\npackages: [{ name: greeting, versions: ${JSON.stringify(versions)} }]\n`;

const environment = (at: number) => ({
  ...workspace.env,
  ...archiveAccess(),
  PIP_INDEX_URL: indexes[at]?.url ?? "",
});

interface Entry {
  readonly manager: string;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly why: readonly string[];
  readonly bootstrap?: true;
}

/** The entry of an image, in JSON, one line per package. */
async function entryOf(image: string): Promise<Entry[]> {
  const text = await catalogue.read("slipway.lock");
  const lines = new RegExp(`^  ${image}:\\n    made-from: .*\\n    packages:\\n((?:      - .*\\n)+)`, "m").exec(
    text,
  )?.[1];
  return (lines ?? "").split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line.slice(8)) as Entry]));
}

const versionOf = async (image: string, name: string) =>
  (await entryOf(image)).find((entry) => entry.name === name)?.version;

test("images are locked on top of what they start from; files are kept, and no pointer tag moves", async () => {
  const { stdout } = await catalogue.expect(0, ["lock"], { env: environment(0) });
  assert.match(
    stdout,
    /^base: \d+ packages \(\d+ of apt\)\n\ngreeter: \d+ packages \(\d+ of apt, 1 of pip\)\n\nwith-jq\n {2}\+ {2}apt {2}jq +1\.6-/,
  );
  assert.match(stdout, /\n\nslipway\.lock was written: 3 locked\.\n$/);
  const base = await entryOf("base");
  assert.ok(base.length > 50 && base.every(({ bootstrap }) => bootstrap));
  assert.equal(base.find(({ name }) => name === "apt")?.why, []);
  const names = new Set(base.map(({ name }) => name));
  const jq = await entryOf("with-jq");
  assert.equal(
    jq.map(({ name, why }) => [name, why]),
    [
      ["jq", []],
      ["libjq1", ["jq"]],
      ["libonig5", ["libjq1"]],
    ],
  );
  const greeter = await entryOf("greeter");
  assert.not.ok(
    greeter.some(({ name }) => names.has(name)),
    "what the parent has is not there twice",
  );
  assert.equal(greeter.find(({ manager }) => manager === "pip")?.version, "1.0");
  for (const { sha256 } of [...base, ...jq, ...greeter])
    assert.ok(existsSync(catalogue.path(".slipway/cache/packages/sha256", sha256)));
  const tags = [...layoutTags(catalogue.path(".slipway/registry")).keys()];
  assert.ok(tags.length > 0 && tags.every((tag) => /^base:[kt]-/.test(tag)), tags.join(" "));
});

test("fresh entries are kept without asking package managers; stale ones are resolved again, with their versions", async () => {
  const { path, calls } = await workspace.spy("buildah", "mmdebstrap");
  const text = await catalogue.read("slipway.lock");
  await catalogue.expect(0, ["lock"], { env: { ...workspace.env, PATH: path } });
  assert.equal(await calls(), []);
  assert.is(await catalogue.read("slipway.lock"), text);
  // Now any version is approved, newer ones exist, and another package is added.
  await catalogue.write("catalog/runtime/python3.yaml", LIST("1.*", "2.*"));
  await catalogue.edit("images/with-jq/image.yaml", "[jq]", "[jq, tini]");
  const check = await catalogue.expect(3, ["lock", "--check"], { env: { ...workspace.env, PATH: path } });
  assert.match(check.stdout, /^ {2}stale {2}greeter\n {2}stale {2}with-jq\n/);
  const { stdout } = await catalogue.expect(0, ["lock"], { env: environment(1) });
  assert.match(
    stdout,
    /^with-jq\n {2}\+ {2}apt {2}tini {2}0\.19\S+\n\nslipway\.lock was written: 2 locked, 1 kept\.\n$/,
  );
  assert.is(await versionOf("greeter", "greeting"), "1.0");
});

test("--update lets the named packages move, and says what has moved", async () => {
  const { images } = await catalogue.json<{ images: readonly unknown[] }>(["lock", "--update", "greeting"], 0, {
    env: environment(1),
  });
  assert.equal(images[1], {
    image: "greeter",
    outcome: "locked",
    changes: [{ manager: "pip", name: "greeting", from: "1.0", to: "2.0" }],
  });
  assert.is(await versionOf("greeter", "greeting"), "2.0");
});

test("an image that fails keeps its entry, the others are written, and the exit code is 1", async () => {
  const before = await entryOf("greeter");
  await catalogue.write("catalog/runtime/python3.yaml", LIST("3.*"));
  await catalogue.edit("images/with-jq/image.yaml", "[jq, tini]", "[jq]");
  const { stdout } = await catalogue.expect(1, ["lock"], { env: environment(1) });
  assert.match(stdout, /^with-jq\n {2}− {2}apt {2}tini/);
  assert.match(stdout, /greeter failed: .*No matching distribution found for greeting==3\.\*/);
  assert.match(stdout, /written: 1 locked, 1 kept, 1 failed\. `slipway lock` tries what failed again: [^\n]+\n$/);
  assert.equal(await entryOf("greeter"), before);
});

test.run();
