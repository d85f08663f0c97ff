import { spawnSync } from "node:child_process";
import { chmod, stat, symlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("slipway fmt");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  await catalogue.expect(0, ["fmt"]);
});
test.after(() => workspace.remove());

const MESSY = "version: 1.10 # text\nname: side\nlabels:\n    a: 'b'\nparent: base\n";
const TIDY = 'name: side\nversion: 1.10 # text\nparent: base\nlabels:\n  a: "b"\n';
const SIDE = "images/side/image.yaml";

test("--check names what would change and changes nothing; without it the file is written", async () => {
  const copy = await catalogue.copy("messy");
  await copy.write(SIDE, MESSY);
  await chmod(copy.path(SIDE), 0o600);
  const check = await copy.expect(3, ["fmt", "--check"]);
  assert.is(check.stdout, `${SIDE}\n1 file would change, 7 unchanged.\n`);
  assert.is(await copy.read(SIDE), MESSY);
  const done = await copy.expect(0, ["fmt"]);
  assert.is(done.stdout, `${SIDE}\n1 file formatted, 7 unchanged.\n`);
  assert.is(await copy.read(SIDE), TIDY);
  assert.is((await stat(copy.path(SIDE))).mode & 0o777, 0o600);
  assert.is((await copy.expect(0, ["fmt", "--check"])).stdout, "0 files would change, 8 unchanged.\n");
});

test("only the named files, with paths as the shell completes them", async () => {
  const copy = await catalogue.copy("named");
  await copy.write(SIDE, MESSY);
  await copy.write("images/tools/image.yaml", MESSY.replaceAll("side", "tools"));
  const { stdout } = await copy.expect(0, ["fmt", SIDE]);
  assert.is(stdout, `${SIDE}\n1 file formatted, 0 unchanged.\n`);
  assert.match(await copy.read("images/tools/image.yaml"), /^version/);
});

test("slipway.lock is not formatted", async () => {
  const copy = await catalogue.copy("locked");
  await copy.write("slipway.lock", "kind: Lock\nbases: []\nimages:    {}\n");
  assert.is((await copy.expect(0, ["fmt", "--check"])).stdout, "0 files would change, 8 unchanged.\n");
  const { stderr } = await copy.expect(2, ["fmt", "slipway.lock"]);
  assert.match(stderr, "slipway.lock has only one layout");
});

test("a file with problems is left alone, with its diagnostics and exit code 3; the others are formatted", async () => {
  const copy = await catalogue.copy("broken");
  await copy.write(SIDE, `${MESSY}prot: 1\n`);
  await copy.write("images/tools/image.yaml", MESSY.replaceAll("side", "tools"));
  const { stdout, stderr } = await copy.expect(3, ["fmt"]);
  assert.is(stdout, "images/tools/image.yaml\n1 file formatted, 6 unchanged, 1 left alone.\n");
  assert.match(stderr, /^images\/side\/image\.yaml:6:1: error unknown-key: /);
  assert.is(await copy.read(SIDE), `${MESSY}prot: 1\n`);
  const document = await copy.json<{ files: { file: string; status: string }[]; diagnostics: object[] }>(["fmt"], 3);
  assert.equal(
    document.files.find(({ file }) => file === SIDE),
    { file: SIDE, status: "rejected" },
  );
  assert.is(document.diagnostics.length, 1);
});

/** Runs `slipway fmt --stdin` on a text. */
function through(text: string, ...args: readonly string[]) {
  const cli = fileURLToPath(new URL("../../bin/cli.js", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "fmt", "--stdin", ...args], {
    cwd: catalogue.directory,
    env: workspace.env,
    input: text,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("--stdin: text in, text out; the file name or the text decides the kind", () => {
  assert.equal(through(MESSY), { status: 0, stdout: TIDY, stderr: "" });
  assert.equal(through(MESSY, SIDE), { status: 0, stdout: TIDY, stderr: "" });
  assert.equal(through(MESSY, "--check"), {
    status: 3,
    stdout: "standard input\n1 file would change, 0 unchanged.\n",
    stderr: "",
  });
  const settings = "platforms: [linux/amd64]\nkind: Settings\n";
  assert.is(through(settings).stdout, "kind: Settings\nplatforms: [linux/amd64]\n");
  const roles = "kinds: {}\nroles: { administrator: { users: [a] } }\n";
  assert.is(through(roles, "policies/roles.yaml").stdout, "roles: { administrator: { users: [a] } }\nkinds: {}\n");
  const broken = through("name: [\n");
  assert.is(broken.status, 3);
  assert.is(broken.stdout, "");
  assert.match(broken.stderr, /^standard input:\d+:\d+: error yaml-syntax: /);
});

test("exit code 2: a path that is not a file of the catalogue", async () => {
  await symlink("../side/image.yaml", catalogue.path("images/base/linked.yaml"));
  for (const name of ["images/app/app.conf", "images/base/linked.yaml", "no-such-file.yaml", "../elsewhere.yaml"]) {
    const { stderr, stdout } = await catalogue.expect(2, ["fmt", name]);
    assert.match(stderr, /is not a file that Slipway reads\nhint: it reads images\/<name>\/image\.yaml, /);
    assert.is(stdout, "");
  }
  assert.match(through(MESSY, "README.md").stderr, /^slipway: no kind of file belongs at README\.md\n$/);
});

test.run();
