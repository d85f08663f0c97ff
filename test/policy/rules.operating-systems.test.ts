import { problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/operating-systems");

const POLICY = "policies/operating-systems.yaml";
const BASES = `bases:
  - { ref: "example.org/photon:5", digest: "sha256:${"0".repeat(64)}", os: photon }
  - { ref: "example.org/unknown", digest: "sha256:${"1".repeat(64)}" }
`;

/** What is said of a base image with this origin, and of an image that derives from it. */
function said(origin: string, policy = "kind: OperatingSystems\nallowed: [photon]\nlevel: enforce\n") {
  return problemsOf({
    [POLICY]: policy,
    "catalog/bases.yaml": BASES,
    "images/base/image.yaml": `kind: BaseImage\nname: base\nversion: 1\n${origin}\n`,
    "images/child/image.yaml": "name: child\nversion: 1\nparent: base\n",
  });
}
const at = "images/base/image.yaml";
const hint = `${POLICY} says so; use another base`;

test("os-not-allowed: told once, where it comes in", async () => {
  assert.equal(await said("from: example.org/photon:5"), []);
  assert.equal(await said("from: scratch\nos: photon"), []);
  assert.equal(await said("from: scratch\nos: debian"), [
    `${at}:5:5 os-not-allowed: every image must derive from photon, and this one has debian | ${hint}`,
  ]);
  assert.equal(await said("bootstrap: { manager: apt, suite: bookworm }"), [
    `${at}:4:12 os-not-allowed: every image must derive from photon, and this one has debian | ${hint}`,
  ]);
  assert.equal(await said("from: scratch"), [
    `${at}:4:7 os-not-allowed: every image must derive from photon, and this one has no operating system | ${hint}`,
  ]);
});

test("an external base whose operating system nobody says", async () => {
  const add = "if it is photon, an administrator adds `os` to its entry in catalog/bases.yaml";
  assert.equal(await said("from: example.org/unknown"), [
    `${at}:4:7 os-not-allowed: every image must derive from photon, and the system of this one is not known | ${add}`,
  ]);
  assert.equal(await said("from: example.org/unknown\nos: photon"), []);
});

test("a base that is not pinned is one mistake", async () => {
  const pin = "an administrator can add it, pinned by digest, to catalog/bases.yaml";
  const unknown = `${at}:4:7 unknown-base: "elsewhere.example/base" is not in catalog/bases.yaml | ${pin}`;
  assert.equal(await said("from: elsewhere.example/base"), [unknown]);
  assert.equal(await said("from: elsewhere.example/base\nos: debian"), [
    unknown,
    `${at}:5:5 os-not-allowed: every image must derive from photon, and this one has debian | ${hint}`,
  ]);
});

test("several may be allowed", async () => {
  const policy = "allowed: [photon, debian]\nlevel: enforce\n";
  assert.equal(await said("from: scratch\nos: debian", policy), []);
  assert.equal(await said("from: scratch\nos: alpine", policy), [
    `${at}:5:5 os-not-allowed: every image must derive from photon or debian, and this one has alpine | ${hint}`,
  ]);
});

test("level warn: only said", async () => {
  assert.equal(await said("from: scratch\nos: debian", "allowed: [photon]\nlevel: warn\n"), [
    `warning ${at}:5:5 os-not-allowed: every image must derive from photon, and this one has debian | ${hint}`,
  ]);
});

test("no policy allows everything, and a broken one is told", async () => {
  assert.equal(await problemsOf({ [at]: "kind: BaseImage\nname: base\nversion: 1\nfrom: scratch\n" }), []);
  const [problem, ...more] = await said("from: scratch\nos: debian", "allowed: photon\n");
  assert.equal(more, []);
  assert.match(problem ?? "", /^policies\/operating-systems\.yaml:1:10 wrong-type: /);
});

test("platform-mismatch: with the parent, and with what is copied from", async () => {
  const base = (name: string, more: string) => ({
    [`images/${name}/image.yaml`]: `kind: BaseImage\nname: ${name}\nversion: 1\nfrom: scratch\n${more}`,
  });
  const arm = "platforms: [linux/arm64]\n";
  const child = (more: string) => ({ "images/child/image.yaml": `name: child\nversion: 1\nparent: base\n${more}` });
  const copy = "artifacts: [{ image: other, path: /x, target: /x }]\n";
  const fix = "build both for one platform";
  assert.equal(await problemsOf({ ...base("base", arm), ...child("") }), [], "the platform is inherited");
  assert.equal(await problemsOf({ ...base("base", ""), ...child(arm) }), [
    `images/child/image.yaml:4:12 platform-mismatch: the image is for linux/arm64, and base, which it is built from, for linux/amd64 | ${fix}`,
  ]);
  assert.equal(await problemsOf({ ...base("base", arm), ...base("other", ""), ...child(copy) }), [
    `images/child/image.yaml:3:9 platform-mismatch: the image is for linux/arm64, and other, which it is built from, for linux/amd64 | ${fix}`,
  ]);
});

test.run();
