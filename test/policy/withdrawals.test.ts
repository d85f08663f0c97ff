import { managersOf } from "../../src/packages/managers.js";
import { deprecations } from "../../src/policy/withdrawals.js";
import { loadMemory, problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/withdrawals");

const withdrawn = "withdrawn: { reason: a hole, dependents: deprecate }";
const FILES = {
  "catalog/system/debian.yaml": `kind: SystemPackages\nos: debian\npackages: [{ name: jq, ${withdrawn} }, { name: curl }, { name: python3-pip }]\n`,
  "catalog/runtime/python3.yaml": `kind: RuntimePackages\nlanguage: python3\npackages: [{ name: My.Package, ${withdrawn} }]\n`,
  "images/base/image.yaml":
    "kind: BaseImage\nname: base\nversion: 1\nos: debian\nlanguage: python3\nbootstrap: { manager: apt, suite: bookworm, packages: [curl, python3-pip] }\n",
  "images/one/image.yaml": "name: one\nversion: 1\nparent: base\nsystem-packages: [jq]\n",
  "images/child/image.yaml": "name: child\nversion: 1\nparent: one\n",
  "images/two/image.yaml": "name: two\nversion: 1\nparent: base\nruntime-packages: [my_package]\n",
  "images/own/image.yaml":
    "name: own\nversion: 1\nparent: base\nmetadata: { deprecated: { reason: itself } }\nsystem-packages: [jq]\n",
  "images/below/image.yaml": "name: below\nversion: 1\nparent: own\n",
};

const reasons = async (files: Readonly<Record<string, string>>) => {
  const loaded = await loadMemory(files);
  return [...deprecations(loaded, managersOf(loaded.catalogue))].map(([name, { reason }]) => `${name}: ${reason}`);
};

test("what has something withdrawn in it is deprecated, with all that derives from it; its own words come first", async () => {
  assert.equal((await reasons(FILES)).sort(), [
    "below: jq is withdrawn: a hole",
    "child: jq is withdrawn: a hole",
    "one: jq is withdrawn: a hole",
    "own: itself",
    "two: My.Package is withdrawn: a hole",
  ]);
});

test("a bootstrap's package and an external base count", async () => {
  const files = {
    "catalog/bases.yaml": `kind: Bases\nbases: [{ ref: example.org/a:1, digest: "sha256:${"0".repeat(64)}", os: debian, ${withdrawn} }]\n`,
    "catalog/system/debian.yaml": FILES["catalog/system/debian.yaml"],
    "images/made/image.yaml":
      "kind: BaseImage\nname: made\nversion: 1\nos: debian\nbootstrap: { manager: apt, suite: bookworm, packages: [jq] }\n",
    "images/taken/image.yaml": "kind: BaseImage\nname: taken\nversion: 1\nfrom: example.org/a:1\n",
  };
  assert.equal((await reasons(files)).sort(), [
    "made: jq is withdrawn: a hole",
    "taken: example.org/a:1 is withdrawn: a hole",
  ]);
  assert.equal(await problemsOf(files), [
    "warning images/made/image.yaml:5:56 package-withdrawn: the package jq was withdrawn: a hole | do without it",
    "warning images/taken/image.yaml:4:7 base-withdrawn: the base example.org/a:1 was withdrawn: a hole | do without it",
  ]);
});

test.run();
