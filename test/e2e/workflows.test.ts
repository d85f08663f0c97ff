import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { ROOT } from "../support/actions/files.js";
import type { WorkflowResult } from "../support/actions/run-workflow.js";
import { IMAGES } from "../support/catalogue.js";
import { makeCertificate } from "../support/certificate.js";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.js";
import { ForgeActions } from "../support/forge-actions.js";
import { GateProject, REPOSITORY } from "../support/gate-project.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const execute = promisify(execFile);

const test = suite("this repository's workflows, executed");
let workspace: Workspace;
let registry: DockerRegistry;
let project: GateProject;
let actions: ForgeActions;

const file = (path: string) => [path, readFileSync(`${ROOT}${path}`, "utf8")] as const;
const WORKFLOWS = readdirSync(`${ROOT}.github/workflows`).map((name) => file(`.github/workflows/${name}`));

test.before(async () => {
  workspace = await Workspace.create();
  // The action comes from the base branch's checkout, like here; SLIPWAY_HOME names the built one.
  project = await GateProject.create(workspace, Object.fromEntries([...WORKFLOWS, file("action.yml")]));
  const tls = await makeCertificate(workspace.directory);
  registry = await startDockerRegistry({ type: "none" }, tls);
  const directory = workspace.path("actions");
  actions = new ForgeActions({
    forge: project.forge,
    repository: REPOSITORY,
    administrator: "alice",
    directory,
    env: { SLIPWAY_HOME: ROOT, SLIPWAY_STORAGE: workspace.path("storage"), SSL_CERT_FILE: tls.certificate },
    vars: {
      SLIPWAY_REGISTRY: `docker://${registry.host}/acme`,
      SLIPWAY_READ_FROM: `docker://${registry.host}/acme`,
    },
    secrets: {
      SLIPWAY_MEMBERS_TOKEN: project.forge.token("alice"),
      SLIPWAY_UPDATE_TOKEN: "a secret of the repository",
    },
  });
  workspace.track(directory, { SLIPWAY_STORAGE: workspace.path("storage") });
});
test.after(async () => {
  await project.stop();
  await registry.stop();
  await workspace.remove();
});

const jobs = ({ jobs: all }: WorkflowResult) => all.map(({ name, conclusion }) => `${name} ${conclusion}`);
const logs = (...results: readonly WorkflowResult[]) =>
  results.flatMap(({ jobs: all }) => all.map(({ log }) => log)).join("\n");

async function tags(image: string): Promise<string[]> {
  const args = ["list-tags", "--tls-verify=false", `docker://${registry.host}/acme/${image}`];
  return JSON.parse((await execute("skopeo", args)).stdout).Tags.sort();
}

test("a push to main: images that many derive from are built first, then the rest in parallel, and everything is published", async () => {
  const published = await actions.push();
  const stages = ["plan success", "first (0) success"];
  const second = ["second (0) success", "second (1) success", "second (2) success"];
  assert.equal(jobs(published), [...stages, ...second], logs(published));
  for (const image of IMAGES) assert.ok((await tags(image)).includes("latest"), image);
  const again = await actions.push();
  assert.equal(jobs(again), ["plan success", "first skipped", "second skipped"], logs(again));
});

test("a pull request is planned, built by several jobs, checked and reported", async () => {
  const clone = await project.clone("dave", "colours");
  await clone.edit("images/blue/image.yaml", "echo blue", "echo navy");
  await clone.edit("images/green/image.yaml", "echo green", "echo olive");
  const pull = await project.propose(clone, "dave", "Colours");
  const { images, report } = await actions.pullRequest(pull);
  assert.equal(jobs(images), ["plan success", "build (0) success", "build (1) failure", "gate failure"], logs(images));
  assert.equal(jobs(report), ["report success"], logs(report));
  const [comment = ""] = await project.comments(pull);
  assert.match(comment, /❌ 1 image fails its tests/);
  assert.match(comment, /`blue 2\.1` .*✅/);
  assert.match(comment, /`green 2\.1` .*❌/);
  assert.match(comment, /needs @acme\/image-devs/);
  assert.is((await project.check(pull))?.conclusion, "failure");
  assert.equal(await project.labels(pull), ["rebuild: 2-10"]);

  await clone.edit("images/green/image.yaml", "equals: green", "equals: olive");
  await clone.commit("And the test of it");
  await clone.git.push(["--quiet", "origin", "HEAD"]);
  const second = await actions.pullRequest(pull);
  assert.is(second.images.conclusion, "success", logs(second.images));
  assert.is((await project.comments(pull)).length, 1);
  assert.is((await project.check(pull))?.conclusion, "action_required");
});

const EVERYTHING = ["$", "{{ toJSON(secrets) }}"].join("");

test("a pull request from a fork is built and reported, without any secret in its run", async () => {
  await project.forge.fork(REPOSITORY, "mallory");
  const clone = await project.clone("mallory", "grey", "mallory/images");
  // Its own copy of the workflow, and its builds, look for any secret they can get.
  const workflow = await clone.read(".github/workflows/images.yml");
  const thief = workflow.replace(
    "    steps:\n",
    `    steps:\n      - env: { ALL: "${EVERYTHING}" }\n        run: env\n`,
  );
  await clone.write(".github/workflows/images.yml", thief);
  await clone.edit("images/side/image.yaml", "labels:", "setup: [env, cat /proc/self/environ]\nlabels:");
  const pull = await project.propose(clone, "mallory", "Grey", "mallory");
  actions.permissions.length = 0;
  const before = await tags("side");
  const { images, report } = await actions.pullRequest(pull);
  assert.equal(await tags("side"), before, "nothing is published");
  assert.equal(jobs(images), ["plan success", "build (0) success", "gate success"], logs(images));
  const said = logs(images);
  for (const secret of [project.forge.token("alice"), "a secret of the repository"]) assert.not(said.includes(secret));
  for (const rights of actions.permissions.slice(0, 3)) assert.equal(rights, { contents: "read" });
  assert.equal(jobs(report), ["report success"], logs(report));
  const [comment = ""] = await project.comments(pull);
  assert.match(comment, /1 of 6 images/);
  assert.match(comment, /workflow/);
  assert.match(comment, /@acme\/image-admins/);
});

test.run();
