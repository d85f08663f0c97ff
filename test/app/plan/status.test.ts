import type { LoadedCatalogue } from "../../../src/app/catalogue/catalogue.js";
import { type StatusInputs, standings, statusNamed } from "../../../src/app/plan/status.js";
import { CommandError, EXIT } from "../../../src/exit.js";
import type { BuildKey } from "../../../src/model/names.js";
import type { Observation } from "../../../src/model/observation.js";
import type { BuildFailure } from "../../../src/model/plan.js";
import { catalogue, image, imageName } from "../../support/definitions.js";
import { desired } from "../../support/desired.js";
import { fakeKey, plan, reason, step } from "../../support/plans.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("statuses of images");

const DEPRECATED = { since: "2026-01-01", reason: "too old", replacement: "tools" };
const BASE = image("base");
const TOOLS = image("tools", { parent: "base", version: "2.0" });
const OLD = image("old", { parent: "base", metadata: { deprecated: DEPRECATED } });
const IMAGES = [BASE, TOOLS, OLD];

const UNPUBLISHED: Observation = {
  key: fakeKey("1"),
  tested: false,
  tags: { key: "", tested: "", pointers: [] },
  stale: [],
  published: false,
};
const FAILURE: BuildFailure = { code: "BUILD_FAILED", message: "exit status 1" };

/** `READY`, or `STALE a reason`, by image. */
function statuses({ steps = [], observed = {}, failed = {}, building = [] }: Partial<Facts>): Record<string, string> {
  const all = { catalogue: catalogue(IMAGES), desired: desired(IMAGES) };
  const inputs: StatusInputs = {
    loaded: all as unknown as LoadedCatalogue,
    plan: plan(steps),
    observations: new Map(Object.entries(observed).map(([name, observation]) => [imageName(name), observation])),
    failures: new Map(Object.entries(failed).map(([name, key]) => [name, { key, error: FAILURE }])),
    building: new Set(building),
  };
  return Object.fromEntries(
    [...standings(inputs)].map(([image, { status, reason }]) => [image, `${status} ${reason}`.trim()]),
  );
}

interface Facts {
  readonly steps: StatusInputs["plan"]["steps"];
  readonly observed: Readonly<Record<string, Observation>>;
  /** Keys that failed, by image. */
  readonly failed: Readonly<Record<string, string | null>>;
  readonly building: readonly BuildKey[];
}

test("an image without a step is ready, or deprecated", () => {
  assert.equal(statuses({}), {
    base: "READY",
    tools: "READY",
    old: "DEPRECATED since 2026-01-01; too old; use tools",
  });
});

test("an image with a step is missing, or stale once something of it was published", () => {
  const steps = [step("tools", { reasons: [reason("PACKAGE", "jq added"), reason("DEFINITION", "env A changed")] })];
  assert.is(statuses({ steps }).tools, "MISSING PACKAGE jq added; DEFINITION env A changed");
  assert.is(
    statuses({ steps, observed: { tools: UNPUBLISHED } }).tools,
    "MISSING PACKAGE jq added; DEFINITION env A changed",
  );
  const published = { ...UNPUBLISHED, published: true };
  assert.is(
    statuses({ steps, observed: { tools: published } }).tools,
    "STALE PACKAGE jq added; DEFINITION env A changed",
  );
});

test("what is to be done comes before a deprecation", () => {
  assert.is(statuses({ steps: [step("old")] }).old, "MISSING MISSING never published");
});

test("a failure counts until something changes that went into it", () => {
  const steps = [step("tools", { key: fakeKey("2") })];
  assert.is(statuses({ steps, failed: { tools: fakeKey("2") } }).tools, "ERROR exit status 1");
  assert.is(statuses({ steps, failed: { tools: fakeKey("1") } }).tools, "MISSING MISSING never published");
});

test("an image that another process builds now says so, whatever its last failure was", () => {
  const [two, three] = [fakeKey("2"), fakeKey("3")];
  const steps = [step("tools", { key: two })];
  const failed = { tools: two };
  assert.is(statuses({ steps, failed, building: [two] }).tools, "BUILDING another process builds it now");
  assert.is(statuses({ steps, failed, building: [three] }).tools, "ERROR exit status 1");
});

test("a failure below a parent that is still to be built does not count, because neither has a key", () => {
  const steps = [step("tools", { key: null, action: "pending" })];
  assert.is(statuses({ steps, failed: { tools: null } }).tools, "MISSING MISSING never published");
});

test("a status is named in capitals; another name gets a hint", () => {
  assert.is(statusNamed("STALE"), "STALE");
  assert.is(usageOf("STALLE"), 'no status is named "STALLE" (did you mean STALE?)');
  const all = "they are READY, STALE, MISSING, BUILDING, ERROR, DEPRECATED; images are named before --only";
  assert.is(usageOf("python3-web"), `no status is named "python3-web" (${all})`);
});

function usageOf(name: string): string {
  try {
    return statusNamed(name);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    assert.is(error.exitCode, EXIT.usage);
    return `${error.message} (${error.hint})`;
  }
}

test.run();
