import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Plan } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { CLI } from "../support/slipway-process.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("slipway init");
let workspace: Workspace;
let parent: TestCatalogue;
let started: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  parent = await TestCatalogue.empty(workspace, "parent", { "README.md": "nothing\n" });
  await parent.expect(0, ["init", "new one"]);
  started = await (await TestCatalogue.create(workspace, "other")).cloneFrom(parent.directory, "started");
  await started.expect(0, ["init"]);
});
test.after(() => workspace.remove());

const YAML = [
  "catalog/system/debian.yaml",
  "images/debian-base/image.yaml",
  "images/json-tools/image.yaml",
  "policies/roles.yaml",
  "slipway.yaml",
];

test("the new catalogue has no problems, no warnings, and a plan", async () => {
  assert.equal(await started.json(["validate"]), { diagnostics: [] });
  assert.is((await started.expect(0, ["validate"])).stdout, "2 images, no problems.\n");
  const plan = await started.json<Plan>(["plan"]);
  assert.equal(
    plan.steps.map(({ image, action }) => [image, action]),
    [
      ["debian-base", "build"],
      ["json-tools", "pending"],
    ],
  );
  assert.is((await started.expect(0, ["fmt", "--check"])).stdout, "0 files would change, 5 unchanged.\n");
});

test("its first commit passes the gate, and so does CODEOWNERS made by the command of the hint", async () => {
  const fresh = await TestCatalogue.empty(workspace, "gated", { "README.md": "x\n" });
  const { stdout } = await fresh.expect(0, ["init"]);
  assert.match(
    stdout,
    /^\.github\/CODEOWNERS\n\nNext:\n {2}put your teams [^\n]+\n {2}slipway gate --codeowners > \.github/m,
  );
  await fresh.commit("Start");
  await fresh.expect(0, ["gate", "--base", "HEAD"]);
  const was = await fresh.read(".github/CODEOWNERS");
  await fresh.delete(".github");
  await fresh.commit("No owners");
  const refused = await fresh.expect(3, ["gate", "--base", "HEAD"]);
  const command = /^ *hint: at the repository's top: (.*)$/m.exec(refused.stdout)?.[1] ?? "";
  assert.match(command, /^mkdir -p \.github && slipway gate --codeowners > \.github\/CODEOWNERS$/);
  await promisify(execFile)("sh", ["-c", `slipway() { '${process.execPath}' '${CLI}' "$@"; }; ${command}`], {
    cwd: fresh.directory,
    env: workspace.env,
  });
  assert.is(await fresh.read(".github/CODEOWNERS"), was);
});

test("below the top of a repository CODEOWNERS is left to that repository", async () => {
  const outer = await TestCatalogue.empty(workspace, "outer", { "README.md": "x\n" });
  const { stdout } = await outer.expect(0, ["init", "images of ours"]);
  assert.not.match(stdout, /^\.github/m);
  await outer.commit("Start");
  const refused = await outer.expect(3, ["gate", "--base", "HEAD", "--catalogue", "images of ours"]);
  const command = /^ *hint: at the repository's top: (.*)$/m.exec(refused.stdout)?.[1] ?? "";
  assert.match(command, / --catalogue 'images of ours' > /);
  await promisify(execFile)("sh", ["-c", `slipway() { '${process.execPath}' '${CLI}' "$@"; }; ${command}`], {
    cwd: outer.directory,
    env: workspace.env,
  });
  await outer.commit("Owners");
  await outer.expect(0, ["gate", "--base", "HEAD", "--catalogue", "images of ours"]);
});

test("each YAML file names its schema, and it is the one that slipway schema prints", async () => {
  for (const path of YAML) {
    const line = (await started.read(path)).split("\n")[0] ?? "";
    const schema = /^# yaml-language-server: \$schema=(\S+)$/.exec(line)?.[1] ?? "";
    const file = new URL(schema, `file://${started.path(path)}`);
    const kind = /(\w+)\.schema\.json$/.exec(schema)?.[1] ?? "";
    assert.is(await readFile(file, "utf8"), (await started.expect(0, ["schema", kind])).stdout, path);
  }
  assert.is(await started.read(".gitignore"), ".slipway/\n");
});

test("it prints what it made and what to do next, with paths relative to the working directory", async () => {
  const { stdout } = await parent.expect(0, ["init", "it's new"]);
  for (const path of YAML) assert.ok(stdout.includes(`${path}\n`), path);
  assert.match(stdout, /\nNext:\n {2}cd 'it'\\''s new'\n {2}put your teams/);
  const document = await parent.json<{ directory: string; files: string[] }>(["init", "third"]);
  assert.is(document.directory, parent.path("third"));
  for (const path of [...YAML, ".gitignore", "catalog/schemas/image.schema.json"])
    assert.ok(document.files.includes(path), path);
});

test("exit code 2 if a file is in the way: it is named, and nothing is written", async () => {
  const [name, own] = ["taken", "mine\n"];
  await mkdir(parent.path(name, "images/debian-base"), { recursive: true });
  await writeFile(parent.path(name, "images/debian-base/image.yaml"), own);
  await symlink("nowhere", parent.path(name, "slipway.yaml"));
  await writeFile(parent.path(name, "policies"), own);
  const { stdout, stderr } = await parent.expect(2, ["init", name]);
  assert.is(stdout, "");
  assert.is(
    stderr,
    "slipway: these are in the way, so nothing was written: slipway.yaml, images/debian-base/image.yaml, policies\n" +
      "hint: name a directory of its own: slipway init DIR\n",
  );
  assert.equal((await readdir(parent.path(name))).sort(), ["images", "policies", "slipway.yaml"]);
  assert.is(await readFile(parent.path(name, "images/debian-base/image.yaml"), "utf8"), own);
});

test("a .gitignore that already ignores .slipway is not in the way", async () => {
  await mkdir(parent.path("repository"));
  await writeFile(parent.path("repository/.gitignore"), "node_modules/\n.slipway/\n");
  await parent.expect(0, ["init", "repository"]);
  assert.is(await readFile(parent.path("repository/.gitignore"), "utf8"), "node_modules/\n.slipway/\n");
  await mkdir(parent.path("another"));
  await writeFile(parent.path("another/.gitignore"), "node_modules/\n");
  assert.match((await parent.expect(2, ["init", "another"])).stderr, /this is in the way, .*: \.gitignore\n/);
  assert.not(existsSync(parent.path("another/slipway.yaml")));
});

test.run();
