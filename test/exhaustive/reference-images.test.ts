import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import type { BuildResult } from "../../src/model/plan.js";
import { actionProtocol } from "../support/action-protocol.js";
import { ROOT } from "../support/actions/files.js";
import { TestCatalogue } from "../support/catalogue.js";
import { claimedProtocols } from "../support/claimed-protocols.js";
import { startImage } from "../support/image-runtime.js";
import { runInContainer, type Security } from "../support/ordinary-container.js";
import { blocksOf } from "../support/page-blocks.js";
import { referenceCatalogue, referenceEnv } from "../support/reference-catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/** Every image of actions passes the whole suite, and the image `slipway` builds images. test/e2e/reference.test.ts has the catalogue. */
const test = suite("the images of the reference catalogue");
const { actions: ACTIONS } = await claimedProtocols();
let workspace: Workspace;
let storage = "";
const imageIds = new Map<string, string>();

test.before(async () => {
  workspace = await Workspace.create();
  const catalogue = await referenceCatalogue(workspace);
  storage = catalogue.path(".slipway/storage");
  const args = ["build", ...ACTIONS.keys(), "slipway"];
  const { results } = await catalogue.json<{ results: BuildResult[] }>(args, 0, { env: referenceEnv(workspace) });
  for (const { image, imageId } of results) imageIds.set(image, imageId ?? "");
});

test("there are images of actions of each kind", () => {
  assert.ok(ACTIONS.size >= 6);
  assert.equal([...new Set(ACTIONS.values())].sort(), ["executable", "nodejs", "python3"]);
});

test.run();

for (const [name, language] of ACTIONS) {
  const conformance = suite(`the image ${name}`);
  actionProtocol(conformance, (env) => startImage(storage, imageIds.get(name) ?? "", env), language);
  conformance.run();
}

const inside = suite("the image slipway");

const PAGE = readFileSync(`${ROOT}docs/install.md`, "utf8");

/** A YAML block of docs/install.md. */
const job = (key: string) =>
  blocksOf(PAGE)
    .filter(({ language }) => language === "yaml")
    .map(({ text }) => load(text) as Record<string, unknown>)
    .find((document) => key in document);

/** Runs a command on two images in a container of the image, as its user. */
async function runInside(name: string, command: readonly string[], security: Security = {}, owner = "1000:1000") {
  const small = await TestCatalogue.create(workspace, name);
  for (const image of ["app", "blue", "green", "side"]) await small.delete(`images/${image}`);
  await small.commit("Two images");
  execFileSync("chown", ["--recursive", owner, small.directory]);
  execFileSync("chmod", ["--recursive", "a+rwX", small.directory]);
  const image = { storage, imageId: imageIds.get("slipway") ?? "" };
  return await runInContainer(image, small.directory, command, security);
}

inside("builds images without root in an ordinary container, as the job for Kubernetes says", async () => {
  const pod = (job("spec") as { spec: { template: { spec: { containers: { command: string[] }[] } } } }).spec.template
    .spec;
  const { code, stdout, stderr } = await runInside("ordinary", pod.containers[0]?.command ?? []);
  assert.is(code, 0, stdout + stderr);
  assert.match(stdout, "\n2 built in ");
});
inside("builds a checkout of another user, as the job for GitLab says", async () => {
  const { variables, script } = (job("images") as { images: { variables: Record<string, string>; script: string[] } })
    .images;
  const set = Object.entries({ ...variables, CI_PROJECT_DIR: "/home/build/work" }).map(
    ([key, value]) => `${key}=${value}`,
  );
  const command = ["env", ...set, "sh", "-ec", script.join("\n")];
  const { code, stdout, stderr } = await runInside("another-user", command, {}, "0:0");
  assert.is(code, 0, stdout + stderr);
  assert.match(stdout, "\n2 built in ");
});
inside("builds images without root in containers of their own, where the host covers nothing of /proc", async () => {
  const { code, stdout, stderr } = await runInside("uncovered", ["slipway", "build"], { procMount: "Unmasked" });
  assert.is(code, 0, stdout + stderr);
  assert.match(stdout, "\n2 built in ");
  assert.not(stdout.includes("with chroot isolation"));
});
inside("builds nothing by itself with less isolation than it was asked for", async () => {
  const { code, stdout, stderr } = await runInside("covered", ["slipway", "build"]);
  assert.is(code, 4, stdout + stderr);
  assert.match(stderr, "--isolation chroot");
});
inside("builds nothing where it may not map IDs", async () => {
  const command = ["slipway", "build", "--isolation", "chroot"];
  const { code, stdout, stderr } = await runInside("no-ids", command, { allowPrivilegeEscalation: false });
  assert.not(code === 0, stdout + stderr);
});
inside.after(() => workspace.remove());
inside.run();
