import { type MemoryFiles, problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/installer-rule");

const FILE = "images/app/image.yaml";
const base = (packages: string) => ({
  "images/base/image.yaml": `kind: BaseImage\nname: base\nversion: 1\nos: debian\nbootstrap: { manager: apt, suite: bookworm, packages: [${packages}] }\n`,
});
const runtime = (more = "") => ({
  "images/runtime/image.yaml": `kind: BaseImage\nname: runtime\nversion: 1\nparent: base\nlanguage: python3\n${more}`,
});
const app = (more = "") => ({
  [FILE]: `name: app\nversion: 1\nparent: runtime\nruntime-packages: [requests]\n${more}`,
});
const lists = (...names: readonly string[]) => ({
  "catalog/system/debian.yaml": `kind: SystemPackages\nos: debian\npackages: [${names.map((name) => `{ name: ${name} }`)}]\n`,
  "catalog/runtime/python3.yaml": "kind: RuntimePackages\nlanguage: python3\npackages: [{ name: requests }]\n",
});

async function said(...parts: readonly MemoryFiles[]): Promise<readonly string[]> {
  return problemsOf(Object.assign({}, ...parts));
}

test("names the chain, and the image that ought to have the package manager", async () => {
  assert.equal(await said(base("python3"), runtime(), app(), lists("python3")), [
    `${FILE}:4:1 no-installer: \`runtime-packages\` needs pip, and nothing installs it in app → runtime → base | add \`python3-pip\` to \`system-packages\` of runtime (images/runtime/image.yaml); an administrator approves it in catalog/system/debian.yaml first`,
  ]);
  assert.equal(await said(base("python3"), runtime(), app(), lists("python3", "python3-pip")), [
    `${FILE}:4:1 no-installer: \`runtime-packages\` needs pip, and nothing installs it in app → runtime → base | add \`python3-pip\` to \`system-packages\` of runtime (images/runtime/image.yaml)`,
  ]);
});

test("a manifest needs it as well", async () => {
  const files = { [FILE]: "name: app\nversion: 1\nparent: runtime\nruntime-manifest: requirements.txt\n" };
  const manifest = { "images/app/requirements.txt": "requests\n" };
  const problems = await said(base("python3"), runtime(), files, manifest, lists("python3"));
  assert.match(problems.join("\n"), /^images\/app\/image.yaml:4:1 no-installer: `runtime-manifest` needs pip/);
});

test("any image of the chain may bring it: by its bootstrap, its packages, its modules or the lockfile", async () => {
  const approved = lists("python3", "python3-pip");
  assert.equal(await said(base("python3, python3-pip"), runtime(), app(), approved), []);
  assert.equal(await said(base("python3"), runtime("system-packages: [python3-pip]\n"), app(), approved), []);
  assert.equal(await said(base("python3"), runtime(), app("system-packages: [python3-pip]\n"), approved), []);
  const module = { "catalog/modules/m/module.yaml": "name: m\nversion: 1\nsystem-packages: [python3-pip]\n" };
  assert.equal(await said(base("python3"), runtime("modules: [m]\n"), app(), approved, module), []);
});

test("a build stage has a chain of its own", async () => {
  const stages = (packages: string) => ({
    [FILE]: `name: app\nversion: 1\nparent: base\nstages:\n  - { name: make, parent: base, language: python3, runtime-packages: [{ name: requests, version: 2.0 }]${packages} }\n`,
  });
  const approved = lists("python3", "python3-pip");
  const problems = await said(base("python3"), stages(""), approved);
  assert.match(problems.join("\n"), /image.yaml:5:52 no-installer: .* in app → base \| add `python3-pip`/);
  assert.equal(await said(base("python3"), stages(", system-packages: [python3-pip]"), approved), []);
});

test("what comes from elsewhere may be it: a warning for artifacts, nothing for images of others and unknown systems", async () => {
  const url = `artifacts: [{ url: "https://example.invalid/pip.tar", sha256: ${"a".repeat(64)}, dest: /opt/pip }]\n`;
  const warned = await said(base("python3"), runtime(url), app(), lists("python3"));
  assert.match(warned.join("\n"), /^warning images\/app\/image.yaml:4:1 no-installer/);
  const external = {
    "images/base/image.yaml": "kind: BaseImage\nname: base\nversion: 1\nfrom: docker.io/library/python:3.11\n",
    "catalog/bases.yaml": `kind: Bases\nbases: [{ ref: "docker.io/library/python:3.11", digest: "sha256:${"b".repeat(64)}", os: debian }]\n`,
  };
  assert.equal(await said(external, runtime(), app(), lists("python3")), []);
});

test.run();
