import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Digest, ImageName } from "../../src/model/names.js";
import { openRegistry } from "../../src/registry/open.js";
import { StepFailure } from "../../src/run/runner.js";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.js";
import { BUSYBOX, ImageBuilder, type RecipeFields } from "../support/image-builder.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const execute = promisify(execFile);
const signal = new AbortController().signal;
const NAME = "app" as ImageName;

const test = suite("features that Buildah cannot build, in registries");
let workspace: Workspace;
let server: DockerRegistry;
let builder: ImageBuilder;
let elsewhere: ImageBuilder;
let imageId: Digest;

const CHECK = { type: "command", command: { form: "exec", argv: ["/bin/busybox", "true"] }, retries: 2 } as const;
const STORED = { Test: ["CMD", "/bin/busybox", "true"], Retries: 2 };
const APP: RecipeFields = {
  containerfile: 'FROM scratch\nCOPY ["artifacts/0/","/bin/"]\nRUN ["/bin/busybox","touch","/made"]\n',
  files: { "artifacts/0/busybox": BUSYBOX },
  config: { healthcheck: CHECK, shell: ["/bin/busybox", "sh", "-c"] },
  bare: true,
};

test.before(async () => {
  workspace = await Workspace.create();
  server = await startDockerRegistry();
  builder = await ImageBuilder.create(workspace, "builder");
  elsewhere = await ImageBuilder.create(workspace, "elsewhere");
  for (const one of [builder, elsewhere]) await one.trust(server.host);
  imageId = await builder.build("app", APP);
});
test.after(async () => {
  await server.stop();
  await workspace.remove();
});

/** Publishes the image, pulls it on another machine, and returns what skopeo says about it there. */
async function passThrough(registry: string) {
  const options = { tlsVerify: false, cwd: "/", env: workspace.env };
  const buildah = (args: readonly string[]) => builder.output(...args);
  const opened = openRegistry(registry, { ...options, buildah });
  await opened.publish({ imageId }, NAME, "k", signal);
  assert.is((await opened.find(NAME, "k"))?.imageId, imageId);
  const { reference, options: pull } = opened.reference(NAME, "k");
  assert.is((await elsewhere.output("pull", "--quiet", ...pull, reference)).trim(), imageId.slice(7));
  assert.equal((await elsewhere.config(imageId)).config.Healthcheck, STORED);
  const { stdout } = await execute("skopeo", ["inspect", "--config", "--raw", "--tls-verify=false", reference]);
  const { config } = JSON.parse(stdout);
  assert.equal([config.Healthcheck, config.Shell], [STORED, APP.config?.shell]);
  await elsewhere.output("rmi", imageId.slice(7));
}

test("a layout stores the image unchanged, and returns it", () => passThrough(`oci:${workspace.path("layout")}`));

test("a registry stores the image unchanged, and returns it", () => passThrough(`docker://${server.host}/team`));

/** Publishes a foreign image in Docker's format; returns its pinned reference. */
async function publishExternal(name: string, instructions: string): Promise<string> {
  const context = workspace.path(name);
  await mkdir(context);
  await writeFile(`${context}/Containerfile`, `FROM scratch\n${instructions}\nCOPY Containerfile /Containerfile\n`);
  const built = await elsewhere.output("build", "--quiet", "--format", "docker", context);
  const target = `${server.host}/others/${name}`;
  const digestFile = workspace.path(`${name}.digest`);
  await elsewhere.output("push", "--quiet", "--digestfile", digestFile, built.trim(), `docker://${target}:1`);
  const { stdout } = await execute("cat", [digestFile]);
  return `${target}@${stdout.trim()}`;
}

test("an external image is pulled once, and its healthcheck inherited", async () => {
  const reference = await publishExternal("checked", 'HEALTHCHECK --interval=7s CMD ["/x"]');
  const fields = { containerfile: `FROM ${reference}\nENV A="b"\n` };
  const ids = await Promise.all(["one", "two"].map((name) => builder.build(name, fields)));
  assert.is(ids[0], ids[1]);
  assert.equal((await builder.config(ids[0] as Digest)).config.Healthcheck, { Test: ["CMD", "/x"], Interval: 7e9 });
  assert.is(builder.calls.filter((call) => call.startsWith("pull ") && call.includes(reference)).length, 1);
  assert.ok(builder.calls.some((call) => call.startsWith("build ") && call.includes("--pull-never")));
});

test("an external image with triggers is an error", async () => {
  const reference = await publishExternal("triggers", "ONBUILD RUN rm -rf /");
  const fields = { containerfile: `FROM ${reference}\n` };
  const error = await builder.build("triggered", fields).then(
    () => undefined,
    (failure) => failure,
  );
  assert.instance(error, StepFailure);
  assert.match(error.message, /^\S+ has ONBUILD triggers: .* first `RUN rm -rf \/`$/);
});

test.run();
