import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest, ImageName } from "../../src/model/names.js";
import { type LocalImage, RegistryError, type SizedRegistry } from "../../src/model/registry.js";
import { openRegistry } from "../../src/registry/open.js";
import { type Buildah, createBuildah } from "../../src/run/buildah.js";
import { createExternalFetcher } from "../../src/run/externals.js";
import { createImageFetcher } from "../../src/run/images.js";
import { lastLines } from "../../src/run/process.js";
import { StepFailure } from "../../src/run/runner.js";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.js";
import { type Fault, type FaultyRegistry, startFaultyRegistry } from "../support/registry-faults.js";
import { assert, suite } from "../support/suite.js";
import { TestBuildah } from "./registry-images.js";

/** Seconds. */
const PATIENCE = 2;
const signal = new AbortController().signal;
const DOCUMENT = { artifactType: "application/vnd.example.report+json", bytes: Buffer.from("about it") };

const test = suite("registry: faults of a registry");
let server: DockerRegistry;
let proxy: FaultyRegistry;
let publisher: TestBuildah;
let puller: TestBuildah;
let image: LocalImage;
let digest: Digest;
let count = 0;

test.before(async () => {
  server = await startDockerRegistry();
  proxy = await startFaultyRegistry({ upstream: server.host });
  publisher = await TestBuildah.create();
  puller = await TestBuildah.create();
  image = await publisher.image(randomBytes(300_000));
  for (const { directory } of [publisher, puller]) {
    const registries = `[[registry]]\nlocation = "${proxy.host}"\ninsecure = true\n`;
    await writeFile(join(directory, "registries.conf"), registries);
    await mkdir(join(directory, "tmp"));
  }
  digest = (await passThrough(nextName())).digest;
});
test.after(async () => {
  await proxy.stop();
  await server.stop();
  for (const one of [publisher, puller]) await one.remove();
});

function nextName(): ImageName {
  count += 1;
  return `image-${count}` as ImageName;
}

/** As in a workshop, where the registry is given less time. */
function buildahOf({ directory }: TestBuildah): Buildah {
  const storage = { root: join(directory, "root"), runroot: join(directory, "runroot"), driver: "overlay" } as const;
  const system = { buildahVersion: "1.28", isolation: "chroot", storage } as const;
  const buildah = createBuildah(system, join(directory, "tmp"), PATIENCE);
  const env = { CONTAINERS_REGISTRIES_CONF: join(directory, "registries.conf") };
  return { ...buildah, run: (args, options) => buildah.run(args, { ...options, env }) };
}

function open(): SizedRegistry {
  const buildah = buildahOf(publisher);
  return openRegistry(`docker://${proxy.host}/team`, {
    tlsVerify: false,
    cwd: "/",
    env: { ...process.env, SLIPWAY_REGISTRY_TIMEOUT: String(PATIENCE) },
    sleep: async () => {},
    buildah: async (args, stop) => {
      const { exitCode, stdout, stderr } = await buildah.run(args, stop ? { signal: stop } : {});
      if (exitCode === 0) return stdout;
      throw new RegistryError(`buildah ${args[0]}: ${lastLines(stderr, 1)[0]}`);
    },
  });
}

/** Publishes, tags, describes, finds and pulls, as builds on two machines do. */
async function passThrough(name: ImageName) {
  const published = await open().publish(image, name, "k-1", signal);
  await open().point(name, "k-1", ["1.0", "latest"], signal);
  await open().attach(name, published.manifestDigest, DOCUMENT, signal);
  assert.equal(await open().find(name, "latest"), await open().find(name, "1.0"));
  const documents = await open().attachments(name, published.manifestDigest, DOCUMENT.artifactType);
  assert.equal(documents.map(String), ["about it"]);
  await pull(name);
  return { digest: published.manifestDigest };
}

async function pull(name: ImageName) {
  const buildah = buildahOf(puller);
  await buildah.run(["rmi", "--all", "--force"]);
  const stored = { imageId: image.imageId, pull: open().reference(name, "k-1") };
  await createImageFetcher(buildah)(stored, signal, join(puller.directory, "log"));
}

async function failure(action: Promise<unknown>): Promise<Error> {
  try {
    await action;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it went on");
}

const titled = ({ request, kind }: Fault) => `${kind} at ${request}`;

/** What the soak tries at random; here those that are known to have failed. */
const ONCE: readonly Fault[] = [
  { request: "blob-get", kind: "500" },
  { request: "blob-get", kind: "503" },
  { request: "blob-get", kind: "429" },
  { request: "blob-get", kind: "reset" },
  { request: "blob-get", kind: "cut" },
  { request: "blob-get", kind: "html" },
  { request: "blob-get", kind: "wrong-digest" },
  { request: "manifest-get", kind: "html" },
  { request: "manifest-get", kind: "cut" },
  { request: "manifest-get", kind: "wrong-digest" },
  { request: "manifest-put", kind: "html" },
  { request: "manifest-put", kind: "wrong-digest" },
  { request: "blob-head", kind: "html" },
  { request: "upload-post", kind: "html" },
  { request: "upload-put", kind: "cut" },
  { request: "token", kind: "html" },
  { request: "token", kind: "wrong-digest" },
  { request: "manifest-get", kind: "expired-token" },
  { request: "upload-patch", kind: "expired-token" },
  { request: "upload-post", kind: "hang" },
  { request: "upload-patch", kind: "hang" },
  { request: "upload-put", kind: "hang" },
  { request: "manifest-put", kind: "hang" },
  { request: "blob-get", kind: "hang" },
];

for (const fault of ONCE) {
  test(`once ${titled(fault)}: publishing and pulling go on to the same image`, async () => {
    proxy.inject(fault);
    assert.is((await passThrough(nextName())).digest, digest);
    assert.is(proxy.injected, 1);
  });
}

for (const request of ["upload-post", "upload-patch", "upload-put", "manifest-put"] as const) {
  test(`for good, hang at ${request}: a push ends and says who did not answer`, async () => {
    const name = nextName();
    proxy.inject({ request, kind: "hang" }, true);
    const error = await failure(open().publish(image, name, "k-1", signal));
    assert.instance(error, RegistryError);
    const silence = `registry ${proxy.host} did not answer for ${PATIENCE} s during push of team/${name}:k-1`;
    assert.match(error.message, silence);
    assert.ok(proxy.injected >= 2, "it was tried again");
    proxy.inject(undefined);
    assert.is(await open().find(name, "k-1"), undefined);
    assert.is((await passThrough(name)).digest, digest);
  });
}

test("for good, hang at blob-get: a pull ends, of parents and of external images", async () => {
  const name = nextName();
  proxy.inject(undefined);
  await passThrough(name);
  proxy.inject({ request: "blob-get", kind: "hang" }, true);
  const silence = `registry ${proxy.host} did not answer for ${PATIENCE} s during pull of team/${name}`;
  const parent = await failure(pull(name));
  assert.instance(parent, StepFailure);
  assert.match(parent.message, `${silence}:k-1`);
  const reference = `${proxy.host}/team/${name}@${digest}`;
  const external = await failure(
    createExternalFetcher(buildahOf(puller))(
      { reference, platform: "linux/amd64" as never },
      signal,
      join(puller.directory, "log"),
    ),
  );
  assert.match(external.message, `${silence}@${digest}`);
});

test("for good, wrong content: it is said what was received", async () => {
  const name = nextName();
  proxy.inject(undefined);
  await passThrough(name);
  for (const [fault, message] of [
    [
      { request: "manifest-get", kind: "html" },
      /gives wrong answers: a web page answers GET .* \(text\/html: <!DOCTYPE/,
    ],
    [
      { request: "manifest-get", kind: "wrong-digest" },
      /damaged: \d+ bytes with the digest sha256:\w+ came instead of/,
    ],
    [{ request: "manifest-get", kind: "500" }, /answers 500 .*Try again later/],
    [{ request: "manifest-get", kind: "hang" }, /cannot be reached: no answer within 2 s/],
  ] as const) {
    proxy.inject(fault, true);
    const error = await failure(open().find(name, "k-1"));
    assert.instance(error, RegistryError);
    assert.match(error.message, message);
    assert.is(proxy.injected, 4);
  }
  proxy.inject({ request: "blob-get", kind: "wrong-digest" }, true);
  const { message } = await failure(pull(name));
  assert.match(message, /cannot pull .* does not match expected sha256:/, message);
});

test.run();
