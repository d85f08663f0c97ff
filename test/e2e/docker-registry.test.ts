import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { ImageStatus } from "../../src/model/image-status.js";
import type { BuildResult, Plan } from "../../src/model/plan.js";
import { IMAGES, TestCatalogue } from "../support/catalogue.js";
import { type DockerRegistry, freePort, PASSWORD, startDockerRegistry, USER } from "../support/docker-registry.js";
import { layoutTags } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";
import { buildahIn, Workspace } from "../support/workspace.js";

const execute = promisify(execFile);

interface Results {
  readonly results: BuildResult[];
}

const test = suite("docker registry");
let workspace: Workspace;
let catalogue: TestCatalogue;
let registry: DockerRegistry;
let options: readonly string[];
let first: readonly BuildResult[];

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  registry = await startDockerRegistry();
  options = ["--registry", `docker://${registry.host}/team`, "--tls-verify=false"];
});
test.after(async () => {
  await registry.stop();
  await workspace.remove();
});

/** An environment with nothing in its local storage. */
const fresh = (name: string) => ({ ...workspace.env, SLIPWAY_STATE: workspace.path(name) });

async function skopeo<T>(...args: readonly string[]): Promise<T> {
  const { stdout } = await execute("skopeo", [args[0] ?? "", "--tls-verify=false", ...args.slice(1)]);
  return JSON.parse(stdout) as T;
}

const reference = (name: string) => `docker://${registry.host}/team/${name}`;

test("publishes every image with its key tag, its tested tag and its pointers", async () => {
  const { results } = await catalogue.json<Results>(["build", ...options]);
  first = results;
  assert.equal(
    results.map(({ outcome }) => outcome),
    IMAGES.map(() => "built"),
  );
  for (const { image, version, key } of results) {
    const { Tags } = await skopeo<{ Tags: string[] }>("list-tags", reference(image));
    // This registry deletes nothing, so the claim stays, as one that has ended.
    const expected = [version, `${version}-${key?.slice(0, 8)}`, `k-${key}`, `c-${key}`, "latest"];
    assert.equal(Tags.filter((tag) => !/^(?:t|sha256)-/.test(tag)).sort(), expected.sort());
    assert.is(Tags.length, 7, "with the list of what is attached");
  }
});

test("status says what to pull, and when it was published, although this registry tells no times", async () => {
  const { images } = await catalogue.json<{ images: ImageStatus[] }>(["status", ...options]);
  for (const [index, { image, version, reference: pull, status, published }] of images.entries()) {
    const { digest, imageId, bytes } = first[index] as BuildResult;
    assert.equal([status, pull], ["READY", `${registry.host}/team/${image}:${version}`]);
    assert.equal([published?.digest, published?.imageId, published?.bytes], [digest, imageId, bytes]);
    assert.ok(Math.abs(Date.parse(String(published?.created)) - Date.now()) < 3_600_000, String(published?.created));
    assert.equal(
      published?.tags.filter((tag) => !tag.includes("-")),
      [version, "latest"],
    );
  }
  const { stdout } = await catalogue.expect(0, ["status", "app", ...options]);
  assert.match(stdout, new RegExp(`^ {2}pull {7}${registry.host}/team/app:2\\.0$`, "m"));
});

test("the image IDs are those that the embedded registry gets", async () => {
  const env = fresh("layout-state");
  const target = workspace.path("layout");
  await catalogue.expect(0, ["build", "--registry", `oci:${target}`], { env });
  const tags = layoutTags(target);
  for (const { image, imageId } of first) assert.is(tags.get(`${image}:latest`)?.imageId, imageId);
});

test("skopeo and Buildah find what was published", async () => {
  for (const { image, version, digest, imageId } of first) {
    for (const tag of [version, "latest"]) {
      const { Digest } = await skopeo<{ Digest: string }>("inspect", reference(`${image}:${tag}`));
      assert.is(Digest, digest, `${image}:${tag}`);
    }
    const { stdout } = await execute("skopeo", [
      "inspect",
      "--tls-verify=false",
      "--raw",
      reference(`${image}:latest`),
    ]);
    assert.is(JSON.parse(stdout).config.digest, imageId);
  }
  const storage = workspace.track("", { SLIPWAY_STORAGE: workspace.path("pulled") });
  const pulled = await buildahIn(storage, "pull", "--quiet", "--tls-verify=false", reference("green:2.1"));
  assert.is(`sha256:${pulled.trim()}`, first.find(({ image }) => image === "green")?.imageId);
});

test("again: nothing to do, not even in a fresh clone on an empty machine", async () => {
  const { path, calls } = await workspace.spy("buildah");
  const clone = await catalogue.clone("clone");
  for (const of of [catalogue, clone]) {
    const { stdout } = await of.expect(0, ["build", ...options], { env: { ...workspace.env, PATH: path } });
    assert.match(stdout, /^Nothing to do: 6 images unchanged/);
  }
  assert.equal(await calls(), []);
});

test("on an empty machine a changed leaf is built on its parent from the registry", async () => {
  await catalogue.edit("images/blue/image.yaml", "echo blue", "echo navy");
  const { path, calls } = await workspace.spy("buildah");
  const { results } = await catalogue.json<Results>(["build", ...options], 0, {
    env: { ...fresh("empty"), PATH: path },
  });
  assert.equal(
    results.filter(({ outcome }) => outcome !== "unchanged").map(({ image, outcome }) => `${image} ${outcome}`),
    ["blue built"],
  );
  const pulls = (await calls()).filter((line) => / pull /.test(line));
  const parent = first.find(({ image }) => image === "app");
  assert.is(pulls.length, 1);
  assert.ok(pulls[0]?.endsWith(`docker://${registry.host}/team/app:k-${parent?.key}`), pulls[0]);
});

test("changed tests are run on an empty machine by pulling the image", async () => {
  await catalogue.edit("images/green/image.yaml", "equals: green", "contains: ree");
  const { results } = await catalogue.json<Results>(["build", ...options], 0, { env: fresh("empty-too") });
  const green = results.find(({ image }) => image === "green");
  assert.is(green?.outcome, "retagged");
  assert.is(green?.imageId, first.find(({ image }) => image === "green")?.imageId);
});

test("an unreachable registry: exit code 4 and one clear line", async () => {
  const host = `127.0.0.1:${await freePort()}`;
  const { stdout, stderr } = await catalogue.expect(4, ["build", "--registry", `docker://${host}/team`]);
  assert.is(stdout, "");
  assert.match(stderr, new RegExp(`^slipway: [^\\n]*${host}[^\\n]*\\n$`));
});

test("a registry that disappears during a run fails only the affected images, and a later run continues", async () => {
  const mortal = await startDockerRegistry();
  const target = ["--registry", `docker://${mortal.host}/team`, "--tls-verify=false"];
  const env = fresh("mortal-state");
  const running = catalogue.start(["build", "--json", "--jobs", "1", ...target], { env });
  // With --json there is no progress output, so the log of the first image shows that its build has started.
  await until("a build has begun", () => existsSync(workspace.path("mortal-state/logs/base.log")));
  await mortal.stop();
  const { code, stdout } = await running.ended;
  assert.is(code, 1);
  const { results } = JSON.parse(stdout) as Results;
  const [base, ...others] = results;
  assert.equal([base?.outcome, base?.error?.code], ["failed", "PUBLISH_FAILED"]);
  assert.ok(base?.error?.message.includes(mortal.host), base?.error?.message);
  for (const { outcome, error } of others) assert.equal([outcome, error?.code], ["skipped", "PARENT_FAILED"]);
  const { results: after } = await catalogue.json<Results>(["build", ...options], 0, { env });
  assert.ok(after.every(({ outcome }) => outcome === "unchanged"));
});

test("a registry with a password: refused without it, works with it", async () => {
  const closed = await startDockerRegistry({ type: "basic" });
  try {
    const target = ["--registry", `docker://${closed.host}/team`, "--tls-verify=false"];
    const refused = await catalogue.expect(4, ["build", "base", ...target]);
    assert.match(refused.stderr, new RegExp(`^slipway: [^\\n]*${closed.host}[^\\n]*\\n(?:hint: [^\\n]*\\n)?$`));
    const file = workspace.path("auth.json");
    const login = async (password: string) => {
      const auth = Buffer.from(`${USER}:${password}`).toString("base64");
      await writeFile(file, JSON.stringify({ auths: { [closed.host]: { auth } } }));
    };
    const env = { ...workspace.env, REGISTRY_AUTH_FILE: file };
    await login("wrong");
    const wrong = await catalogue.expect(4, ["plan", ...target], { env });
    assert.not.match(wrong.stderr, /wrong/);
    await login(PASSWORD);
    const { results } = await catalogue.json<Results>(["build", "base", ...target], 0, { env });
    assert.is(results[0]?.outcome, "built");
    assert.is((await catalogue.json<Plan>(["plan", ...target], 0, { env })).unchanged, 1);
  } finally {
    await closed.stop();
  }
});

test.run();
