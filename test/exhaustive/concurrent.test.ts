import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildResult, Plan } from "../../src/model/plan.js";
import { PRESENCE } from "../../src/run/state-directory.js";
import { acquireMutex, withMutex } from "../../src/system/mutex.js";
import { IMAGES, TestCatalogue } from "../support/catalogue.js";
import { startDockerRegistry } from "../support/docker-registry.js";
import { checkLayout, layoutContent, layoutLeftovers } from "../support/layout.js";
import { type Finished, signalGroup } from "../support/slipway-process.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("two runs at a time");
let workspace: Workspace;
let catalogue: TestCatalogue;
let expected: Record<string, string>;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  await catalogue.expect(0, ["build"]);
  expected = layoutContent(catalogue.path(".slipway/registry"));
});
test.after(() => workspace.remove());

function results({ code, stdout, stderr }: Finished): BuildResult[] {
  assert.ok(stdout, `nothing was printed, exit code ${code}\n${stderr}`);
  const { results: list } = JSON.parse(stdout) as { results: BuildResult[] };
  const errors = list.flatMap(({ image, error }) => (error ? [`${image}: ${error.message}\n${error.tail ?? ""}`] : []));
  assert.is(code, 0, `${errors.join("\n")}\n${stderr}`);
  return list;
}

const ids = (list: readonly BuildResult[]) => list.map(({ image, imageId, digest }) => `${image} ${imageId} ${digest}`);

test("in one state directory: each image is built by one of them, and both end well", async () => {
  const env = { ...workspace.env, SLIPWAY_STATE: workspace.path("shared") };
  const registry = workspace.path("shared-registry");
  const args = ["build", "--json", "--registry", `oci:${registry}`];
  const runs = [catalogue.start(args, { env }), catalogue.start(args, { env })];
  const [a = [], b = []] = (await Promise.all(runs.map(({ ended }) => ended))).map(results);
  assert.equal(ids(a), ids(b));
  const builds = [...a, ...b].filter(({ outcome }) => outcome === "built").map(({ image }) => image);
  assert.equal(builds.sort(), [...IMAGES].sort());
  assert.equal(layoutContent(registry), expected);
  checkLayout(registry);
  assert.equal(layoutLeftovers(registry), []);
});

test("images that another run has published since the plan was made are used unchanged", async () => {
  const registry = ["--registry", `oci:${workspace.path("overtaken-registry")}`];
  const slow = { ...workspace.env, SLIPWAY_STATE: workspace.path("slow") };
  const fast = { ...workspace.env, SLIPWAY_STATE: workspace.path("fast") };
  const { stdout } = await catalogue.expect(0, ["plan", "--json", ...registry], { env: fast });
  const base = (JSON.parse(stdout) as Plan).steps.find(({ image }) => image === "base");
  const locks = join(slow.SLIPWAY_STATE, "locks");
  await mkdir(locks, { recursive: true });
  const { signal } = new AbortController();
  // A process that is alone there removes the mutexes.
  const presence = await acquireMutex(join(locks, PRESENCE), signal, "shared");
  // The run has made its plan and waits for its first image, which another process seems to build.
  const run = await withMutex(join(locks, `k-${base?.key}`), signal, async () => {
    const started = catalogue.start(["build", "--json", ...registry], { env: slow });
    await catalogue.expect(0, ["build", "app", ...registry], { env: fast });
    return started;
  });
  const finished = await run.ended;
  await presence.release();
  const outcomes = results(finished).map(({ image, outcome }) => `${image} ${outcome}`);
  const taken = ["base unchanged", "tools unchanged", "app unchanged"];
  assert.equal(outcomes.sort(), [...taken, "blue built", "green built", "side built"].sort());
});

/** Starts builders with state directories of their own at the same time. */
async function buildTogether(names: readonly string[], args: readonly string[]): Promise<readonly BuildResult[][]> {
  const runs = names.map((name) =>
    catalogue.start(args, { env: { ...workspace.env, SLIPWAY_STATE: workspace.path(name) } }),
  );
  return (await Promise.all(runs.map(({ ended }) => ended))).map(results);
}

const builds = (lists: readonly (readonly BuildResult[])[]) =>
  lists.flat().flatMap(({ image, outcome }) => (outcome === "built" ? [image] : []));

test("three state directories with one layout: each image is built once, and all end well with the same images", async () => {
  const registry = workspace.path("one-registry");
  const lists = await buildTogether(["a", "b", "c"], ["build", "--json", "--registry", `oci:${registry}`]);
  for (const list of lists) assert.equal(ids(list), ids(lists[0] ?? []));
  assert.equal(builds(lists).sort(), [...IMAGES].sort());
  assert.equal(layoutContent(registry), expected);
  checkLayout(registry);
  assert.equal(layoutLeftovers(registry), []);
  assert.equal(await readdir(join(registry, ".slipway-claims")), []);
});

test("three state directories with one docker registry: each image is built once, and all end well with the same images", async () => {
  const registry = await startDockerRegistry();
  try {
    const args = ["build", "--json", "--registry", `docker://${registry.host}/team`, "--tls-verify=false"];
    const lists = await buildTogether(["d", "e", "f"], args);
    for (const list of lists) assert.equal(ids(list), ids(lists[0] ?? []));
    assert.equal(builds(lists).sort(), [...IMAGES].sort());
    for (const { image, imageId } of lists[0] ?? []) assert.is(imageId, expected[`${image}:latest`]?.split(" ")[0]);
    const { stdout } = await catalogue.expect(
      0,
      args.filter((arg) => arg !== "--json"),
    );
    assert.match(stdout, /^Nothing to do: 6 images unchanged/);
  } finally {
    await registry.stop();
  }
});

test("a builder that is killed holds up the others for no longer than its claim stands, whatever its clock says", async () => {
  const clone = await catalogue.clone("killed-builder");
  await clone.write("images/base/rootfs/etc/motd", "another\n");
  await clone.edit("images/tools/image.yaml", "  - echo tools", "  - sleep 5\n  - echo tools");
  const registry = ["--registry", `oci:${workspace.path("claimed-registry")}`];
  const env = (name: string) => ({ ...workspace.env, SLIPWAY_STATE: workspace.path(name) });
  const ahead = workspace.path("ahead.cjs");
  await writeFile(ahead, "const { now } = Date; Date.now = () => now() + 3_600_000;");
  const inAnHour = { ...env("killed"), NODE_OPTIONS: `--require ${ahead}` };
  const first = clone.start(["build", ...registry], { env: inAnHour, group: true });
  await first.seen("building   tools");
  const second = clone.start(["build", ...registry], { env: env("survivor") });
  await second.seen("waiting for another build of tools");
  signalGroup(first, "SIGKILL");
  await first.ended;
  const { code, stdout } = await second.ended;
  assert.is(code, 0, stdout);
  assert.match(stdout, /built +tools/);
  // On the killed builder's own state directory nothing waits at all.
  const { stdout: again } = await clone.expect(0, ["build", ...registry], { env: env("killed") });
  assert.match(again, /^Nothing to do/);
});

test("status and why say that another process builds an image", async () => {
  const slow = await catalogue.clone("being-built");
  await slow.write("images/slow/image.yaml", 'name: slow\nversion: "1"\nparent: base\nsetup: [sleep 600]\n');
  const env = { ...workspace.env, SLIPWAY_STATE: workspace.path("being-built-state") };
  const registry = ["--registry", `oci:${catalogue.path(".slipway/registry")}`];
  const build = slow.start(["build", "slow", ...registry], { env });
  await build.seen("building   slow");
  const { stdout } = await slow.expect(0, ["status", "--only", "BUILDING", ...registry], { env });
  assert.is(stdout, "  BUILDING  slow 1  another process builds it now\n");
  build.child.kill("SIGINT");
  await build.ended;
  assert.match((await slow.expect(0, ["status", "slow", ...registry], { env })).stdout, /^slow 1: MISSING\n/);
});

test.run();
