import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { BuildResult } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { checkLayout, layoutContent, layoutLeftovers, layoutTags } from "../support/layout.js";
import { mountsBelow } from "../support/mounts.js";
import { signalGroup } from "../support/slipway-process.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";
import { buildahIn, containersIn, processesOf, Workspace } from "../support/workspace.js";

const test = suite("kill -9");
let workspace: Workspace;
let catalogue: TestCatalogue;
/** The contents of the registry after an undisturbed run. */
let expected: Record<string, string>;
/** How long it took, in milliseconds. */
let undisturbed: number;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  const started = performance.now();
  await catalogue.expect(0, ["build"]);
  undisturbed = performance.now() - started;
  expected = layoutContent(catalogue.path(".slipway/registry"));
});
test.after(() => workspace.remove());

class Site {
  readonly env: Record<string, string>;
  readonly registry: string;
  readonly state: string;
  readonly args: readonly string[];

  constructor(name: string) {
    this.state = workspace.path(name, "state");
    this.registry = workspace.path(name, "registry");
    this.env = { ...workspace.env, SLIPWAY_STATE: this.state };
    this.args = ["build", "--registry", `oci:${this.registry}`];
  }

  /** Checks that right now every tag names a complete image, and the same one as after an undisturbed run. */
  check(): number {
    if (!existsSync(`${this.registry}/index.json`)) return 0;
    const tags = layoutTags(this.registry);
    checkLayout(this.registry);
    for (const [name, { imageId, digest }] of tags) assert.is(`${imageId} ${digest}`, expected[name], name);
    // A pointer without its key tag, or without passed tests, was moved too early.
    for (const name of tags.keys()) {
      if (!/:latest$/.test(name)) continue;
      const image = name.split(":")[0];
      assert.ok(
        [...tags.keys()].some((tag) => tag.startsWith(`${image}:t-`)),
        `${name} was not tested`,
      );
    }
    return tags.size;
  }

  async run(): Promise<void> {
    await catalogue.expect(0, this.args, { env: this.env });
  }

  /** Checks that nothing of a killed run is left after a later run has succeeded. */
  async checkClean(): Promise<void> {
    assert.equal(layoutContent(this.registry), expected);
    assert.equal(layoutLeftovers(this.registry), []);
    assert.equal(readdirSync(`${this.state}/tmp`), []);
    const published = new Set([...layoutTags(this.registry).values()].map(({ imageId }) => imageId));
    const images = (await buildahIn(`${this.state}/storage`, "images", "--all", "--quiet", "--no-trunc")).split("\n");
    assert.equal(
      images.filter((id) => id !== "" && !published.has(id)),
      [],
      "unfinished images",
    );
    assert.is(await buildahIn(`${this.state}/storage`, "containers", "--quiet"), "");
    assert.equal(
      (await mountsBelow(`${this.state}/storage`)).filter((mount) => mount.endsWith("/merged")),
      [],
    );
    assert.equal(await processesOf(this.state), []);
    assert.equal(await containersIn(`${this.state}/tmp`), []);
  }
}

/** Kills a run after some milliseconds, alone or with everything it started; false if it had already ended. */
async function killed(site: Site, milliseconds: number, whom: "process" | "group"): Promise<boolean> {
  const running = catalogue.start(site.args, { env: site.env, group: true });
  const ended = running.ended.then(() => "ended" as const);
  const first = await Promise.race([ended, sleep(milliseconds, "due" as const)]);
  if (first === "due") {
    if (whom === "group") signalGroup(running, "SIGKILL");
    else running.child.kill("SIGKILL");
  }
  // A Buildah that outlives Slipway holds the pipes until it ends, so this waits for it.
  await ended;
  return first === "due";
}

test("kills one after another on the same state, at any moment of the build", async () => {
  const site = new Site("series");
  const rounds = 9;
  let kills = 0;
  for (let round = 0; round < rounds; round += 1) {
    // Spread over the whole run, each time at another point: starting, building, testing, publishing.
    const moment = ((round + Math.random()) / rounds) * undisturbed;
    if (await killed(site, moment, round % 2 === 0 ? "group" : "process")) kills += 1;
    site.check();
  }
  assert.ok(kills >= 3, `only ${kills} kills`);
  await site.run();
  await site.checkClean();
});

test("one kill in the middle: a second run does only what is left", async () => {
  const site = new Site("once");
  const running = catalogue.start(site.args, { env: site.env, group: true });
  await running.seen("built       tools ");
  signalGroup(running, "SIGKILL");
  await running.ended;
  assert.ok(site.check() >= 10);
  const { results } = await catalogue.json<{ results: BuildResult[] }>(site.args, 0, { env: site.env });
  const unchanged = results.filter(({ outcome }) => outcome === "unchanged").map(({ image }) => String(image));
  assert.ok(
    ["base", "tools"].every((name) => unchanged.includes(name)) && !unchanged.includes("green"),
    unchanged.join(),
  );
  await site.checkClean();
});

test("kills while images are published: index.json is complete at any time", async () => {
  const site = new Site("watched");
  const running = catalogue.start(site.args, { env: site.env, group: true });
  let over = false;
  const ended = running.ended.then(() => {
    over = true;
  });
  let looks = 0;
  // Polls as fast as possible for the first pointers, and then kills immediately.
  while (!over) {
    if (site.check() >= 10) signalGroup(running, "SIGKILL");
    looks += 1;
    await sleep(1);
  }
  await ended;
  assert.ok(looks > 10);
  await site.run();
  await site.checkClean();
});

test("a kill while a test's container is still running", async () => {
  await catalogue.edit(
    "images/side/image.yaml",
    "labels:",
    "tests:\n  - name: takes its time\n    command: [sleep, '2.007']\nlabels:",
  );
  const site = new Site("testing");
  const running = catalogue.start([...site.args, "side"], { env: site.env, group: true });
  await until("the test runs", async () => (await processesOf("sleep 2.007")).some((line) => /^sleep/.test(line)));
  running.child.kill("SIGKILL");
  await running.ended;
  assert.not(layoutTags(site.registry).has("side:latest"), "an untested image has no pointer");
  await site.run();
  assert.ok(layoutTags(site.registry).has("side:latest"));
  assert.is(await buildahIn(`${site.state}/storage`, "containers", "--quiet"), "");
  assert.equal(await processesOf(site.state), []);
});

test.run();
