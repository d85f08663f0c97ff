import { existsSync, readdirSync } from "node:fs";
import type { BuildResult } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutTags } from "../support/layout.js";
import { type Running, signalGroup } from "../support/slipway-process.js";
import { assert, suite } from "../support/suite.js";
import { settled, until } from "../support/until.js";
import { buildahIn, containersIn, processesOf, Workspace } from "../support/workspace.js";

const test = suite("interrupted");
let workspace: Workspace;
let catalogue: TestCatalogue;
const registry = () => catalogue.path(".slipway/registry");

test.before(async () => {
  workspace = await Workspace.create();
});
test.before.each(async () => {
  catalogue = await TestCatalogue.create(workspace);
});
test.after.each(async () => {
  await workspace.clear(catalogue.path(".slipway"));
  await catalogue.delete(".");
});
test.after(() => workspace.remove());

/** The end of an interrupted run; a step that is not interrupted would sleep for hours. */
const endOf = ({ ended }: Running) => settled("the run ends", ended);

/** Whether Buildah is running that command for this catalogue. */
const isRunning = async (command: string, text: string) =>
  (await processesOf(catalogue.path(".slipway"))).some((line) => line.includes(` ${command} `) && line.includes(text));

async function nothingIsLeft() {
  assert.equal(readdirSync(catalogue.path(".slipway/tmp")), []);
  assert.is(await buildahIn(catalogue.path(".slipway/storage"), "containers", "--quiet"), "");
  assert.equal(await processesOf(catalogue.path(".slipway")), []);
  assert.equal(await containersIn(catalogue.path(".slipway/tmp")), []);
}

test("Ctrl-C during a build: exit code 130, the interrupted images, no tag for them; the next run continues", async () => {
  await catalogue.edit("images/tools/image.yaml", "echo tools >", "sleep 10000; echo tools >");
  const running = catalogue.start(["build"], { group: true });
  await running.seen("building   tools\n");
  await running.seen("built       side ");
  // A terminal sends it to all foreground processes, including Buildah.
  signalGroup(running, "SIGINT");
  const { code, stdout } = await endOf(running);
  assert.is(code, 130);
  assert.match(stdout, /^ {2}failed {6}tools 1\.0 .*interrupted$/m);
  assert.match(stdout, /^ {2}skipped {5}app 2\.0 .*tools failed$/m);
  const tags = [...layoutTags(registry()).keys()]
    .filter((name) => !/:[kt]-/.test(name))
    .map((name) => name.split(":")[0]);
  assert.equal([...new Set(tags)].sort(), ["base", "side"]);
  await nothingIsLeft();
  const status = await catalogue.expect(0, ["status"]);
  assert.match(status.stdout, /^ {2}MISSING {2}tools /m, "an interruption is no error of the image");
  await catalogue.edit("images/tools/image.yaml", "sleep 10000; ", "");
  const { results } = await catalogue.json<{ results: BuildResult[] }>(["build"]);
  assert.equal(
    results.map(({ image, outcome }) => `${image} ${outcome}`),
    ["base unchanged", "side unchanged", "tools built", "app built", "blue built", "green built"],
  );
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} to Slipway alone, as a CI runner sends it: 130, and Buildah ends too`, async () => {
    await catalogue.edit("images/tools/image.yaml", "echo tools >", "sleep 10000; echo tools >");
    const running = catalogue.start(["build", "--json"], { group: true });
    await until("the build step runs", () => isRunning("build", "tools"));
    running.child.kill(signal);
    const { code, stdout } = await endOf(running);
    assert.is(code, 130);
    const { results } = JSON.parse(stdout) as { results: BuildResult[] };
    assert.equal(results.find(({ image }) => image === "tools")?.error?.code, "INTERRUPTED");
    await nothingIsLeft();
  });
}

test("Ctrl-C during a test: the image gets no tag", async () => {
  await catalogue.edit("images/side/image.yaml", "labels:", "tests:\n  - command: [sleep, '10007']\nlabels:");
  const running = catalogue.start(["build", "side"], { group: true });
  await until("the test runs", async () => (await processesOf("sleep 10007")).length > 0);
  signalGroup(running, "SIGINT");
  const { code, stdout } = await endOf(running);
  assert.is(code, 130);
  assert.match(stdout, /^ {2}failed {6}side 1\.0 .*interrupted$/m);
  assert.equal(
    [...layoutTags(registry()).keys()].filter((name) => name.startsWith("side:")),
    [],
  );
  await nothingIsLeft();
});

test("Ctrl-C before anything was built: exit code 130, nothing published", async () => {
  const running = catalogue.start(["build"], { group: true });
  // The state directory is created immediately before the machine is checked.
  await until("it has begun", () => existsSync(catalogue.path(".slipway/storage")));
  signalGroup(running, "SIGINT");
  const { code, stderr } = await endOf(running);
  assert.is(code, 130, stderr);
  assert.not.match(stderr, /bug/);
  assert.not(existsSync(`${registry()}/index.json`));
});

test("a second Ctrl-C ends immediately", async () => {
  await catalogue.edit("images/base/image.yaml", "tests:", "setup: [sleep 10000]\ntests:");
  const running = catalogue.start(["build"], { group: true });
  await until("the build step runs", () => isRunning("build", "base"));
  running.child.kill("SIGINT");
  running.child.kill("SIGINT");
  const { code } = await endOf(running);
  assert.is(code, 130);
});

test.run();
