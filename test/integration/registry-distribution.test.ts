import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageName } from "../../src/model/names.js";
import { type LocalImage, type Registry, RegistryError, type SizedRegistry } from "../../src/model/registry.js";
import { openRegistry } from "../../src/registry/open.js";
import { makeCertificate } from "../support/certificate.js";
import {
  type DockerRegistry,
  freePort,
  PASSWORD,
  type RegistryAuth,
  type RegistryTls,
  startDockerRegistry,
  USER,
} from "../support/docker-registry.js";
import { assert, suite } from "../support/suite.js";
import { run, TestBuildah } from "./registry-images.js";
import { startTokenServer } from "./registry-token-server.js";

const NAME = "base" as ImageName;
const signal = new AbortController().signal;

const test = suite("registry: distribution protocol with a real registry");
let buildah: TestBuildah;
let image: LocalImage;
let tls: RegistryTls;

test.before(async () => {
  buildah = await TestBuildah.create();
  image = await buildah.image("hello\n");
  await writeFile(join(buildah.directory, "none.json"), "{}"); // Buildah requires the file
  tls = await makeCertificate(buildah.directory);
});
test.after(async () => buildah.remove());

interface Settings {
  readonly tlsVerify?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

function open(server: Pick<DockerRegistry, "host">, settings: Settings = {}): SizedRegistry {
  const env = { ...process.env, REGISTRY_AUTH_FILE: join(buildah.directory, "none.json"), ...settings.env };
  buildah.env = env;
  const tlsVerify = settings.tlsVerify ?? false;
  const sleep = async () => {};
  return openRegistry(`docker://${server.host}/team`, { tlsVerify, cwd: "/", buildah: buildah.run, env, sleep });
}

async function withRegistry(
  auth: RegistryAuth,
  action: (server: DockerRegistry) => Promise<void>,
  secure?: RegistryTls,
) {
  const server = await startDockerRegistry(auth, secure);
  try {
    await action(server);
  } finally {
    await server.stop();
  }
}

async function login(host: string, username = USER, password = PASSWORD): Promise<NodeJS.ProcessEnv> {
  const file = join(await buildah.scratch(), "auth.json");
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  await writeFile(file, JSON.stringify({ auths: { [host]: { auth } } }));
  return { REGISTRY_AUTH_FILE: file };
}

const raises = async (action: Promise<unknown>, message: RegExp) => {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, RegistryError, String(error));
  assert.match((error as RegistryError).message, message);
  assert.not.match((error as RegistryError).message, new RegExp(`${PASSWORD}|wrong-word`));
};

/** Publishes, finds and points, as every way of talking to a registry must be able to do. */
async function usesRegistry(registry: Registry, host: string): Promise<void> {
  assert.is(await registry.find(NAME, "k-1"), undefined);
  const published = await registry.publish(image, NAME, "k-1", signal);
  assert.is(published.imageId, image.imageId);
  assert.ok(published.bytes > 0);
  const record = { imageId: image.imageId, manifestDigest: published.manifestDigest };
  assert.equal(await registry.find(NAME, "k-1"), record);
  await registry.point(NAME, "k-1", ["1.0", "latest"], signal);
  assert.equal(await registry.find(NAME, "1.0"), record);
  assert.equal(await registry.find(NAME, "latest"), record);
  assert.is(registry.reference(NAME, "1.0").reference, `docker://${host}/team/base:1.0`);
}

test("the uncompressed size of an image is the same wherever it is stored", async () => {
  const big = await buildah.image(Buffer.alloc(3_000_000, "slipway "));
  const layout = openRegistry(`oci:${join(await buildah.scratch(), "registry")}`, {
    tlsVerify: true,
    cwd: "/",
    buildah: buildah.run,
    env: process.env,
  });
  const stored = await layout.publish(big, NAME, "1.0", signal);
  assert.is(await layout.unpackedBytes(NAME, "1.0"), stored.bytes);
  const { created = "", ...details } = (await layout.details(NAME, "1.0")) ?? {};
  assert.equal(details, stored);
  assert.ok(Math.abs(Date.parse(created) - Date.now()) < 600_000, created);
  assert.is(await layout.details(NAME, "2.0"), undefined);
  await withRegistry({ type: "none" }, async (server) => {
    const remote = open(server);
    const { bytes } = await remote.publish(big, NAME, "1.0", signal);
    assert.ok(bytes < 1_000_000, `it is stored in ${bytes} bytes`);
    assert.is(await remote.unpackedBytes(NAME, "1.0"), stored.bytes);
    assert.is(await remote.unpackedBytes(NAME, "2.0"), undefined);
    const { imageId, manifestDigest } = (await remote.find(NAME, "1.0")) ?? {};
    assert.equal(await remote.details(NAME, "1.0"), { imageId, manifestDigest, bytes }, "this registry tells no times");
    assert.is(await remote.details(NAME, "2.0"), undefined);
  });
  assert.is(await layout.unpackedBytes(NAME, "2.0"), undefined);
});

test("a registry without TLS: published images can be found, inspected, copied and pulled", () =>
  withRegistry({ type: "none" }, async (server) => {
    const registry = open(server);
    await usesRegistry(registry, server.host);
    const { reference, options } = registry.reference(NAME, "1.0");
    const seen = JSON.parse(await run("skopeo", ["inspect", ...options, reference]));
    assert.is(seen.Digest, (await registry.find(NAME, "1.0"))?.manifestDigest);
    const target = `oci:${await buildah.scratch()}:copy`;
    await run("skopeo", ["copy", "--quiet", "--src-tls-verify=false", reference, target]);
    const other = await TestBuildah.create();
    try {
      const pulled = await other.run(["pull", "--quiet", ...options, reference]);
      assert.is(`sha256:${pulled.trim()}`, image.imageId);
    } finally {
      await other.remove();
    }
    await raises(registry.point(NAME, "k-2", ["1.0"], signal), /no image .*team\/base:k-2/);
    await raises(open(server, { tlsVerify: true }).find(NAME, "1.0"), /cannot be reached.*without TLS/s);
  }));

test("a child's push sends no layer of its parent again", () =>
  withRegistry({ type: "none" }, async (server) => {
    const registry = open(server);
    const parent = await buildah.image(randomBytes(20_000_000));
    const child = await buildah.image("child\n", parent);
    await registry.publish(parent, NAME, "1", signal);
    const layersOf = async (name: string) =>
      JSON.parse(
        await run("skopeo", ["inspect", "--raw", "--tls-verify=false", `docker://${server.host}/team/${name}`]),
      ).layers;
    await registry.publish(child, "child" as ImageName, "1", signal);
    const [parentLayers, childLayers] = [await layersOf("base:1"), await layersOf("child:1")];
    assert.is(childLayers.length, 2);
    assert.equal(childLayers[0], parentLayers[0]);
  }));

test("basic authentication", () =>
  withRegistry({ type: "basic" }, async (server) => {
    await usesRegistry(open(server, { env: await login(server.host) }), server.host);
    const specific = open(server, { env: await login(`${server.host}/team`) });
    assert.is((await specific.find(NAME, "1.0"))?.imageId, image.imageId);
    await raises(open(server).find(NAME, "1.0"), new RegExp(`401.*buildah login ${server.host}`));
    const wrong = await login(server.host, USER, "wrong-word");
    await raises(open(server, { env: wrong }).find(NAME, "1.0"), /401.*buildah login/);
    await raises(open(server, { env: wrong }).publish(image, NAME, "1.0", signal), /Could not push/);
  }));

test("bearer tokens of a token server the registry trusts", async () => {
  const tokens = await startTokenServer({ ...tls, username: USER, password: PASSWORD });
  try {
    const auth = { type: "token", realm: tokens.realm, issuer: tokens.issuer, rootcert: tls.certificate } as const;
    await withRegistry(auth, async (server) => {
      const registry = open(server, { env: await login(server.host) });
      await usesRegistry(registry, server.host);
      assert.ok(tokens.scopes.includes("repository:team/base:pull"));
      assert.ok(tokens.scopes.includes("repository:team/base:pull,push"));
      const before = tokens.scopes.length;
      await registry.find(NAME, "1.0");
      assert.is(tokens.scopes.length, before, "a token is used until it ends");
      const wrong = await login(server.host, USER, "wrong-word");
      await raises(open(server, { env: wrong }).find(NAME, "1.0"), /token server .*refuses pull.*buildah login/);
    });
  } finally {
    await tokens.stop();
  }
});

test("TLS: an unknown certificate is refused, unless it is trusted or verification is off", () =>
  withRegistry(
    { type: "none" },
    async (server) => {
      await raises(open(server, { tlsVerify: true }).find(NAME, "1.0"), /certificate.*certs\.d/is);
      await usesRegistry(open(server, { tlsVerify: true, env: { SSL_CERT_FILE: tls.certificate } }), server.host);
      assert.ok(await open(server, { tlsVerify: false }).find(NAME, "1.0"));
    },
    tls,
  ));

test("eight publishes at once", () =>
  withRegistry({ type: "none" }, async (server) => {
    const registry = open(server);
    const tags = ["a", "b", "c", "d", "e", "f", "g", "h"];
    await Promise.all(tags.map((tag) => registry.publish(image, NAME, tag, signal)));
    for (const tag of tags) assert.is((await registry.find(NAME, tag))?.imageId, image.imageId);
  }));

test("a plan cannot build on a tag that names several images", () =>
  withRegistry({ type: "none" }, async (server) => {
    const registry = open(server);
    await registry.publish(image, NAME, "1", signal);
    await buildah.run(["manifest", "create", "several", image.imageId.slice(7)]);
    const target = `docker://${server.host}/team/base:several`;
    await buildah.run(["manifest", "push", "--all", "--tls-verify=false", "several", target]);
    assert.is(await registry.find(NAME, "several"), undefined);
    await registry.point(NAME, "1", ["several"], signal);
    assert.is((await registry.find(NAME, "several"))?.imageId, image.imageId);
  }));

test("a registry that does not exist", async () => {
  const host = `127.0.0.1:${await freePort()}`;
  await raises(open({ host }).find(NAME, "1.0"), new RegExp(`Registry ${host} cannot be reached: .*ECONNREFUSED`));
});

test.run();
