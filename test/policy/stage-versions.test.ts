import { problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/stage-versions");

const FILE = "images/a/image.yaml";
const files = (asked: string, more: Readonly<Record<string, string>> = {}) => ({
  "catalog/system/debian.yaml":
    'kind: SystemPackages\nos: debian\npackages:\n  - { name: one, versions: ["1.*"] }\n  - { name: two, versions: ["1", "2"] }\n  - { name: any }\n  - { name: python3-pip }\n',
  "catalog/runtime/python3.yaml":
    'kind: RuntimePackages\nlanguage: python3\npackages:\n  - { name: flask, versions: ["2.*"] }\n',
  "images/base/image.yaml":
    "kind: BaseImage\nname: base\nversion: 1\nlanguage: python3\nbootstrap: { manager: apt, suite: bookworm, packages: [python3-pip] }\n",
  [FILE]: `name: a\nversion: 1\nparent: base\nstages:\n  - name: build\n    parent: base\n${asked}`,
  ...more,
});

test("what the manager's call itself holds to what is approved is fine in a build stage", async () => {
  assert.equal(await problemsOf(files("    system-packages: [one, any, { name: two, version: 2 }]\n")), []);
});

test("several approved versions leave the choice to the manager, and nothing checks it afterwards", async () => {
  assert.equal(await problemsOf(files("    system-packages: [one, two]\n")), [
    `${FILE}:7:28 stage-version: the version of two in a build stage is left to apt, and nothing checks it afterwards | write a version; approved: 1, 2`,
  ]);
});

test("a range of a manifest is one too, an exact version is not", async () => {
  const manifest = (line: string) =>
    files("    runtime-manifest: requirements.txt\n", { "images/a/requirements.txt": `${line}\n` });
  assert.equal(await problemsOf(manifest("flask==2.3.1")), []);
  assert.equal(await problemsOf(manifest("flask>=2")), [
    `${FILE}:7:23 stage-version: the version of flask in a build stage is left to pip, and nothing checks it afterwards | write an exact version there, or bring a lock file; approved: 2.*`,
  ]);
});

test("in an image what was installed is looked at", async () => {
  const image = files("system-packages: [two]\n");
  assert.equal(await problemsOf(image), []);
});

test.run();
