import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { ROOT } from "../support/actions/files.js";
import type { WorkflowResult } from "../support/actions/run-workflow.js";
import { archiveAccess } from "../support/archive-access.js";
import { client } from "../support/forge/clients.js";
import { Forge } from "../support/forge/forge.js";
import { ForgeActions } from "../support/forge-actions.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const execute = promisify(execFile);

const test = suite("README: use it on your own repository");
let workspace: Workspace;
let forge: Forge;

const REPOSITORY = "acme/images";
const ACTION = `acme/slipway@${"5".repeat(40)}`;

/** The commands of the section, in order. */
function commands(): string[] {
  const readme = readFileSync(`${ROOT}README.md`, "utf8");
  const section = readme.split("\n## ").find((part) => part.startsWith("Use it on your own repository\n")) ?? "";
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
}

test.before(async () => {
  workspace = await Workspace.create();
  forge = await Forge.start();
  await forge.repository(REPOSITORY, { people: { alice: "admin", bob: "write" } });
});
test.after(async () => {
  await forge.stop();
  await workspace.remove();
});

/** Follows the section as a new user would, in one shell. */
async function follow(): Promise<void> {
  const bin = workspace.path("slipway");
  await writeFile(bin, `#!/bin/sh\nexec ${process.execPath} ${ROOT}build/bin/cli.js "$@"\n`);
  await chmod(bin, 0o755);
  const env = {
    ...workspace.env,
    PATH: `${workspace.directory}:${workspace.env.PATH}`,
    SLIPWAY: ROOT,
    ACTION,
    ORIGIN: forge.cloneUrl(REPOSITORY, "alice"),
    GIT_AUTHOR_NAME: "Alice",
    GIT_AUTHOR_EMAIL: "alice@example.org",
    GIT_COMMITTER_NAME: "Alice",
    GIT_COMMITTER_EMAIL: "alice@example.org",
  };
  // The forge's repository has a first commit, like a new GitHub repository with a README.
  const script = commands().join("\n").replace("git push --quiet origin main", "git push --quiet --force origin main");
  await execute("bash", ["-euo", "pipefail", "-c", script], { cwd: workspace.directory, env });
}

const failed = ({ jobs }: WorkflowResult) =>
  jobs.filter(({ conclusion }) => conclusion === "failure").map(({ name, log }) => `${name}\n${log}`);

test("following it step by step in a new directory ends with a working gate", async () => {
  assert.ok(commands().length >= 4);
  await follow();
  const alice = client(forge, { user: "alice" });
  const bob = client(forge, { user: "bob" });
  const [owner, repo] = ["acme", "images"];
  const pull = { owner, repo, head: "newer-tools", base: "main", title: "Certificates for the JSON tools" };
  const { number } = (await bob.rest.pulls.create(pull)).data;

  const env = { ...archiveAccess(), SLIPWAY_HOME: ROOT };
  const directory = workspace.path("actions");
  workspace.track(directory, { ...env, SLIPWAY_STATE: `${directory}/run-101/gate/temp/slipway-state` });
  const actions = new ForgeActions({
    forge,
    repository: REPOSITORY,
    administrator: "alice",
    directory,
    env,
    action: ACTION,
  });
  const { images, report } = await actions.pullRequest(number);
  assert.equal(failed(images), []);
  assert.equal(failed(report), []);

  const { data: comments } = await alice.rest.issues.listComments({ owner, repo, issue_number: number });
  assert.is(comments.length, 1);
  const [body = ""] = comments.map((comment) => comment.body ?? "");
  assert.match(body, /1 of 2 images/);
  assert.match(body, /`json-tools 1\.1` .*✅/);
  assert.match(body, /PACKAGE ca-certificates added/);
  assert.match(body, /needs @bob or @alice/);
  // The pull request's own run could only read.
  assert.equal(actions.permissions[0], { contents: "read" });
  assert.equal(forge.unknownRequests, []);
});

test.run();
