import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import type { BuildResult, Plan } from "../../src/model/plan.js";
import { IMAGES, TestCatalogue } from "../support/catalogue.js";
import { checkLayout, layoutContent, layoutLeftovers, layoutTags } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { buildahIn, Workspace } from "../support/workspace.js";

interface Results {
  readonly results: BuildResult[];
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const MEMBERS = "image version platform outcome key imageId digest seconds bytes reasons".split(" ");

const test = suite("build");
let workspace: Workspace;
let catalogue: TestCatalogue;
let registry: string;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  registry = catalogue.path(".slipway/registry");
});
test.after(() => workspace.remove());

const outcomes = ({ results }: Results) => Object.fromEntries(results.map(({ image, outcome }) => [image, outcome]));

test("a dry run says what would be built and writes nothing anywhere", async () => {
  const { path, calls } = await workspace.spy("buildah", "mmdebstrap");
  const { stdout, stderr } = await catalogue.expect(0, ["build", "--dry-run"], {
    env: { ...workspace.env, PATH: path },
  });
  assert.match(stdout, /^ {2}would build {2}base 1\.0$/m);
  assert.match(stdout, /^Dry run, nothing was changed: 6 to build\.$/m);
  assert.is(stderr, "");
  assert.not(existsSync(catalogue.path(".slipway")));
  assert.equal(await calls(), []);
  assert.equal(await readdir(workspace.path("home")), []);
});

test("from nothing: builds, tests and publishes everything, parents first", async () => {
  const document = await catalogue.json<Results>(["build"]);
  const { results } = document;
  assert.equal(
    results.map(({ image }) => image),
    IMAGES,
  );
  for (const result of results) {
    assert.equal(Object.keys(result), MEMBERS);
    assert.is(result.outcome, "built");
    assert.is(result.platform, "linux/amd64");
    assert.match(String(result.key), /^[0-9a-f]{64}$/);
    assert.match(String(result.imageId), DIGEST);
    assert.match(String(result.digest), DIGEST);
    assert.ok(result.seconds > 0 && Number(result.bytes) > 1e6, JSON.stringify(result));
  }
  const reasons = Object.fromEntries(results.map(({ image, reasons: [first] }) => [image, first]));
  assert.equal(reasons.base, { code: "MISSING", detail: "never published", via: [] });
  assert.equal(reasons.green, {
    code: "PARENT",
    detail: "base: MISSING never published",
    via: ["base", "tools", "app"],
  });
});

test("every image has its key tag, its tested tag and three pointers, all of the same complete image", () => {
  const tags = layoutTags(registry);
  assert.is(tags.size, IMAGES.length * 5);
  for (const image of IMAGES) {
    const own = [...tags].filter(([name]) => name.startsWith(`${image}:`));
    const suffixes = own.map(([name]) => name.slice(image.length + 1)).sort();
    assert.is(suffixes.filter((tag) => /^k-[0-9a-f]{64}$/.test(tag)).length, 1);
    assert.is(suffixes.filter((tag) => /^t-[0-9a-f]{64}$/.test(tag)).length, 1);
    assert.ok(suffixes.includes("latest"));
    assert.is(new Set(own.map(([, { digest }]) => digest)).size, 1, image);
  }
  assert.ok(checkLayout(registry) >= IMAGES.length * 2);
  assert.equal(layoutLeftovers(registry), []);
});

test("the built images match their definitions", async () => {
  const storage = catalogue.path(".slipway/storage");
  const { imageId } = layoutTags(registry).get("green:2.1") ?? { imageId: "" };
  const inspected = JSON.parse(await buildahIn(storage, "inspect", "--type", "image", imageId.slice(7)));
  const { config, created, history } = inspected.OCIv1;
  // The search path is Buildah's own default.
  assert.equal(config.Env.slice(1), ["TOOLS=/etc/tools", "COLOUR=green"]);
  assert.equal(config.Cmd, ["cat", "/srv/app"]);
  assert.is(created, "1980-01-01T00:00:00Z");
  assert.equal(config.Labels ?? {}, {});
  // No history, and therefore no parent's name, no command and no time of the build.
  for (const entry of history ?? []) assert.is(entry.created_by ?? "", "");
});

test("again: nothing to do, and neither Buildah nor a mutex is started for it", async () => {
  const { path, calls } = await workspace.spy("buildah", "setpriv", "flock", "runc", "mmdebstrap");
  const before = layoutContent(registry);
  const { stdout, stderr } = await catalogue.expect(0, ["build"], { env: { ...workspace.env, PATH: path } });
  assert.match(stdout, /^Nothing to do: 6 images unchanged \([0-9.]+ s\)\.\n$/);
  assert.is(stderr, "");
  assert.equal(await calls(), []);
  assert.equal(layoutContent(registry), before);
});

test("again with --json: every image is unchanged, with the same image ID", async () => {
  const { results } = await catalogue.json<Results>(["build"]);
  for (const { image, outcome, imageId, bytes, reasons } of results) {
    assert.is(outcome, "unchanged");
    assert.is(imageId, layoutTags(registry).get(`${image}:latest`)?.imageId);
    assert.is(bytes, null);
    assert.equal(reasons, []);
  }
});

test("plan, status and why agree that nothing is to be done", async () => {
  const plan = await catalogue.json<Plan>(["plan"]);
  assert.equal([plan.base, plan.head, plan.steps, plan.unchanged], [null, null, [], 6]);
  const status = await catalogue.json<{ images: { status: string }[] }>(["status"]);
  assert.equal(
    status.images.map((image) => image.status),
    IMAGES.map(() => "READY"),
  );
  const { stdout } = await catalogue.expect(0, ["why", "green"]);
  assert.is(stdout, "green needs nothing: no input differs from oci:.slipway/registry.\n");
});

test("a changed leaf: plan, why and status name only this image, and build rebuilds only it", async () => {
  await catalogue.edit("images/blue/image.yaml", "COLOUR: blue", "COLOUR: navy");
  const { steps, unchanged } = await catalogue.json<Plan>(["plan"]);
  assert.equal(
    steps.map(({ image, action, reasons }) => [image, action, reasons[0]?.code]),
    [["blue", "build", "DEFINITION"]],
  );
  assert.is(unchanged, 5);
  const why = await catalogue.expect(0, ["why", "blue"]);
  assert.match(why.stdout, /^blue 2\.1: build, against oci:\.slipway\/registry\n {2}DEFINITION /);
  const status = await catalogue.expect(0, ["status"]);
  assert.match(status.stdout, /^ {2}STALE {2}blue 2\.1 {3}DEFINITION /m);
  const before = layoutTags(registry);
  const built = await catalogue.json<Results>(["build"]);
  assert.equal(outcomes(built), { ...Object.fromEntries(IMAGES.map((name) => [name, "unchanged"])), blue: "built" });
  const after = layoutTags(registry);
  assert.is.not(after.get("blue:2.1")?.imageId, before.get("blue:2.1")?.imageId);
  // The old image is kept under its key.
  for (const [name, { digest }] of before)
    if (!/^blue:(2\.1|latest)$/.test(name)) assert.is(after.get(name)?.digest, digest);
});

test("build IMAGE also builds its ancestors, and nothing else", async () => {
  const env = { ...workspace.env, SLIPWAY_STATE: workspace.path("other-state") };
  const target = `oci:${workspace.path("other-registry")}`;
  const document = await catalogue.json<Results>(["build", "app", "--registry", target], 0, { env });
  assert.equal(outcomes(document), { base: "built", tools: "built", app: "built" });
  const images = new Set([...layoutTags(workspace.path("other-registry")).keys()].map((name) => name.split(":")[0]));
  assert.equal([...images].sort(), ["app", "base", "tools"]);
  // The others still have to be built, on top of these.
  const { steps } = await catalogue.json<Plan>(["plan", "--registry", target]);
  assert.equal(
    steps.map(({ image, action }) => [image, action]),
    [
      ["side", "build"],
      ["blue", "build"],
      ["green", "build"],
    ],
  );
  const log = await readFile(workspace.path("other-state/logs/app.log"), "utf8");
  assert.match(log, /STEP/);
});

test("a rebuild nonce rebuilds one image; if its bytes stay the same, the cascade stops there", async () => {
  await catalogue.write(
    "images/tools/image.yaml",
    `${await catalogue.read("images/tools/image.yaml")}rebuild: { nonce: "1", reason: test of the button }\n`,
  );
  const before = layoutTags(registry);
  const document = await catalogue.json<Results>(["build"]);
  assert.equal(outcomes(document), {
    ...Object.fromEntries(IMAGES.map((name) => [name, "unchanged"])),
    tools: "built",
  });
  assert.is(layoutTags(registry).get("tools:1.0")?.imageId, before.get("tools:1.0")?.imageId);
  const [forced] = (await catalogue.json<Plan>(["plan", "--base", "HEAD"])).steps.filter(
    ({ image }) => image === "tools",
  );
  assert.equal(forced?.reasons, [{ code: "FORCED", detail: "test of the button", via: [] }]);
});

test.run();
