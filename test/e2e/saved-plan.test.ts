import { writeFile } from "node:fs/promises";
import type { BuildResult, Plan } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutContent } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

interface Results {
  readonly results: BuildResult[];
}

const test = suite("saved plan");
let workspace: Workspace;
let catalogue: TestCatalogue;
let file: string;
const registry = () => catalogue.path(".slipway/registry");

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  file = workspace.path("plan.json");
  await catalogue.expect(0, ["build"]);
});
test.after(() => workspace.remove());

/** `slipway plan --json > plan.json`. */
async function save(...args: readonly string[]): Promise<Plan> {
  const { stdout } = await catalogue.expect(0, ["plan", "--json", ...args]);
  await writeFile(file, stdout);
  return JSON.parse(stdout) as Plan;
}

const changed = ({ results }: Results) =>
  results.filter(({ outcome }) => outcome !== "unchanged").map(({ image, outcome }) => `${image} ${outcome}`);

test("is applied exactly: later changes to images that the plan does not name are ignored", async () => {
  await catalogue.edit("images/app/app.conf", "none", "all");
  const plan = await save();
  assert.equal(
    plan.steps.map(({ image }) => image),
    ["app", "blue", "green"],
  );
  await catalogue.edit("images/side/image.yaml", "beside", "next to");
  assert.equal(changed(await catalogue.json<Results>(["build", "--plan", file])), [
    "app built",
    "blue built",
    "green built",
  ]);
  assert.equal(
    (await catalogue.json<Plan>(["plan"])).steps.map(({ image }) => image),
    ["side"],
  );
});

test("may be applied again, with nothing left to do", async () => {
  const before = layoutContent(registry());
  const { stdout } = await catalogue.expect(0, ["build", "--plan", file]);
  assert.match(stdout, /Nothing to do: \d images? unchanged/);
  assert.equal(layoutContent(registry()), before);
});

test("is refused if an image that it names has changed since, and nothing is built", async () => {
  await catalogue.edit("images/blue/image.yaml", "echo blue", "echo navy");
  await save();
  await catalogue.edit("images/blue/image.yaml", "echo navy", "echo azure");
  const before = layoutContent(registry());
  const { stdout, stderr } = await catalogue.expect(3, ["build", "--plan", file]);
  assert.is(stdout, "");
  assert.is(
    stderr,
    `slipway: ${file} is out of date: what goes into its images has changed\nhint: make a new plan: slipway plan --json\n`,
  );
  assert.equal(layoutContent(registry()), before);
});

test("is refused if an image outside the plan would have to be built first", async () => {
  await save();
  await catalogue.edit("images/tools/image.yaml", "echo tools", "echo more tools");
  const { stderr } = await catalogue.expect(3, ["build", "--plan", file]);
  assert.match(
    stderr,
    / is out of date: (?:what goes into its images has changed|tools would have to be built as well)\n/,
  );
});

test("a plan between two refs can be applied", async () => {
  await catalogue.git.checkout(["--", "images"]);
  await catalogue.edit("images/green/image.yaml", "echo green", "echo  green");
  await catalogue.commit("Another way to say green");
  const plan = await save("--base", "HEAD~1", "--head", "HEAD");
  assert.equal(
    plan.steps.map(({ image }) => image),
    ["green"],
  );
  assert.ok(changed(await catalogue.json<Results>(["build", "--plan", file])).includes("green built"));
  assert.equal(
    (await catalogue.json<Plan>(["plan"])).steps.filter(({ image }) => image === "green"),
    [],
  );
});

for (const [what, text] of [
  ["no JSON", "steps: []"],
  ["a list", "[]"],
  ["null", "null"],
  ["steps of another shape", '{"steps":[{"image":1,"key":null}]}'],
] as const) {
  test(`is refused if it is ${what}`, async () => {
    await writeFile(file, text);
    const { stderr } = await catalogue.expect(3, ["build", "--plan", file]);
    assert.is(stderr, `slipway: ${file} is not a plan\nhint: to make one: slipway plan --json\n`);
  });
}

test("is a usage error together with names of images", async () => {
  const { stderr } = await catalogue.expect(2, ["build", "green", "--plan", file]);
  assert.match(stderr, /^slipway: --plan and image names exclude each other\n/);
});

test.run();
