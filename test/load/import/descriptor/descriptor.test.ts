import { assert, suite } from "../../../support/suite.js";
import { nearby, read } from "../read.js";

const test = suite("image descriptors");

const HEAD = "name: a\nversion: 1\nfrom: scratch\n";
const fromDescriptor = (text: string, files: Readonly<Record<string, string>> = {}, outside: readonly string[] = []) =>
  read("image.yaml", HEAD + text, { files: nearby(files, outside) });
const bodyOf = ({ written }: ReturnType<typeof read>) =>
  (written["images/a/image.yaml"] ?? "").replace(/^[\s\S]*?from: scratch\n/, "");

test("an artifact is called as its target says, else as its name, else as its file", () => {
  const files = { "d/x.zip": "" };
  const artifact = (text: string) => bodyOf(fromDescriptor(`artifacts:\n  - { ${text}, dest: /o/ }\n`, files));
  assert.is(artifact("path: d/x.zip"), "artifacts:\n  - path: d/x.zip\n    dest: /o\n");
  assert.is(
    artifact("path: d/x.zip, name: y/z"),
    "artifacts:\n  - name: y/z\n    path: d/x.zip\n    target: z\n    dest: /o\n",
  );
  assert.is(
    artifact("path: d/x.zip, name: y, target: t"),
    "artifacts:\n  - name: y\n    path: d/x.zip\n    target: t\n    dest: /o\n",
  );
  assert.is(artifact("path: d"), "artifacts:\n  - path: d\n    dest: /o\n");
});

test("without dest artifacts go where modules look for them, and are gone at the end", () => {
  const { written } = read("image.yaml", "name: a\nversion: 1\nfrom: debian:12\nartifacts: [{ path: x }]\n", {
    files: nearby({ x: "" }),
  });
  assert.match(
    written["images/a/image.yaml"] ?? "",
    /path: x\n {4}dest: \/tmp\/artifacts\nsetup:\n {2}- \[rm, -rf, \/tmp\/artifacts\]\nrun:\n {2}user: root\n$/,
  );
});

for (const [text, note] of [
  ["artifacts: [{ path: ../x, dest: /o }]", "4:21 error: `../x` leads out of the document's folder"],
  ["artifacts: [{ path: /etc/passwd, dest: /o }]", "4:21 error: `/etc/passwd` leads out of the document's folder"],
  ["artifacts: [{ path: link, dest: /o }]", "4:21 error: `link` leads out of the document's folder"],
  [
    "artifacts: [{ path: folder, dest: /o }]",
    "4:21 error: `folder/out` is a link that leads out of the document's folder",
  ],
  ["artifacts: [{ path: none, dest: /o }]", "4:21 error: `none` is not there"],
  [
    "artifacts: [{ path: folder/x, dest: o }]",
    "4:37 warning: `dest` is not carried over: it must be an absolute path in the image, without `..`, quotes, `$`, `\\` and control characters",
  ],
  [
    "artifacts: [{ image: b, path: /x, dest: /o }]",
    "4:22 note: `b` is not a stage of this descriptor: it is taken for an image of the catalogue",
  ],
  [
    `artifacts: [{ url: http://example.org/x, sha256: ${"0".repeat(64)} }]`,
    "4:20 warning: the download `http://example.org/x` is not carried over: it must be an address `https://host/path` without user and password",
  ],
  ["modules: { repositories: [{ path: ../m }] }", "4:35 error: `../m` leads out of the document's folder"],
  ["modules: { repositories: [{ path: link }] }", "4:35 error: `link` leads out of the document's folder"],
  ["modules: { install: [{ name: m }] }", "4:30 error: there is no module `m`"],
  ["labels: { a: b }", "4:9 error: `labels` must be a list, not a mapping"],
  ["envs: [{ name: A, value: [1] }]", "4:26 error: `value` must be text"],
  ["envs: [{ value: x }]", "4:8 error: `name` is missing"],
  ["ports: [{ value: 99999 }]", "4:18 warning: the port `99999` is not carried over"],
  ["from: x", "4:1 error: the key `from` occurs here for the second time"],
  ["x: *a", "4:4 error: aliases are not read"],
  ["run: { cmd: [[a]] }", "4:14 error: a command is a list of words"],
] as const) {
  test(`${text.slice(0, 60)}`, () => {
    const { notes } = fromDescriptor(`${text}\n`, { "folder/x": "" }, ["link", "folder/out"]);
    assert.ok(notes.includes(note), notes.join("\n"));
  });
}

test("a module that two need is written once; another version has a folder of its own", () => {
  const files = nearby({
    "m/a/module.yaml": "name: x\nversion: 1\nmodules: { install: [{ name: y }] }\n",
    "m/b/module.yaml": "name: y\nversion: 1\n",
    "m/c/module.yaml": "name: x\nversion: 2\nmodules: { install: [{ name: x, version: 1 }, { name: y }] }\n",
  });
  const text = `${HEAD}modules: { repositories: [{ path: m }], install: [{ name: x, version: 1 }, { name: x, version: 2 }] }\n`;
  const { written } = read("image.yaml", text, { files });
  assert.equal(Object.keys(written).sort(), [
    "catalog/modules/x-2/module.yaml",
    "catalog/modules/x/module.yaml",
    "catalog/modules/y/module.yaml",
    "images/a/image.yaml",
  ]);
});

test("modules that need each other end", () => {
  const files = nearby({
    "m/a/module.yaml": "name: x\nversion: 1\nmodules: { install: [{ name: y }] }\n",
    "m/b/module.yaml": "name: y\nversion: 1\nmodules: { install: [{ name: x }] }\n",
  });
  const { written } = read("image.yaml", `${HEAD}modules: { repositories: [{ path: m }], install: [{ name: x }] }\n`, {
    files,
  });
  assert.is(Object.keys(written).length, 3);
});

test("a script that is not in its module", () => {
  const files = nearby({
    "m/module.yaml": "name: x\nversion: 1\nexecute: [{ script: ../../x }, { script: y.sh }]\n",
    "m/z": "",
  });
  const { notes } = read("image.yaml", `${HEAD}modules: { repositories: [{ path: m }], install: [{ name: x }] }\n`, {
    files,
  });
  assert.equal(
    notes.filter((note) => note.includes("script")),
    [
      "3:21 error: there is no script `../../x` in the module `x`",
      "3:42 error: there is no script `y.sh` in the module `x`",
    ],
  );
});

test("overrides: by name, commands as a whole, the last image of a list", () => {
  const document = (file: string, text: string) => ({ file, text, files: nearby() });
  const overrides = [
    document("o1.yaml", "labels: [{ name: a, value: '2' }, { name: b, value: '3' }]\nrun: { cmd: [z] }\n"),
    document("o2.yaml", "- { name: s, from: golang:2 }\n- { name: a, description: new }\n"),
  ];
  const text =
    "- { name: s, from: golang:1 }\n- name: a\n  version: 1\n  from: scratch\n  labels: [{ name: a, value: '1', description: A }]\n  run: { cmd: [x, y] }\n";
  const { written, notes } = read("image.yaml", text, { options: { overrides } });
  assert.is(
    written["images/a/image.yaml"],
    `kind: BaseImage
name: a
version: "1"
description: new
from: scratch
stages:
  - name: s
    from: docker.io/library/golang:2
labels:
  # A
  a: "2"
  b: "3"
run:
  cmd: [z]
`,
  );
  assert.equal(notes, ["1:1 note: the overrides are for the last image; a list of images overrides stages by name"]);
});

test("an image that starts from its own stage is refused", () => {
  const { notes } = read("image.yaml", "- { name: s, from: golang:1 }\n- { name: a, version: 1, from: s }\n");
  assert.ok(notes.includes("2:32 error: the image starts from its stage `s`"), notes.join("\n"));
});

test.run();
