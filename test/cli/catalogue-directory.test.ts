import { execFile } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { TestCatalogue } from "../support/catalogue.js";
import { CLI } from "../support/slipway-process.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("the catalogue's directory");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace, "catalogue");
  await mkdir(catalogue.path("docs"));
  await writeFile(catalogue.path("docs/page.md"), "# Page\n");
});
test.after(() => workspace.remove());

const VERBS = [["validate"], ["fmt", "--check"], ["plan"], ["build"], ["status"], ["graph"], ["lock", "--check"]];

test("a directory without a catalogue is a usage error that says where it looked", async () => {
  for (const verb of VERBS) {
    const { stdout, stderr } = await catalogue.expect(2, [...verb, "--catalogue", catalogue.path("docs")]);
    assert.is(stdout, "");
    assert.match(stderr, /^slipway: there is no catalogue in \S+\/docs: neither slipway\.yaml nor images\//, verb[0]);
    assert.match(stderr, /^hint: name its directory with --catalogue DIR, or start one: slipway init$/m);
  }
  const misspelt = await catalogue.expect(2, ["validate", "--catalogue", catalogue.path("imags")]);
  assert.match(misspelt.stderr, /^slipway: there is no directory \S+\/imags\n/);
});

test("a catalogue without images is none that is fine", async () => {
  await mkdir(workspace.path("empty"));
  await writeFile(workspace.path("empty/slipway.yaml"), "kind: Settings\n");
  const { stderr } = await catalogue.expect(2, ["validate", "--catalogue", workspace.path("empty")]);
  assert.match(stderr, /^slipway: no image definitions in \S+\/empty\nhint: they belong in images\//);
});

test("without --catalogue it is the nearest directory above that has slipway.yaml, within the repository", async () => {
  const here = { cwd: catalogue.path("images/tools") };
  assert.is((await catalogue.expect(0, ["validate"], here)).stdout, "6 images, no problems.\n");
  assert.is((await catalogue.expect(0, ["fmt", "image.yaml", "--check"], here)).code, 0);
  await mkdir(catalogue.path("images/tools/images"));
  await catalogue.expect(0, ["validate"], here);
  await mkdir(catalogue.path("docs/other/.git"), { recursive: true });
  const other = await catalogue.expect(2, ["validate"], { cwd: catalogue.path("docs/other") });
  assert.match(other.stderr, /there is no catalogue in \S+\/docs\/other:/, "another repository is none of this one");
});

test("init starts a catalogue where it is run, also below another one", async () => {
  await mkdir(catalogue.path("docs/new"));
  await catalogue.expect(0, ["init"], { cwd: catalogue.path("docs/new") });
  assert.is(
    (await catalogue.expect(0, ["validate"], { cwd: catalogue.path("docs/new") })).stdout,
    "2 images, no problems.\n",
  );
});

test("a directory that cannot be read, or is a loop, or is gone, is said", async () => {
  await symlink("loop", workspace.path("loop"));
  const looped = await catalogue.expect(2, ["validate", "--catalogue", workspace.path("loop")]);
  assert.match(looped.stderr, /^slipway: \S+\/loop cannot be read: ELOOP/);
  const long = await catalogue.expect(2, ["validate", "--catalogue", "x".repeat(300)]);
  assert.match(long.stderr, /cannot be read: ENAMETOOLONG/);
  await mkdir(workspace.path("gone"));
  const script = `cd '${workspace.path("gone")}' && rmdir '${workspace.path("gone")}' && exec "$@"`;
  const gone = await promisify(execFile)("sh", ["-c", script, "sh", process.execPath, CLI, "validate"]).catch((e) => e);
  assert.is(gone.code, 2);
  assert.match(gone.stderr, /^slipway: the current directory does not exist any more\nhint: cd to one that does\n$/);
});

test("a linked directory is the catalogue that it leads to", async () => {
  await symlink(catalogue.directory, workspace.path("link"));
  const { stdout } = await catalogue.expect(0, ["validate", "--catalogue", workspace.path("link")]);
  assert.is(stdout, "6 images, no problems.\n");
});

test.run();
