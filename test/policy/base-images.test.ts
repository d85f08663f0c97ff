import { baseImagePaths } from "../../src/policy/base-images.js";
import { changeKind } from "../../src/policy/change-kind.js";
import { imageName } from "../support/definitions.js";
import { loadMemory, type MemoryFiles } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/base-images");

const BASE = "kind: BaseImage\nname: base\nversion: 1\nfrom: scratch\nos: debian\nlanguage: python3\n";

/** Those of the paths that belong to a base image with this text. */
async function own(text: string, more: MemoryFiles = {}): Promise<readonly string[]> {
  const { catalogue, diagnostics } = await loadMemory({
    ...Object.fromEntries(PATHS.map((path) => [path, ""])),
    ...more,
    "images/base/image.yaml": BASE + text,
  });
  assert.equal(diagnostics, []);
  return PATHS.filter(baseImagePaths(catalogue));
}
const PATHS = ["images/common/a", "images/common/b", "images/common/tree/c", "images/base/own"];

test("its folder, and what it copies from elsewhere, in its stages as well", async () => {
  assert.equal(await own(""), ["images/base/own"]);
  assert.equal(await own("artifacts: [{ path: ../common/a, dest: /x }]\n"), ["images/common/a", "images/base/own"]);
  const stage = "stages:\n  - { name: s, from: scratch, artifacts: [{ path: /images/common/tree, dest: /x }] }\n";
  assert.equal(await own(stage), ["images/common/tree/c", "images/base/own"]);
});

test("what its modules copy from images/, however deep", async () => {
  const modules = {
    "catalog/modules/m/module.yaml": "name: m\nversion: 1\nmodules: [n]\n",
    "catalog/modules/n/module.yaml":
      "name: n\nversion: 1\nmodules: [m2]\nartifacts: [{ path: ../../../images/common/a, dest: /x }]\n",
    "catalog/modules/m2/module.yaml": "name: m2\nversion: 1\nartifacts: [{ path: /images/common/b, dest: /y }]\n",
  };
  assert.equal(await own("modules: [m]\n", modules), ["images/common/a", "images/common/b", "images/base/own"]);
  assert.equal(await own("", modules), ["images/base/own"], "modules that nobody uses are no matter");
  const stage = "stages:\n  - { name: s, from: scratch, modules: [m2] }\n";
  assert.equal(await own(stage, modules), ["images/common/b", "images/base/own"]);
});

test("the links that lead to what it copies, and what they lead to", async () => {
  const links = {
    "images/base/link": { link: "../common/a" },
    "images/common/a": { link: "b" },
    "images/common/b": "text",
  };
  assert.equal(await own("artifacts: [{ path: link, dest: /x }]\n", links), [
    "images/common/a",
    "images/common/b",
    "images/base/own",
  ]);
});

test("another image's definition in its folder belongs to others, unless the base image copies it", async () => {
  const other = "images/base/other.yaml";
  const files = (artifacts: string) => ({
    "images/base/base.yaml": `${BASE}${artifacts}`,
    [other]: "name: other\nversion: 1\nparent: base\n",
  });
  const isOwn = async (artifacts: string) => baseImagePaths((await loadMemory(files(artifacts))).catalogue)(other);
  assert.is(await isOwn(""), false);
  assert.is(await isOwn("artifacts: [{ path: other.yaml, dest: /x }]\n"), true);
  assert.is(await isOwn("artifacts: [{ path: ., dest: /x }]\n"), true);
});

/** A catalogue in which developers own images/app and images/common, and the base image `base` stands on `root`. */
const APPROVED: MemoryFiles = {
  "images/root/image.yaml": "kind: BaseImage\nname: root\nversion: 1\nfrom: scratch\nos: debian\n",
  "images/deep/base/image.yaml": `kind: BaseImage
name: base
version: 1
parent: root
modules: [m]
stages: [{ name: s, parent: root, artifacts: [{ path: ../../common/stage, dest: /s }] }]
artifacts: [{ path: link, dest: /x }, { image: s, path: /s, dest: /s }]
`,
  "images/deep/base/link": { link: "../../common/linked" },
  "images/common/linked": "1",
  "images/common/stage": "1",
  "images/common/module": "1",
  "catalog/modules/m/module.yaml":
    "name: m\nversion: 1\nartifacts: [{ path: /images/common/module, dest: /m }, { image: root, path: /etc, dest: /r }]\n",
  "images/app/image.yaml": "name: app\nversion: 1\nparent: base\n",
};

/** Changes of what a base image contains. */
const CHANGES: readonly (readonly [what: string, change: MemoryFiles])[] = [
  ["its own file", { "images/deep/base/link": "text" }],
  ["what a link leads to", { "images/common/linked": "2" }],
  ["what a stage copies", { "images/common/stage": "2" }],
  ["what a module copies", { "images/common/module": "2" }],
  ["a base image below it", { "images/root/image.yaml": `${BASE.replace("base", "root")}env: { A: b }\n` }],
  ["a base image becoming another image", { "images/root/image.yaml": "name: root\nversion: 1\nparent: app\n" }],
  ["a module", { "catalog/modules/m/module.yaml": "name: m\nversion: 1\nsetup: [x]\n" }],
  ["a newer module", { "catalog/modules/n/module.yaml": "name: m\nversion: 2\nsetup: [x]\n" }],
  ["a definition above its folder", { "images/deep/image.yaml": "name: y\nversion: 1\nparent: base\n" }],
  ["the settings", { "slipway.yaml": "defaults: { env: { A: b } }\n" }],
];

test("nothing that a base image contains changes without an administrator", async () => {
  const before = await loadMemory(APPROVED);
  assert.equal(before.diagnostics, []);
  const recipes = ({ desired }: typeof before) =>
    ["root", "base"].map((name) => desired.images.get(imageName(name))?.recipe);
  for (const [what, change] of CHANGES) {
    const after = await loadMemory({ ...APPROVED, ...change });
    const isBaseImage = baseImagePaths(before.catalogue, after.catalogue);
    const kinds = Object.keys(change).map((path) => changeKind(path, isBaseImage));
    assert.not(kinds.includes("image"), what);
  }
  // Whatever developers do to what is theirs leaves the base images as they are.
  const app = { "images/app/image.yaml": "name: app\nversion: 1\nparent: base\nsetup: [evil]\nenv: { A: b }\n" };
  assert.equal(recipes(await loadMemory({ ...APPROVED, ...app })), recipes(before));
});

test("and an administrator cannot build one on what developers may change, by any way", async () => {
  const head = "kind: BaseImage\nname: base\nversion: 1\n";
  const root = `${head}parent: root\n`;
  const module = (text: string) => ({
    "images/deep/base/image.yaml": `${root}modules: [m]\n`,
    "catalog/modules/m/module.yaml": `name: m\nversion: 1\n${text}`,
  });
  const copy = "artifacts: [{ image: plain, path: /etc, dest: /e }]\n";
  const stage = (text: string) => ({ "images/deep/base/image.yaml": `${root}stages: [${text}]\n` });
  const ways: Readonly<Record<string, MemoryFiles>> = {
    parent: { "images/deep/base/image.yaml": `${head}parent: plain\n` },
    artifact: { "images/deep/base/image.yaml": root + copy },
    "stage parent": stage("{ name: s, parent: plain }"),
    "artifact of a stage": stage(`{ name: s, parent: root, ${copy.trim()} }`),
    "artifact of a module": module(copy),
    "module of a module": {
      ...module("modules: [n]\n"),
      "catalog/modules/n/module.yaml": `name: n\nversion: 1\n${copy}`,
    },
    "parent of the parent": {
      "images/deep/base/image.yaml": `${head}parent: middle\n`,
      "images/middle/image.yaml": "kind: BaseImage\nname: middle\nversion: 1\nparent: plain\n",
    },
  };
  const places: Record<string, string> = {};
  for (const [way, files] of Object.entries(ways)) {
    const plain = "name: plain\nversion: 1\nparent: root\n";
    const { diagnostics } = await loadMemory({ ...APPROVED, "images/plain/image.yaml": plain, ...files });
    places[way] = diagnostics.map(({ code, file, line, severity }) => `${severity} ${code} ${file}:${line}`).join(" ");
  }
  assert.equal(places, {
    parent: "error base-on-image images/deep/base/image.yaml:4",
    artifact: "error base-on-image images/deep/base/image.yaml:5",
    "stage parent": "error base-on-image images/deep/base/image.yaml:5",
    "artifact of a stage": "error base-on-image images/deep/base/image.yaml:5",
    "artifact of a module": "error base-on-image catalog/modules/m/module.yaml:3",
    "module of a module": "error base-on-image catalog/modules/n/module.yaml:3",
    "parent of the parent": "error base-on-image images/middle/image.yaml:4",
  });
});

test.run();
