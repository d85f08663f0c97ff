import { type MemoryFiles, placesOf, problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/stage-rules");

const FILE = "images/a/image.yaml";
const SCRATCH = "kind: BaseImage\nname: a\nversion: 1\nfrom: scratch\n";
const said = (text: string, more: MemoryFiles = {}) =>
  problemsOf({ "images/a/f": "", [FILE]: SCRATCH + text, ...more });
const noShell = "there is no operating system, so no shell to run this";
const asList = "write the command as a list, or derive from an image with an operating system";

test("no-shell: strings of setup, entrypoint, cmd and healthcheck, each at its place", async () => {
  const text = "setup: [x, [y], z]\nrun:\n  entrypoint: x\n  cmd: x\n  healthcheck:\n    command: x\n";
  assert.equal(
    await said(text),
    ["5:9", "5:17", "7:15", "8:8", "10:14"].map((place) => `${FILE}:${place} no-shell: ${noShell} | ${asList}`),
  );
});

test("lists need no shell; an operating system or a shell of its own is one", async () => {
  assert.equal(await said("setup: [[x]]\nrun: { entrypoint: [x], cmd: [x], healthcheck: { command: [x] } }\n"), []);
  assert.equal(await said("setup: [x]\nos: debian\n"), []);
  assert.equal(await said("setup: [x]\nrun: { shell: [/busybox, sh, -c] }\n"), []);
  const module = { "catalog/modules/m/module.yaml": "name: m\nversion: 1\nrun: { shell: [/sh, -c] }\n" };
  assert.equal(await said("modules: [m]\nsetup: [x]\n", module), [], "a module's shell is the image's");
});

test("no-shell in a stage and in a module, at their places", async () => {
  assert.equal(await placesOf({ [FILE]: `${SCRATCH}stages:\n  - { name: s, from: scratch, setup: [x] }\n` }), [
    `${FILE}:6:39 no-shell`,
  ]);
  const module = "catalog/modules/m/module.yaml";
  const files = { [FILE]: `${SCRATCH}modules: [m]\n`, [module]: "name: m\nversion: 1\nsetup: [x]\n" };
  assert.equal(await placesOf(files), [`${module}:3:9 no-shell`]);
});

test("a child of a scratch image inherits the shell, or the lack of one", async () => {
  const child = (text: string) => ({ "images/b/image.yaml": `name: b\nversion: 1\nparent: a\n${text}` });
  assert.equal(await said("", child("setup: [x]\n")), [`images/b/image.yaml:4:9 no-shell: ${noShell} | ${asList}`]);
  assert.equal(await said("run: { shell: [/sh, -c] }\n", child("setup: [x]\n")), []);
});

test("no-os: packages and owners by name, not owners by number", async () => {
  assert.equal(await said("system-packages: [curl]\n"), [
    `${FILE}:5:1 no-os: there is no operating system to install packages on | derive from an image that has one`,
  ]);
  const owner = (name: string) => said(`artifacts:\n  - { path: f, dest: /x, owner: ${name} }\n`);
  for (const name of ["app", "app:app", "root", "0:app", "app:0"])
    assert.equal(await owner(name), [
      `${FILE}:6:33 no-os: there is no operating system, so the user \`${name}\` is not known | write the owner as numbers, for instance \`1000:1000\``,
    ]);
  assert.equal(await owner("0"), []);
  assert.equal(await owner("1000:1000"), []);
  assert.equal(
    await placesOf({ [FILE]: `${SCRATCH}stages:\n  - { name: s, from: scratch, system-packages: [x] }\n` }),
    [`${FILE}:6:31 no-os`],
  );
});

test("no-os: a copy's owner in a stage, at its place", async () => {
  const stage = "  - { name: t, from: scratch, artifacts: [{ image: s, path: /x, dest: /y, owner: app }] }\n";
  assert.equal(await placesOf({ [FILE]: `${SCRATCH}stages:\n  - { name: s, from: scratch }\n${stage}` }), [
    `${FILE}:7:82 no-os`,
  ]);
});

test("language and operating system of a stage agree with what it starts from", async () => {
  const start = "  - { name: s, from: scratch, os: debian, language: python3 }\n";
  const stage = (text: string) => said(`stages:\n${start}  - { name: t, parent: s, ${text} }\n`);
  assert.equal(await stage("os: debian, language: python3"), []);
  assert.equal(await stage("os: photon"), [
    `${FILE}:7:31 os-mismatch: os "photon" does not agree with the parent's (debian) | leave \`os\` out to inherit it`,
  ]);
  assert.equal(await stage("language: nodejs"), [
    `${FILE}:7:37 language-mismatch: language "nodejs" does not agree with the parent's (python3) | leave \`language\` out to inherit it`,
  ]);
  const bare = "stages:\n  - { name: s, from: scratch }\n  - { name: t, parent: s, os: debian }\n";
  assert.equal(await placesOf({ [FILE]: SCRATCH + bare }), [`${FILE}:7:31 os-mismatch`]);
});

test("a bootstrap is the system that its definition says, not the one that its manager makes by default", async () => {
  const base = "kind: BaseImage\nname: a\nversion: 1\nos: ubuntu\nlanguage: python3\n";
  assert.equal(
    await problemsOf({ [FILE]: `${base}bootstrap: { manager: apt, suite: noble, variant: minbase }\n` }),
    [],
  );
});

test("what a module asks for is judged by the system and language of whoever has it", async () => {
  const module = "catalog/modules/m/module.yaml";
  const files = (text: string) => ({
    [FILE]: `${SCRATCH}${text}modules: [m]\n`,
    [module]: "name: m\nversion: 1\nsystem-packages: [curl]\nruntime-packages: [flask]\n",
    "catalog/system/debian.yaml": "os: debian\npackages: [{ name: curl }]\n",
    "catalog/runtime/python3.yaml": "language: python3\npackages: [{ name: flask }]\n",
  });
  assert.equal(await placesOf(files("")), [`${module}:3:1 no-os`, `${module}:4:1 no-language`]);
  assert.equal(await placesOf(files("os: debian\n")), [`${module}:4:1 no-language`]);
  assert.equal(await placesOf(files("os: debian\nlanguage: python3\n")), []);
  const photon = "name: m\nversion: 1\nphoton-packages: [curl]\n";
  assert.equal(await placesOf({ ...files("os: debian\n"), [module]: photon }), [`${module}:3:1 os-mismatch`]);
});

test("only a listed external base may start a stage, of any image", async () => {
  const bases = `bases:\n  - { ref: "example.org/os:1", digest: "sha256:${"0".repeat(64)}", os: debian }\n`;
  const files = (ref: string) => ({
    "catalog/bases.yaml": bases,
    [FILE]: SCRATCH,
    "images/b/image.yaml": `name: b\nversion: 1\nparent: a\nstages:\n  - { name: s, from: "${ref}" }\n`,
  });
  assert.equal(await problemsOf(files("example.org/os:1")), []);
  assert.equal(await problemsOf(files("example.org/os:2")), [
    'images/b/image.yaml:5:22 unknown-base: "example.org/os:2" is not in catalog/bases.yaml | did you mean `example.org/os:1`?',
  ]);
});

test.run();
