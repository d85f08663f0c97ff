import { baseImagePaths } from "../../src/policy/base-images.js";
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

test.run();
