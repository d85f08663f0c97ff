import { mkdir } from "node:fs/promises";
import type { ImageStatus } from "../../src/model/image-status.js";
import type { Plan } from "../../src/model/plan.js";
import { saveResults } from "../../src/run/last-results.js";
import { IMAGES, TestCatalogue } from "../support/catalogue.js";
import { freePort } from "../support/docker-registry.js";
import { result } from "../support/plans.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("slipway status");
let workspace: Workspace;
let catalogue: TestCatalogue;

/** As if `base` had failed: nothing is published, so it is ERROR and all others are MISSING. */
test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  const { steps } = await catalogue.json<Plan>(["plan"]);
  const key = steps.find(({ image }) => image === "base")?.key ?? null;
  const error = { code: "BUILD_FAILED", message: "it broke" };
  await mkdir(catalogue.path(".slipway"), { recursive: true });
  await saveResults(catalogue.path(".slipway"), [result("base", { key, outcome: "failed", error })]);
});
test.after(() => workspace.remove());

const status = async (...args: readonly string[]) => (await catalogue.expect(0, ["status", ...args])).stdout;

const BASE = "  ERROR  base 1.0  it broke\n";

test("images by name, in build order", async () => {
  assert.is(
    await status("side", "base"),
    "  ERROR    base 1.0  it broke\n  MISSING  side 1.0  PARENT base: MISSING never published\n",
  );
});

test("--only: images of these statuses, among the named ones if there are any", async () => {
  assert.is(await status("--only", "ERROR"), BASE);
  assert.is(await status("--only", "ERROR", "READY"), BASE);
  assert.is(await status("app", "base", "--only", "ERROR"), BASE);
  assert.is((await status("--only", "ERROR", "MISSING")).split("\n").length, IMAGES.length + 1);
});

test("--json: the same images", async () => {
  const { images } = await catalogue.json<{ images: ImageStatus[] }>(["status", "--only", "ERROR"]);
  assert.equal(images, [{ image: "base", version: "1.0", status: "ERROR", reason: "it broke" }]);
  assert.equal(await catalogue.json(["status", "app", "--only", "ERROR"]), { images: [] });
});

test("no image left: one line says so, and that is no failure", async () => {
  assert.is(await status("--only", "READY", "STALE"), "No image is READY or STALE.\n");
  assert.is(await status("app", "side", "--only", "ERROR"), "None of the named images is ERROR.\n");
});

test("a mistyped status or image: the nearest one is named, and no registry is asked", async () => {
  const registry = `docker://127.0.0.1:${await freePort()}`;
  for (const [args, said] of [
    [["--only", "STALLE"], 'no status is named "STALLE"\nhint: did you mean STALE?\n'],
    [["--only", "ready"], 'no status is named "ready"\nhint: did you mean READY?\n'],
    [["bsae"], 'no image is named "bsae"\nhint: did you mean base?\n'],
    [
      ["--only", "ERROR", "blue"],
      'no status is named "blue"\nhint: they are READY, STALE, MISSING, ERROR, DEPRECATED; images are named before --only\n',
    ],
  ] as const) {
    const { stdout, stderr } = await catalogue.expect(2, ["status", "--registry", registry, ...args]);
    assert.is(stdout, "");
    assert.is(stderr, `slipway: ${said}`);
  }
});

test.run();
