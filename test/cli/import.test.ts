import { existsSync } from "node:fs";
import { chmod, lstat, mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { contentsOf } from "../load/import/cases.js";
import { startSlipway } from "../support/slipway-process.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("slipway import");
let workspace: Workspace;
let count = 0;

test.before(async () => {
  workspace = await Workspace.create();
});
test.after(() => workspace.remove());

/** A folder with documents, and an empty catalogue beside it. */
async function folder(files: Readonly<Record<string, string | Buffer>>) {
  count += 1;
  const root = workspace.path(`case-${count}`);
  const write = async (path: string, content: string | Buffer) => {
    await mkdir(dirname(`${root}/${path}`), { recursive: true });
    await writeFile(`${root}/${path}`, content);
  };
  for (const [path, content] of Object.entries(files)) await write(`docs/${path}`, content);
  await mkdir(`${root}/catalogue`, { recursive: true });
  const run = async (code: number, ...args: readonly string[]) => {
    const options = { cwd: `${root}/docs`, env: workspace.env };
    const finished = await startSlipway(["import", "--catalogue", "../catalogue", ...args], options).ended;
    assert.is(finished.code, code, `${finished.stdout}${finished.stderr}`);
    assert.not.match(finished.stderr, /^ {4}at |this is a bug/m);
    return finished;
  };
  return { root, write, run, written: () => contentsOf(`${root}/catalogue`) };
}

const DOCKERFILE = "FROM debian:12\nCOPY x /x\nONBUILD RUN y\n";
const IMAGE = "name: a\nversion: 1\nfrom: scratch\nartifacts:\n  - { path: x, dest: /o }\nsurprise: 1\n";

test("text output: paths, notes with their places, a summary", async () => {
  const { run, written } = await folder({ "image.yaml": IMAGE, x: "1" });
  const { stdout, stderr } = await run(0, "image.yaml");
  assert.is(
    stdout,
    `wrote images/a/image.yaml
wrote images/a/x
image.yaml:6:1: warning: \`surprise\` of an image is not known and not carried over
Wrote 2 files, 1 warning: see above.
`,
  );
  assert.is(stderr, "");
  assert.equal(Object.keys(written()), ["images/a/image.yaml", "images/a/x"]);
});

test("--json: one document", async () => {
  const { run } = await folder({ "image.yaml": IMAGE, x: "1" });
  const { stdout } = await run(0, "--json", "image.yaml");
  assert.equal(JSON.parse(stdout), {
    written: [{ path: "images/a/image.yaml" }, { path: "images/a/x" }],
    notes: [
      {
        file: "image.yaml",
        line: 6,
        column: 1,
        severity: "warning",
        message: "`surprise` of an image is not known and not carried over",
      },
    ],
  });
});

test("--dry-run writes nothing and prints the same", async () => {
  const { run, written } = await folder({ "image.yaml": IMAGE, x: "1" });
  const { stdout } = await run(0, "--dry-run", "image.yaml");
  assert.match(stdout, /^would write images\/a\/image.yaml$/m);
  assert.match(stdout, /^Would write 2 files, 1 warning: see above.$/m);
  assert.equal(written(), {});
});

test("if one file is rejected, nothing is written, and the exit code is 3", async () => {
  const { run, written } = await folder({ "image.yaml": IMAGE, x: "1", Dockerfile: DOCKERFILE });
  const { stdout } = await run(3, "image.yaml", "Dockerfile");
  assert.match(stdout, /^Dockerfile:3:1: error: ONBUILD has no counterpart/m);
  assert.match(stdout, /^Nothing is written: 1 problem.$/m);
  assert.equal(written(), {});
  const { notes, written: paths } = JSON.parse((await run(3, "--json", "image.yaml", "Dockerfile")).stdout);
  assert.equal([paths, notes.filter(({ severity }: { severity: string }) => severity === "error").length], [[], 1]);
});

test("only --force replaces existing files, and a link is replaced as a link", async () => {
  const { root, run, written } = await folder({ "image.yaml": IMAGE, x: "1" });
  await mkdir(`${root}/catalogue/images/a`, { recursive: true });
  await writeFile(`${root}/precious`, "mine\n");
  await symlink(`${root}/precious`, `${root}/catalogue/images/a/x`);
  const { stderr, stdout } = await run(2, "image.yaml");
  assert.is(stdout, "");
  assert.is(
    stderr,
    "slipway: images/a/x would be replaced; nothing is written\nhint: --force replaces what is there\n",
  );
  assert.not(existsSync(`${root}/catalogue/images/a/image.yaml`));
  await run(0, "--force", "image.yaml");
  assert.is(written()["images/a/x"], "1");
  assert.is(await readFile(`${root}/precious`, "utf8"), "mine\n");
  assert.not((await lstat(`${root}/catalogue/images/a/x`)).isSymbolicLink());
});

test("--update replaces an image that is there, and refuses one that is not", async () => {
  const { root, run, written } = await folder({ "image.yaml": IMAGE, x: "2" });
  const said = async () => (await run(2, "--update", "image.yaml")).stderr;
  assert.is(await said(), 'slipway: no image is named "a"\nhint: without --update it becomes a new one\n');
  assert.equal(written(), {});
  await mkdir(`${root}/catalogue/images/a`, { recursive: true });
  await writeFile(`${root}/catalogue/images/b.yaml`, "name: b\n");
  assert.is(await said(), 'slipway: no image is named "a"\nhint: did you mean b? --name NAME names it\n');
  await writeFile(`${root}/catalogue/images/b.yaml`, "name: a\n");
  assert.match(
    await said(),
    /^slipway: a is defined in images\/b\.yaml, and import writes images\/a\/image\.yaml\nhint: move it/,
  );
  await rename(`${root}/catalogue/images/b.yaml`, `${root}/catalogue/images/a/image.yaml`);
  await writeFile(`${root}/catalogue/images/a/x`, "1");
  await run(2, "image.yaml");
  await run(0, "--update", "image.yaml");
  assert.is(written()["images/a/x"], "2");
  assert.match(String(written()["images/a/image.yaml"]), /^name: a$/m);
});

test("an existing definition beside which image.yaml would be written counts as existing", async () => {
  const { root, run } = await folder({ "image.yaml": IMAGE, x: "1" });
  await mkdir(`${root}/catalogue/images/a`, { recursive: true });
  await writeFile(`${root}/catalogue/images/a/mine.yaml`, "name: mine\n");
  assert.match(
    (await run(2, "image.yaml")).stderr,
    /^slipway: images\/a\/mine.yaml would be replaced; nothing is written$/m,
  );
});

test("a failure to write is reported, and nothing stays", async () => {
  const { root, run, written } = await folder({ "image.yaml": IMAGE, x: "1" });
  await mkdir(`${root}/catalogue/images/a`, { recursive: true });
  await mkdir(`${root}/catalogue/images/a/x`);
  assert.match((await run(2, "--force", "image.yaml")).stderr, /^slipway: images\/a\/x is a directory$/m);
  assert.equal(written(), {});
});

test("a folder of the catalogue that links elsewhere is not written through, not even with --force", async () => {
  const { root, run } = await folder({ "image.yaml": IMAGE, x: "1" });
  await mkdir(`${root}/elsewhere`);
  await symlink(`${root}/elsewhere`, `${root}/catalogue/images`);
  const { stderr } = await run(2, "--force", "image.yaml");
  assert.match(stderr, /^slipway: images is not a directory/);
  assert.equal(contentsOf(`${root}/elsewhere`), {});
});

for (const [args, message] of [
  [
    ["requirements.txt"],
    /^slipway: requirements.txt says what an image contains, but not what it is built from\nhint: --parent NAME/,
  ],
  [["none.yaml"], /^slipway: there is no file none.yaml$/m],
  [["."], /^slipway: . is not a file/],
  [["--name", "A B", "Dockerfile"], /^slipway: --name must be lower-case letters and digits/],
  [["--parent", "../x", "Dockerfile"], /^slipway: --parent must be/],
  [["--name", "a", "Dockerfile", "requirements.txt"], /^slipway: --name is for a single file/],
  [["--overrides", "o.yaml", "--", "Dockerfile"], /^slipway: Dockerfile takes no overrides/],
  [["--catalogue", "nowhere", "Dockerfile"], /^slipway: there is no directory .*nowhere$/m],
  [[], /missing required argument/],
] as const) {
  test(`exit code 2: ${args.join(" ")}`, async () => {
    const { run, written } = await folder({
      "requirements.txt": "flask\n",
      "o.yaml": "x: 1\n",
      Dockerfile: "FROM scratch\n",
    });
    const { stderr, stdout } = await run(2, ...args);
    assert.match(stderr, message);
    assert.is(stdout, "");
    assert.equal(written(), {});
  });
}

test("links that lead out of the folder are errors", async () => {
  const { root, run, written } = await folder({
    Dockerfile: "FROM scratch\nCOPY d /d\nCOPY l /l\n",
    "image.yaml":
      "name: a\nversion: 1\nfrom: scratch\nmodules: { repositories: [{ path: out }], install: [{ name: m }] }\n",
    "images.yaml":
      "kind: Image\nname: a\nbaseImageName: b\nlanguage: python3\nruntimeDependencies: { manifest: '@../../../../etc/passwd' }\n",
    "d/x": "1",
  });
  await mkdir(`${root}/modules`);
  await writeFile(`${root}/modules/module.yaml`, "name: m\nversion: 1\n");
  await symlink("../modules", `${root}/docs/out`);
  await symlink("/etc/passwd", `${root}/docs/l`);
  await symlink("/etc", `${root}/docs/d/etc`);
  const { stdout } = await run(3, "Dockerfile", "image.yaml", "images.yaml");
  for (const line of [
    "Dockerfile:2:1: error: `d/etc` is a link",
    "Dockerfile:3:1: error: `l` leads out",
    "image.yaml:4:35: error: `out` leads out",
    "images.yaml:5:34: error: `@../../../../etc/passwd` leads out",
  ])
    assert.ok(stdout.includes(line), `${line}\n${stdout}`);
  assert.equal(written(), {});
});

test("links inside are followed, programs stay executable, a link to the parent folder terminates", async () => {
  const { root, run, written } = await folder({ Dockerfile: "FROM scratch\nCOPY d /d\n", "d/run.sh": "#!/bin/sh\n" });
  await chmod(`${root}/docs/d/run.sh`, 0o700);
  await symlink("run.sh", `${root}/docs/d/again.sh`);
  await symlink(".", `${root}/docs/d/loop`);
  await run(0, "--name", "z", "Dockerfile");
  const { "images/z/image.yaml": _, ...rest } = written();
  assert.equal(rest, { "images/z/d/again.sh": "(program) #!/bin/sh\n", "images/z/d/run.sh": "(program) #!/bin/sh\n" });
});

const nested = (open: string, close: string) =>
  `name: a\nversion: 1\nfrom: ${open.repeat(50_000)}${close.repeat(50_000)}\n`;

for (const [what, name, content, message] of [
  ["a megabyte of noise", "image.yaml", `name: ${"\u00e9{[*&".repeat(100_000)}`, /^image.yaml:\d+:\d+: error: /m],
  [
    "a megabyte of noise in a Dockerfile",
    "Dockerfile",
    `FROM x\n${"<<A $ \\ ' \" [".repeat(70_000)}`,
    /^Dockerfile:2:1: error: /m,
  ],
  ["more than a megabyte", "image.yaml", "#".repeat(1_100_000), /^image.yaml:1:1: error: the file has 1100000 bytes/m],
  ["no text", "image.yaml", Buffer.from([0x6e, 0xff, 0xfe, 0]), /^image.yaml:1:1: error: the file is not UTF-8 text/m],
  [
    "no format",
    "notes.yaml",
    "a: 1\n",
    /^notes.yaml:1:1: error: the format of the file is not known\nhint: it can be: /m,
  ],
  [
    "lists in lists",
    "image.yaml",
    nested("[", "]"),
    /^image.yaml:3:\d+: error: lists and mappings are nested more than 64/m,
  ],
  [
    "mappings in mappings",
    "image.yaml",
    nested("{a: ", "}"),
    /^image.yaml:3:\d+: error: lists and mappings are nested/m,
  ],
  [
    "aliases",
    "image.yaml",
    "name: &a x\nversion: *a\nfrom: scratch\n",
    /^image.yaml:2:10: error: aliases are not read/m,
  ],
  ["invalid JSON", "package.json", "{\n  nonsense", /^package.json:2:3: error: the file is not valid JSON/m],
  ["JSON in JSON", "package.json", "[".repeat(500_000), /^package.json:1:\d+: error: /m],
] as const) {
  test(`hostile: ${what}`, async () => {
    const { run, written } = await folder({ [name]: content });
    const { stdout } = await run(3, "--parent", "p", name);
    assert.match(stdout, message);
    assert.equal(written(), {});
  });
}

test("hostile: a Dockerfile with ten thousand lines", async () => {
  const lines = Array.from(
    { length: 2500 },
    (_, index) => `RUN echo ${index} && \\\n  make\nENV V${index}=$V${index - 1}x\nCOPY . /srv/${index % 7}`,
  );
  const { run, written } = await folder({ Dockerfile: `FROM scratch\n${lines.join("\n")}\n`, "a/b": "1" });
  await run(0, "--name", "z", "Dockerfile");
  assert.ok((written()["images/z/image.yaml"] ?? "").split("\n").length > 2500);
});

test("hostile: a chain of stages that each start from the previous one", async () => {
  const lines = Array.from({ length: 3000 }, (_, index) => `FROM s${index} AS s${index + 1}\nRUN x`);
  const { run } = await folder({ Dockerfile: `FROM scratch AS s0\n${lines.join("\n")}\n` });
  assert.match(
    (await run(3, "--name", "z", "Dockerfile")).stdout,
    /: error: there are 3001 stages; at most 100 are read$/m,
  );
});

test.run();
