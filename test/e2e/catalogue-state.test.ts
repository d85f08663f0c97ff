import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildResult, Plan } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.js";
import { type FaultyRegistry, startFaultyRegistry } from "../support/registry-faults.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/** Three images, one on another, in a real registry behind a proxy that counts requests. */
const test = suite("the state of the catalogue");
const NAMES = ["base", "tools", "app"];
const TYPES = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
let workspace: Workspace;
let catalogue: TestCatalogue;
let registry: DockerRegistry;
let proxy: FaultyRegistry;
let options: readonly string[];
/** The manifest of the first image `app`. */
let older: { readonly body: string; readonly type: string };

test.before(async () => {
  workspace = await Workspace.create();
  const gone = Object.fromEntries(["side", "blue", "green"].map((name) => [`images/${name}/image.yaml`, null]));
  catalogue = await TestCatalogue.create(workspace, "catalogue", gone);
  registry = await startDockerRegistry();
  proxy = await startFaultyRegistry({ upstream: registry.host });
  options = ["--registry", `docker://${proxy.host}/team`, "--tls-verify=false"];
});
test.after(async () => {
  await proxy.stop();
  await registry.stop();
  await workspace.remove();
});

const build = async (...more: readonly string[]) => {
  const { results } = await catalogue.json<{ results: BuildResult[] }>(["build", ...options, ...more]);
  return Object.fromEntries(results.map(({ image, outcome }) => [image, outcome]));
};
const plan = async (...more: readonly string[]) => {
  const { steps } = await catalogue.json<Plan>(["plan", ...options, ...more]);
  return steps.map(({ image, action }) => `${image} ${action}`);
};
const each = (outcome: string) => Object.fromEntries(NAMES.map((name) => [name, outcome]));

async function requestsOf(action: () => Promise<unknown>): Promise<number> {
  const total = () => [...proxy.seen].reduce((sum, [kind, count]) => sum + (kind === "base" ? 0 : count), 0);
  const before = total();
  await action();
  return total() - before;
}

const manifest = (name: string, tag: string) => `http://${registry.host}/v2/team/${name}/manifests/${tag}`;

async function get(name: string, tag: string): Promise<{ readonly body: string; readonly type: string }> {
  const answer = await fetch(manifest(name, tag), { headers: { accept: TYPES } });
  assert.is(answer.status, 200, `${name}:${tag}`);
  return { body: await answer.text(), type: answer.headers.get("content-type") ?? "" };
}

async function put(name: string, tag: string, { body, type }: { readonly body: string; readonly type: string }) {
  const answer = await fetch(manifest(name, tag), { method: "PUT", body, headers: { "content-type": type } });
  assert.is(answer.status, 201);
}

const repository = (name: string) => join(registry.data, "docker/registry/v2/repositories/team", name);

test("is written by a build, and then a plan and a build with nothing to do ask twice, from any machine", async () => {
  assert.equal(await build(), each("built"));
  older = await get("app", "latest");
  assert.is(await requestsOf(() => plan()), 2);
  assert.equal(await plan(), []);
  const elsewhere = await catalogue.clone("elsewhere");
  assert.is(await requestsOf(() => elsewhere.expect(0, ["build", ...options])), 2);
  assert.ok((await requestsOf(() => plan("--fresh"))) > NAMES.length * 4);
});

test("is believed of a registry that is only read", async () => {
  const own = ["--registry", "oci:.slipway/own"];
  const from = ["--read-from", `docker://${proxy.host}/team`, "--tls-verify=false"];
  const requests = await requestsOf(async () => {
    assert.equal((await catalogue.json<Plan>(["plan", ...own, ...from])).steps, []);
  });
  assert.is(requests, 2);
});

test("changes with what is built: only what was not up to date is asked about", async () => {
  const before = await get("slipway-state", "latest");
  await catalogue.edit(
    "images/app/image.yaml",
    'cat /etc/app.conf "$TOOLS" > /srv/app',
    "cat /etc/app.conf > /srv/app",
  );
  assert.equal(await plan(), ["app build"]);
  assert.equal(await build(), { ...each("unchanged"), app: "built" });
  assert.is(await requestsOf(() => plan()), 2);
  assert.not.equal(await get("slipway-state", "latest"), before);
});

test("one that is older, lost, damaged or somebody else's gives the plan that asking gives", async () => {
  const now = await get("slipway-state", "latest");
  const isRight = async (why: string) => {
    assert.equal(await plan(), await plan("--fresh"), why);
    assert.equal(await plan(), [], why);
  };
  await catalogue.edit("images/tools/image.yaml", "echo tools", "echo other tools");
  assert.equal(await build(), { base: "unchanged", tools: "built", app: "built" });
  const newer = await get("slipway-state", "latest");
  await put("slipway-state", "latest", now);
  await isRight("older");
  const index = "application/vnd.oci.image.index.v1+json";
  const list = JSON.stringify({ schemaVersion: 2, mediaType: index, manifests: [] });
  await put("slipway-state", "latest", { body: list, type: index });
  await isRight("a list of no images");
  await rm(repository("slipway-state"), { recursive: true });
  await isRight("lost");
  assert.equal(await build(), each("unchanged"));
  assert.is(await requestsOf(() => plan()), 2, "a build with nothing to do writes it again");
  assert.equal((await get("slipway-state", "latest")).body, newer.body);
});

test("an image that was deleted by hand is noticed where something is built on it", async () => {
  await rm(repository("tools"), { recursive: true });
  await catalogue.edit("images/app/image.yaml", "cat /etc/app.conf >", "cat  /etc/app.conf  >");
  // What the state says is not asked about by a plan.
  assert.equal(await plan(), ["app build"]);
  assert.equal(await plan("--fresh"), ["tools build", "app pending"]);
  assert.equal(await build(), { base: "unchanged", tools: "built", app: "built" });
});

test("a tag that was moved by hand is noticed with --fresh, and set back", async () => {
  await put("app", "latest", older);
  assert.equal(await plan(), []);
  assert.equal(await plan("--fresh"), ["app retag"]);
  assert.equal(await build("--fresh"), { ...each("unchanged"), app: "retagged" });
  assert.is((await get("app", "latest")).body, (await get("app", "2.0")).body);
});

test("a fresh clone plans between commits from the snapshot of what was published last", async () => {
  await catalogue.edit("images/app/image.yaml", "setup:", "labels: { org.example.by: hand }\nsetup:");
  await catalogue.commit("A label");
  assert.equal(await build("--ref", "HEAD"), { ...each("unchanged"), app: "built" });
  await catalogue.edit("images/tools/image.yaml", "echo other tools", "echo  other  tools");
  await catalogue.commit("Blanks");
  const between = async (name: string, ...more: readonly string[]) => {
    const clone = await catalogue.clone(name);
    const args = ["plan", "--base", "HEAD~1", "--head", "HEAD", ...more];
    return { plan: await clone.json<Plan>(args), again: () => clone.json<Plan>(args) };
  };
  const from = ["--read-from", `docker://${proxy.host}/team`, "--tls-verify=false"];
  const expected = (await between("alone")).plan;
  const requests = await requestsOf(async () => {
    const { plan, again } = await between("warm", ...from);
    assert.equal([plan, await again()], [expected, expected]);
  });
  assert.is(requests, 2, "the second time it has its own");
  await put("slipway-state", "snapshot", await get("slipway-state", "latest"));
  assert.equal((await between("another-document", ...from)).plan, expected);
});

test("a registry that refuses it is told of by a run that publishes, and the build goes on", async () => {
  await rm(repository("slipway-state"), { recursive: true });
  await writeFile(repository("slipway-state"), "not a directory");
  await catalogue.expect(0, ["build", ...options]);
  assert.is((await catalogue.expect(0, ["build", ...options])).stderr, "", "nothing was published");
  await catalogue.edit("images/app/image.yaml", "by: hand", "by: other-hand");
  const { stderr } = await catalogue.expect(0, ["build", ...options]);
  assert.match(stderr, /^slipway: the state of the catalogue in docker:\/\/\S+ was not written: .*slipway-state/m);
  assert.is(stderr.match(/state of the catalogue/g)?.length, 1);
});

test.run();
