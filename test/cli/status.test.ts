import { mkdir } from "node:fs/promises";
import type { ImageStatus } from "../../src/model/image-status.js";
import type { Plan } from "../../src/model/plan.js";
import { saveResults } from "../../src/run/last-results.js";
import { acquireMutex } from "../../src/system/mutex.js";
import { IMAGES, TestCatalogue } from "../support/catalogue.js";
import { freePort } from "../support/docker-registry.js";
import { result } from "../support/plans.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("slipway status");
let workspace: Workspace;
let catalogue: TestCatalogue;
let baseKey: string;

const FAILURE = { code: "BUILD_FAILED", message: "it broke", tail: ["make: no rule"], log: "/logs/base.log" };

/** As if `base` had failed: nothing is published, so it is ERROR and all others are MISSING. */
test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  const { steps } = await catalogue.json<Plan>(["plan"]);
  const key = steps.find(({ image }) => image === "base")?.key ?? null;
  await mkdir(catalogue.path(".slipway"), { recursive: true });
  await saveResults(catalogue.path(".slipway"), [result("base", { key, outcome: "failed", error: FAILURE })]);
  baseKey = String(key);
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
  assert.equal(images, [
    {
      image: "base",
      version: "1.0",
      status: "ERROR",
      reason: "it broke",
      reference: `oci:${catalogue.path(".slipway/registry")}:base:1.0`,
      description: null,
      parent: null,
      base: "scratch",
      language: null,
      os: "debian",
      author: null,
      role: null,
      owners: [],
      labels: {},
      metadata: {},
      published: null,
      failure: FAILURE,
    },
  ]);
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
      'no status is named "blue"\nhint: they are READY, STALE, MISSING, BUILDING, ERROR, DEPRECATED; images are named before --only\n',
    ],
  ] as const) {
    const { stdout, stderr } = await catalogue.expect(2, ["status", "--registry", registry, ...args]);
    assert.is(stdout, "");
    assert.is(stderr, `slipway: ${said}`);
  }
});

test("one image: everything about it, with the end of the log", async () => {
  assert.is(
    await status("base"),
    `base 1.0: ERROR
  why        it broke
  published  nothing under 1.0
  base       scratch
  system     debian
  | make: no rule
  log: /logs/base.log
`,
  );
});

test("why: the last failure before the reasons", async () => {
  assert.is(
    (await catalogue.expect(0, ["why", "base"])).stdout,
    `base failed the last time: it broke
  | make: no rule
  log: /logs/base.log
base 1.0: build, against oci:.slipway/registry
  MISSING     never published
`,
  );
  // A failure is one of the registry's plans; commits have no failures.
  assert.not.match((await catalogue.expect(0, ["why", "base", "--base", "HEAD"])).stdout, /it broke/);
});

test("an image whose mutex is held is being built", async () => {
  await mkdir(catalogue.path(".slipway/locks"), { recursive: true });
  const { signal } = new AbortController();
  const mutex = await acquireMutex(catalogue.path(".slipway/locks", `k-${baseKey}`), signal);
  assert.is(await status("base", "--wide", "--only", "BUILDING").then((text) => text.split("\n").length), 3);
  assert.match((await catalogue.expect(0, ["why", "base"])).stdout, /^base is being built now, by another process\.\n/);
  await mutex.release();
  assert.is(await status("--only", "ERROR"), BASE);
});

test("filters: language, operating system, owner and label; together they narrow, values of one widen", async () => {
  const mixed = await catalogue.clone("mixed");
  await mixed.edit(
    "images/side/image.yaml",
    "parent: base",
    "parent: base\nlanguage: node\nmetadata: { author: Ada, tier: front }",
  );
  await mixed.write(
    "policies/roles.yaml",
    "roles:\n  administrator: { users: [grace] }\n  privileged-developer: { teams: [example/dev] }\n",
  );
  const names = async (...args: readonly string[]) => {
    const { images } = await mixed.json<{ images: ImageStatus[] }>(["status", ...args]);
    return images.map(({ image }) => image);
  };
  assert.equal(await names("--language", "node"), ["side"]);
  assert.equal(await names("--os", "debian"), IMAGES);
  assert.equal(await names("--owner", "@EXAMPLE/dev"), ["side", "tools", "app", "blue", "green"]);
  assert.equal(await names("--owner", "ada"), ["side"]);
  assert.equal(await names("--label", "org.example.purpose"), ["side"]);
  assert.equal(await names("--metadata", "tier"), ["side"]);
  assert.equal(await names("--metadata", "tier=front"), ["side"]);
  assert.match((await mixed.expect(2, ["status", "--metadata", "tier=frnt"])).stderr, /did you mean tier=front\?/);
  assert.equal(await names("--label", "org.example.purpose=beside the others", "--os", "debian"), ["side"]);
  assert.equal(await names("--state", "MISSING", "--language", "node"), ["side"]);
  const { stdout } = await mixed.expect(0, ["status", "base", "--language", "node"]);
  assert.is(stdout, "None of the named images matches.\n");
  const { stderr } = await mixed.expect(2, ["status", "--language", "nod"]);
  assert.is(stderr, 'slipway: no image has the language "nod"\nhint: did you mean node?\n');
});

test.run();
