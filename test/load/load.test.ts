import { execFileSync } from "node:child_process";
import { openSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openGitTree } from "../../src/load/git/commit-tree.js";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import { type LoadCache, loadCatalogue } from "../../src/load/load.js";
import { assert, suite } from "../support/suite.js";
import {
  type Content,
  folder,
  git,
  IMAGE,
  loadFiles,
  loadRef,
  places,
  removeTemporary,
  repository,
  writeFiles,
} from "./temporary-catalogue.js";

const test = suite("load/load");
test.after(removeTemporary);

const image = (name: string) => `name: ${name}\nversion: 1\nparent: base\n`;
const DIGEST = `sha256:${"0".repeat(64)}`;
const CATALOGUE: Readonly<Record<string, Content>> = {
  "slipway.yaml":
    "kind: Settings\nregistry: docker://registry.example:5000/team\nplatforms: [linux/arm64]\nbuilder: { revision: 3, timeout: 90, isolation: chroot }\n" +
    "updates: { limit: 2, groups: { databases: [libpq*, psycopg2], systems: [docker.io/library/*] } }\n",
  "catalog/system/debian.yaml":
    'kind: SystemPackages\nos: debian\npackages:\n  - name: libpq5\n    versions: ["15.*"]          # a pattern\n    license: PostgreSQL         # SPDX expression\n',
  "catalog/system/debian-more.yml": "os: debian\npackages: [{name: curl}]\n",
  "catalog/runtime/python3.yaml":
    'kind: RuntimePackages\nlanguage: python3\npackages:\n  - { name: psycopg2, versions: ["2.7.3.1", "2.9.*"], license: LGPL-3.0-or-later }\n',
  "catalog/bases.yaml": `kind: Bases\nbases:\n  - { ref: docker.io/library/photon:5.0, digest: "${DIGEST}", os: photon }\n`,
  "catalog/languages/go/README.md": "not looked at: [\n",
  "policies/roles.yaml": "kind: Roles\nroles: { administrator: { users: [alice] } }\n",
  "policies/notes.txt": "not looked at: [\n",
  "images/a/image.yaml": `${image("a")}artifacts:\n  - { path: files, dest: /opt }\n`,
  "images/a/files/run.sh": { program: "#!/bin/sh\n" },
  "images/a/files/link": { link: "run.sh" },
  "images/a/files/deep/data.yaml": "not: a definition\n",
  "other/image.yaml": "not looked at: [\n",
};

test("a whole catalogue", async () => {
  const { catalogue, diagnostics } = await loadRef(await repository(CATALOGUE));
  assert.equal(diagnostics, []);
  const { source, ...settings } = catalogue.settings;
  assert.is(source?.file, "slipway.yaml");
  assert.equal(settings, {
    registry: "docker://registry.example:5000/team",
    platforms: ["linux/arm64"],
    builderRevision: 3,
    builderTimeout: 90,
    builderIsolation: "chroot",
    updates: {
      limit: 2,
      groups: new Map([
        ["databases", ["libpq*", "psycopg2"]],
        ["systems", ["docker.io/library/*"]],
      ]),
    },
    defaults: { env: [], labels: [], tags: ["latest"] },
    downloads: { privateHosts: [], mirrors: new Map() },
    lock: { network: "none" },
  });
  assert.equal([...catalogue.images.keys()], ["a"]);
  const debian = catalogue.systemLists.get("debian");
  assert.equal(debian?.files, ["catalog/system/debian-more.yml", "catalog/system/debian.yaml"]);
  assert.equal(debian?.packages.get("libpq5")?.versions, ["15.*"]);
  assert.equal(debian?.packages.get("curl")?.versions, []);
  assert.is(catalogue.runtimeLists.get("python3")?.packages.get("psycopg2")?.license, "LGPL-3.0-or-later");
  const [base] = catalogue.bases.values();
  assert.equal([base?.ref, base?.digest, base?.os], ["docker.io/library/photon:5.0", DIGEST, "photon"]);
  assert.equal([base?.source.file, base?.pointer], ["catalog/bases.yaml", "/bases/0"]);
  assert.is(catalogue.files.has("other/image.yaml"), false);
  assert.is(catalogue.files.get("images/a/files/link")?.link, "run.sh");
});

test("without settings the defaults hold", async () => {
  const { catalogue } = await loadFiles({});
  assert.equal(catalogue.settings, {
    registry: "oci:.slipway/registry",
    platforms: ["linux/amd64"],
    builderRevision: 1,
    builderTimeout: 60,
    builderIsolation: "oci",
    updates: { limit: 5, groups: new Map() },
    defaults: { env: [], labels: [], tags: ["latest"] },
    downloads: { privateHosts: [], mirrors: new Map() },
    lock: { network: "none" },
  });
});

test("the working tree, the commit and a folder outside Git give the same", async () => {
  const files = { ...CATALOGUE, "images/broken.yaml": "name: [\n", "images/b/image.yaml": `${image("b")}setup: x\n` };
  const directory = await repository(files);
  const [ref, tree, outside] = [
    await loadRef(directory),
    await loadCatalogue(await openWorkingTree(directory)),
    await loadFiles(files),
  ];
  assert.ok(ref.diagnostics.length > 0);
  for (const other of [tree, outside]) {
    assert.equal(
      JSON.parse(JSON.stringify([...other.catalogue.images])),
      JSON.parse(JSON.stringify([...ref.catalogue.images])),
    );
    assert.equal(other.diagnostics, ref.diagnostics);
    const withoutOids = [...ref.catalogue.files.values()].map(({ path, mode, size, link }) => ({
      path,
      mode,
      size,
      ...(link === undefined ? {} : { link }),
    }));
    assert.equal([...other.catalogue.files.values()], withoutOids);
  }
});

test("the working tree is what git add --all would commit", async () => {
  const directory = await repository({
    ...CATALOGUE,
    ".gitignore": "*.tmp\n",
    "images/gone/image.yaml": image("gone"),
  });
  rmSync(join(directory, "images/gone/image.yaml"));
  writeFiles(directory, {
    "images/new/image.yaml": image("new"),
    "images/x.tmp": "",
    "images/a/image.yaml": image("changed"),
  });
  const { catalogue } = await loadCatalogue(await openWorkingTree(directory));
  assert.equal([...catalogue.images.keys()].sort(), ["changed", "new"]);
  assert.is(catalogue.files.has("images/x.tmp"), false);
});

test("a catalogue in a folder of the repository", async () => {
  const directory = await repository({
    "deep/cat/images/a/image.yaml": IMAGE,
    "images/other.yaml": image("other"),
    "deep/cat/x": "",
  });
  const inner = join(directory, "deep/cat");
  for (const loaded of [await loadRef(inner), await loadCatalogue(await openWorkingTree(inner))]) {
    assert.equal(
      [...loaded.catalogue.images.values()].map(({ source }) => source.file),
      ["images/a/image.yaml"],
    );
    assert.equal([...loaded.catalogue.files.keys()], ["images/a/image.yaml"]);
  }
});

test("which files are definitions", async () => {
  const { catalogue, diagnostics } = await loadFiles({
    "images/top.yaml": image("top"),
    "images/one/image.yml": image("one"),
    "images/one/extra.yaml": "content: [\n",
    "images/one/sub/image.yaml": "content: [\n",
    "images/many/x.yaml": image("x"),
    "images/many/y.yml": image("y"),
    "images/many/sub/image.yaml": "content: [\n",
    "images/group/readme.md": "",
    "images/group/inner/deeper/image.yaml": image("deeper"),
    "images/group/inner/deeper/sub/more/image.yaml": "content: [\n",
  });
  assert.equal(diagnostics, []);
  assert.equal([...catalogue.images.keys()].sort(), ["deeper", "one", "top", "x", "y"]);
  assert.is(catalogue.images.get("deeper" as never)?.folder, "images/group/inner/deeper");
  assert.is(catalogue.images.get("top" as never)?.folder, "images");
});

test("files that nothing reads, and definitions that stand twice", async () => {
  const loaded = await loadFiles({
    "slipway.yml": "",
    "catalog/sytem/debian.yaml": "",
    "images/a/image.yaml": IMAGE,
    "images/a/image.yml": IMAGE,
  });
  assert.equal(places(loaded), [
    "catalog/sytem/debian.yaml:1:1 ignored-file",
    "images/a/image.yml:1:1 duplicate-definition",
    "slipway.yml:1:1 ignored-file",
  ]);
});

test("a module in a file of another name; what lies beside and below a module is its content", async () => {
  const loaded = await loadFiles({
    "catalog/modules/stray.yaml": "",
    "catalog/modules/some/mdoule.yml": "",
    "catalog/modules/web/module.yaml": "name: web\nversion: 1\n",
    "catalog/modules/web/values.yaml": "",
    "catalog/modules/web/deep/er/values.yml": "",
  });
  assert.equal(places(loaded), [
    "catalog/modules/some/mdoule.yml:1:1 ignored-file",
    "catalog/modules/stray.yaml:1:1 ignored-file",
  ]);
  assert.match(loaded.diagnostics[0]?.hint ?? "", /catalog\/modules\/<name>\/module\.yaml/);
});

test("names that stand twice, in one file or in several", async () => {
  const loaded = await loadFiles({
    "images/a.yaml": IMAGE,
    "images/b.yaml": `# a comment\n${IMAGE}`,
    "catalog/system/a.yaml": "os: debian\npackages: [{name: x}, {name: y}, {name: x}]\n",
    "catalog/system/b.yaml": "os: debian\npackages:\n  - name: y\n",
    "catalog/system/c.yaml": "os: photon\npackages:\n  - name: y\n",
    "catalog/bases.yaml": `bases:\n  - {ref: a, digest: ${DIGEST}}\n  - {ref: a, digest: ${DIGEST}}\n`,
  });
  assert.equal(places(loaded), [
    "catalog/bases.yaml:3:5 duplicate-base",
    "catalog/system/a.yaml:2:34 duplicate-package",
    "catalog/system/b.yaml:3:5 duplicate-package",
    "images/b.yaml:2:7 duplicate-image",
  ]);
  assert.is(loaded.diagnostics[3]?.hint, "the first is in images/a.yaml, line 1");
});

test("a rejected definition leaves its name", async () => {
  const { catalogue } = await loadFiles({ "images/a.yaml": `${IMAGE}ports: {}\n`, "images/b.yaml": image("b") });
  assert.equal([...catalogue.images.keys()], ["b"]);
  assert.equal([...(catalogue.rejected ?? [])], ["a"]);
});

test("hostile files: too large, binary, not UTF-8, not a file", async () => {
  const directory = folder({
    "images/binary.yaml": Buffer.from([0x61, 0, 0x62]),
    "images/latin1.yaml": Buffer.from("name: caf\xe9\n", "latin1"),
    "images/link.yaml": { link: "/etc/passwd" },
    "images/b.yaml": image("b"),
  });
  openSync(join(directory, "images/huge.yaml"), "w");
  // A terabyte without a block on the disk: nobody can have read it.
  truncateSync(join(directory, "images/huge.yaml"), 2 ** 40);
  const loaded = await loadCatalogue(await openWorkingTree(directory));
  assert.equal(places(loaded), [
    "images/binary.yaml:1:2 not-text",
    "images/huge.yaml:1:1 file-too-large",
    "images/latin1.yaml:1:10 not-text",
    "images/link.yaml:1:1 not-a-file",
  ]);
  assert.equal([...loaded.catalogue.images.keys()], ["b"]);
});

test("a byte order mark, CRLF and tabs leave columns right", async () => {
  const loaded = await loadFiles({
    "images/bom.yaml": `\ufeffnam: a\nversion: 1\nparent: b\n`,
    "images/crlf.yaml": "name: c\r\nversion: 1\r\nparent: B\r\n",
    "images/tab.yaml": "name: d\nversion: 1\nparent:\tB\n",
  });
  assert.equal(places(loaded), [
    "images/bom.yaml:1:1 unknown-key",
    "images/crlf.yaml:3:9 invalid-value",
    "images/tab.yaml:3:9 invalid-value",
  ]);
  assert.is(loaded.diagnostics[0]?.excerpt, "nam: a");
  assert.is(loaded.diagnostics[1]?.excerpt, "parent: B");
});

const WEIRD: Readonly<Record<string, Content>> = {
  "images/--upload-pack=touch x.yaml": image("option"),
  "images/new\nline/image.yaml": `${image("newline")}artifacts: [{path: ., dest: /x}]\n`,
  "images/new\nline/a\tb\u001b[31m": "x",
  "images/quote\"'`$(x).yaml": image("quote"),
  "images/:(glob)*.yaml": image("magic"),
  "images/ü😀.yaml": image("unicode"),
};

test("weird file names are names and nothing else", async () => {
  const directory = await repository(WEIRD);
  for (const loaded of [
    await loadRef(directory),
    await loadCatalogue(await openWorkingTree(directory)),
    await loadFiles(WEIRD),
  ]) {
    assert.equal(loaded.diagnostics, []);
    assert.equal([...loaded.catalogue.images.keys()].sort(), ["magic", "newline", "option", "quote", "unicode"]);
    assert.is(loaded.catalogue.files.size, Object.keys(WEIRD).length);
  }
});

test("a file name that is not UTF-8 is reported and left out", async () => {
  const directory = await repository({ "images/a.yaml": IMAGE });
  writeFileSync(
    Buffer.concat([Buffer.from(`${directory}/images/x`), Buffer.from([0xff]), Buffer.from(".yaml")]),
    image("x"),
  );
  const working = await loadCatalogue(await openWorkingTree(directory));
  await git(directory, "add", "--all");
  await git(directory, "commit", "--quiet", "--message=name");
  for (const loaded of [working, await loadRef(directory)]) {
    assert.equal(
      loaded.diagnostics.map(({ code }) => code),
      ["file-name"],
    );
    assert.equal([...loaded.catalogue.images.keys()], ["a"]);
  }
});

test("pipes, sockets and files behind a linked folder are not read", async () => {
  const directory = await repository({ "images/a/image.yaml": IMAGE, "elsewhere/image.yaml": image("elsewhere") });
  execFileSync("mkfifo", [join(directory, "images/pipe.yaml")]);
  rmSync(join(directory, "images/a"), { recursive: true });
  symlinkSync("../elsewhere", join(directory, "images/a"));
  const loaded = await loadCatalogue(await openWorkingTree(directory));
  assert.equal([...loaded.catalogue.images.keys()], []);
  assert.equal([...loaded.catalogue.files.keys()], ["images/a"]);
});

test("a submodule is not part of the catalogue", async () => {
  const directory = await repository({ "images/a.yaml": IMAGE });
  const commit = await git(directory, "rev-parse", "HEAD");
  await git(directory, "update-index", "--add", "--cacheinfo", `160000,${commit},images/sub`);
  await git(directory, "commit", "--quiet", "--message=sub");
  const { catalogue, diagnostics } = await loadRef(directory);
  assert.equal([...catalogue.files.keys()], ["images/a.yaml"]);
  assert.equal(diagnostics, []);
});

test("a second tree shares what is the same", async () => {
  const directory = await repository({ "images/a.yaml": image("a"), "images/b.yaml": image("b") });
  writeFiles(directory, { "images/b.yaml": `${image("b")}description: new\n` });
  await git(directory, "commit", "--quiet", "--all", "--message=second");
  const cache: LoadCache = new Map();
  const base = await loadCatalogue(await openGitTree(directory, "HEAD~1"), cache);
  const head = await loadCatalogue(await openGitTree(directory, "HEAD"), cache);
  const working = await loadCatalogue(await openWorkingTree(directory), cache);
  const of = ({ catalogue }: typeof base, name: string) => catalogue.images.get(name as never);
  assert.is(of(head, "a"), of(base, "a"));
  assert.is.not(of(head, "b"), of(base, "b"));
  assert.is(of(head, "b")?.description, "new");
  assert.is(of(working, "b"), of(head, "b"));
});

test("a file of 100,000 lines of anything is answered quickly", async () => {
  const texts = [
    `${IMAGE}env:\n${"  A: 1\n".repeat(100_000)}`,
    `${IMAGE}setup:\n${"  - [\n".repeat(100_000)}`,
    `${IMAGE}labels: {${"x: *y, ".repeat(100_000)}}`,
  ];
  const loaded = await loadFiles(Object.fromEntries(texts.map((text, index) => [`images/${index}.yaml`, text])));
  assert.is(loaded.catalogue.images.size, 0);
  assert.ok(loaded.diagnostics.length <= 303);
});

test("an unknown key hides no other problem", async () => {
  const text =
    "name: a\nversion: 1\nkind: BaseImage\nfrom: scratch\nport: [80]\nartifacts:\n  - { path: gone, dest: /x }\n";
  const { catalogue, diagnostics } = await loadFiles({ "images/a/image.yaml": text });
  assert.equal(
    diagnostics.map(({ code, line }) => `${line} ${code}`),
    ["5 unknown-key", "7 artifact-missing"],
  );
  assert.is(catalogue.images.size, 1);
});

test.run();
