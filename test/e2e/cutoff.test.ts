import type { BuildResult, Plan } from "../../src/model/plan.js";
import { IMAGES, TestCatalogue } from "../support/catalogue.js";
import { layoutTags } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

interface Results {
  readonly results: BuildResult[];
}

const test = suite("early cutoff");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  await catalogue.expect(0, ["build"]);
});
test.after(() => workspace.remove());

const outcomes = ({ results }: Results) => Object.fromEntries(results.map(({ image, outcome }) => [image, outcome]));
const DESCENDANTS = IMAGES.filter((name) => name !== "base");

test("a base rebuilt with identical bytes leaves every dependent unchanged", async () => {
  const before = layoutTags(catalogue.path(".slipway/registry"));
  await catalogue.edit("images/base/image.yaml", "tests:", 'setup: ["true"]\ntests:');
  const plan = await catalogue.json<Plan>(["plan"]);
  assert.equal(
    plan.steps.map(({ image, action }) => `${image} ${action}`),
    ["base build", ...DESCENDANTS.map((name) => `${name} pending`)],
  );
  const { results } = await catalogue.json<Results>(["build"]);
  assert.equal(outcomes({ results }), {
    ...Object.fromEntries(DESCENDANTS.map((name) => [name, "unchanged"])),
    base: "built",
  });
  for (const { image, imageId, reasons, bytes } of results) {
    assert.is(imageId, before.get(`${image}:latest`)?.imageId);
    if (image === "base") continue;
    assert.is(reasons[0]?.code, "PARENT", "it says why it was looked at");
    assert.is(bytes, null);
  }
  assert.match((await catalogue.expect(0, ["build"])).stdout, /^Nothing to do: 6 images unchanged/);
});

test("the text says that the parents came out identical", async () => {
  await catalogue.edit("images/base/image.yaml", '["true"]', '["true", "true"]');
  const { stdout, stderr } = await catalogue.expect(0, ["build"]);
  assert.match(stdout, /^1 image to build · up to 5 may follow · 0 unchanged · plan [0-9a-f]{12}$/m);
  for (const name of DESCENDANTS) {
    assert.match(stdout, new RegExp(`^ {2}unchanged {3}${name} \\d\\.\\d +its parent came out identical$`, "m"));
    assert.not.match(stderr, "identical");
  }
  assert.match(stdout, /^1 built, 5 unchanged in /m);
});

test("in the middle: a change of bytes cascades, a change without one stops", async () => {
  await catalogue.edit("images/tools/image.yaml", "echo tools >", "echo more tools >");
  assert.equal(outcomes(await catalogue.json<Results>(["build"])), {
    base: "unchanged",
    side: "unchanged",
    tools: "built",
    app: "built",
    blue: "built",
    green: "built",
  });
  await catalogue.edit("images/tools/image.yaml", "echo more tools", "  echo  more  tools");
  assert.equal(outcomes(await catalogue.json<Results>(["build"])), {
    ...Object.fromEntries(IMAGES.map((name) => [name, "unchanged"])),
    tools: "built",
  });
});

test("going back to an earlier definition builds nothing, because its image is kept under its key", async () => {
  await catalogue.git.checkout(["--", "images"]);
  const { results } = await catalogue.json<Results>(["build"]);
  assert.equal(outcomes({ results }), {
    base: "unchanged",
    side: "unchanged",
    tools: "retagged",
    app: "retagged",
    blue: "retagged",
    green: "retagged",
  });
});

test.run();
