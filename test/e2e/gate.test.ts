import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { GateReport } from "../../src/model/gate.js";
import type { BuildResult, Plan } from "../../src/model/plan.js";
import { IMAGES, type TestCatalogue } from "../support/catalogue.js";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.js";
import { refusal } from "../support/forge/clients.js";
import { GateProject, type Half, OWNER } from "../support/gate-project.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const execute = promisify(execFile);

const test = suite("a pull request from its first push to the published images");
let workspace: Workspace;
let registry: DockerRegistry;
let project: GateProject;
/** dave's clone, and the number of his pull request. */
let dave: TestCatalogue;
let pull: number;
/** The result of its first push. */
let early: Half;

const PREFIX = () => `${registry.host}/acme`;
const BUILD = ["--build", "--tls-verify=false"];

test.before(async () => {
  workspace = await Workspace.create();
  registry = await startDockerRegistry();
  project = await GateProject.create(workspace, {
    "slipway.yaml": `kind: Settings\nregistry: docker://${PREFIX()}\n`,
  });
});
test.after(async () => {
  await project.stop();
  await registry.stop();
  await workspace.remove();
});

/** The image of a tag, as any tool sees it. */
async function imageId(name: string, tag: string): Promise<string> {
  const args = ["inspect", "--tls-verify=false", "--raw", `docker://${PREFIX()}/${name}:${tag}`];
  const { stdout } = await execute("skopeo", args);
  return JSON.parse(stdout).config.digest;
}

/** Does what publish.yml does after a merge. */
async function publish(): Promise<readonly BuildResult[]> {
  await project.main.git.pull("origin", "main");
  const args = ["build", "--ref", "HEAD", "--tls-verify=false"];
  return (await project.main.json<{ results: BuildResult[] }>(args)).results;
}

/** The gate's comment, which must be the only one. */
async function comment(): Promise<string> {
  const bodies = await project.comments(pull);
  assert.is(bodies.length, 1, bodies.join("\n\n"));
  return bodies[0] ?? "";
}

test("the main branch is published", async () => {
  const results = await publish();
  assert.equal(
    results.map(({ image, outcome }) => `${image} ${outcome}`),
    IMAGES.map((name) => `${name} built`),
  );
});

test("a developer proposes a change; a comment says what it does, and that the images build", async () => {
  dave = await project.clone("dave", "more-tools");
  await dave.edit("images/tools/image.yaml", "echo tools > /etc/tools", "echo tools and more > /etc/tools");
  await dave.write("images/app/app.conf", `${await dave.read("images/app/app.conf")}${"#".repeat(400_000)}\n`);
  pull = await project.propose(dave, "dave", "More tools");
  early = await project.pullRequestHalf(pull, BUILD);
  const { report, file, stdout } = early;
  assert.match(stdout, /4 of 6 images/);
  assert.equal(
    report.images.map(({ image, action, build }) => `${image} ${action} ${build?.outcome}`),
    ["tools build built", "app build built", "blue pending built", "green pending built"],
  );
  // The base image and other unaffected images came from the registry, so sizes can be compared.
  const grown = report.images.map(({ build }) => (build?.bytes ?? 0) - (build?.previousBytes ?? 0));
  assert.ok(Math.abs(grown[0] ?? 1e9) < 10_000, `tools: ${grown[0]} bytes`);
  // The file itself, and what `setup` makes from it.
  for (const more of grown.slice(1)) assert.ok(more > 790_000 && more < 820_000, `${more} bytes`);

  await project.reportHalf(pull, file);
  const body = await comment();
  assert.match(body, /4 of 6 images/);
  assert.match(body, /@acme\/image-devs/);
  assert.is((await project.check(pull))?.conclusion, "action_required");
  assert.equal(await project.labels(pull), ["rebuild: 2-10"]);
});

test("its plan is the same as on a laptop", async () => {
  const { report } = await project.pullRequestHalf(pull);
  const plan = await dave.json<Plan>(["plan", "--base", report.base]);
  assert.is(report.digest, plan.digest);
  assert.ok((await comment()).includes(`plan digest \`${plan.digest}\``), await comment());
  assert.ok((await comment()).includes(`slipway plan --base ${report.base}`));
  assert.is((await dave.json<Plan>(["plan", "--since", "origin/main"])).digest, plan.digest);
});

test("images that an earlier run has built still count as changed", async () => {
  await dave.expect(0, ["gate", "--base", "origin/main", ...BUILD]);
  const report = await dave.json<GateReport>(["gate", "--base", "origin/main", ...BUILD]);
  assert.equal(
    report.images.map(({ build }) => build?.outcome),
    ["built", "built", "built", "built"],
  );
  assert.ok(report.images.every(({ build }) => build?.previousBytes));
});

test("nothing of a proposal is published", async () => {
  const { stdout } = await execute("skopeo", ["list-tags", "--tls-verify=false", `docker://${PREFIX()}/tools`]);
  assert.is(JSON.parse(stdout).Tags.filter((tag: string) => tag.startsWith("k-")).length, 1);
});

test("an approval by someone who is not an owner, or by the author, does not count", async () => {
  const own = await refusal(
    project.as("dave").rest.pulls.createReview({ ...OWNER, pull_number: pull, event: "APPROVE" }),
  );
  assert.is(own.status, 422);
  await project.review("mallory", pull, "APPROVE");
  const { file } = await project.pullRequestHalf(pull, BUILD);
  await project.reportHalf(pull, file);
  assert.match(await comment(), /mallory/);
  assert.is((await project.check(pull))?.conclusion, "action_required");
  const merge = await refusal(project.as("dave").rest.pulls.merge({ ...OWNER, pull_number: pull }));
  assert.is(merge.status, 405);
});

test("an owner's approval counts until the next push", async () => {
  await project.review("bob", pull, "APPROVE");
  const first = await project.pullRequestHalf(pull, BUILD);
  await project.reportHalf(pull, first.file);
  assert.match(await comment(), /✅.*bob/);
  assert.is((await project.check(pull))?.conclusion, "success");

  await dave.edit("images/app/app.conf", "none", "red");
  await dave.commit("And a colour");
  await dave.git.push(["--quiet", "origin", "HEAD"]);
  const second = await project.pullRequestHalf(pull, BUILD);
  await project.reportHalf(pull, second.file);
  assert.is((await project.check(pull))?.conclusion, "action_required");
  assert.match(await comment(), new RegExp(`head \`?${second.report.head.slice(0, 7)}`));
  assert.not.match(await comment(), /✅.*bob/);
});

test("the report of an older push is ignored", async () => {
  const before = await comment();
  const { stdout } = await project.reportHalf(pull, early.file);
  assert.match(stdout, /older commit/);
  assert.is(await comment(), before);
});

test("with the right approval it is merged and published, and the tags move", async () => {
  const before = await imageId("tools", "1.0");
  const base = await imageId("base", "1.0");
  await project.review("bob", pull, "APPROVE");
  const { file } = await project.pullRequestHalf(pull, BUILD);
  await project.reportHalf(pull, file);
  await project.as("dave").rest.pulls.merge({ ...OWNER, pull_number: pull });
  const results = await publish();
  assert.equal(
    results.map(({ image, outcome }) => `${image} ${outcome}`),
    ["base unchanged", "side unchanged", "tools built", "app built", "blue built", "green built"],
  );
  assert.is.not(await imageId("tools", "1.0"), before);
  assert.is(await imageId("tools", "latest"), await imageId("tools", "1.0"));
  assert.is(await imageId("base", "1.0"), base);
});

test("afterwards nothing is left to do", async () => {
  assert.ok((await publish()).every(({ outcome }) => outcome === "unchanged"));
});

test.run();
