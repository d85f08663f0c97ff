import { mkdir } from "node:fs/promises";
import type { Overview } from "../../src/model/overview.js";
import type { Plan } from "../../src/model/plan.js";
import { saveResults } from "../../src/run/last-results.js";
import { TestCatalogue } from "../support/catalogue.js";
import { freePort } from "../support/docker-registry.js";
import { result } from "../support/plans.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("slipway alone");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
});
test.after(() => workspace.remove());

/** What stands below "Next:". */
const next = (stdout: string) => stdout.slice(stdout.indexOf("Next:"));

test("nothing is built yet: what a build would do", async () => {
  const { stdout, stderr } = await catalogue.expect(0, []);
  assert.is(stderr, "");
  assert.is(
    stdout,
    `Catalogue ${catalogue.directory}, branch main
  6 images, no problems
  a build into oci:.slipway/registry: 1 to build, up to 5 may follow

Next:
  slipway plan   what a build would do, and why
  slipway build  build, test and publish

slipway --help lists all commands, slipway COMMAND --help explains one.
`,
  );
});

test("--json, with edits: files that Git does not know count, those that it ignores do not", async () => {
  const edited = await catalogue.clone("edited");
  await edited.edit("images/side/image.yaml", "beside", "next to");
  await edited.write("images/new/image.yaml", 'name: new\nversion: "1"\nparent: base\n');
  await edited.write(".gitignore", "ignored\n");
  await edited.write("ignored", "");
  const overview = await edited.json<Overview>([]);
  assert.equal(overview, {
    directory: edited.directory,
    isCatalogue: true,
    git: { branch: "main", edits: 3, trunk: "origin/main" },
    images: 7,
    errors: 0,
    warnings: 0,
    plan: { build: 1, pending: 6, retag: 0, unchanged: 0 },
    registry: "oci:.slipway/registry",
    registryProblem: null,
    failed: [],
  });
});

test("problems, a failure, and a registry that does not answer are no failures of the command", async () => {
  const broken = await catalogue.clone("broken");
  await broken.edit("images/side/image.yaml", "parent: base", "parent: bse");
  const { stdout } = await broken.expect(0, []);
  assert.match(stdout, / {2}5 images, 1 problem\n|6 images, 1 problem\n/);
  assert.match(next(stdout), /slipway validate/);

  const failing = await catalogue.clone("failing");
  const key = (await failing.json<Plan>(["plan"])).steps[0]?.key ?? null;
  await mkdir(failing.path(".slipway"), { recursive: true });
  const error = { code: "BUILD_FAILED", message: "it broke", log: "/logs/base.log" };
  await saveResults(failing.path(".slipway"), [result("base", { key, outcome: "failed", error })]);
  const failed = await failing.expect(0, []);
  assert.match(failed.stdout, / {2}base failed: it broke \(\/logs\/base\.log\)\n/);
  assert.match(next(failed.stdout), /slipway why base /);

  const far = await catalogue.clone("far");
  const host = `127.0.0.1:${await freePort()}`;
  await far.edit("slipway.yaml", "oci:.slipway/registry", `docker://${host}/team`);
  const alone = await far.expect(0, []);
  assert.match(alone.stdout, new RegExp(`the registry docker://${host}/team cannot be asked: `));
  assert.match(next(alone.stdout), /slipway plan --base HEAD/);
});

test("no catalogue here: how to start one", async () => {
  await mkdir(workspace.path("nothing"));
  const { stdout } = await catalogue.expect(0, [], { cwd: workspace.path("nothing") });
  assert.match(stdout, /^There is no catalogue in .*nothing\.\n\nNext:\n {2}slipway init /);
  const elsewhere = await catalogue.expect(0, ["--catalogue", catalogue.directory], { cwd: workspace.path("nothing") });
  assert.match(elsewhere.stdout, /6 images/);
});

test.run();
