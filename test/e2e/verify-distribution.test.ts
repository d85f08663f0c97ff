import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RegistryCheck } from "../../src/model/registry-check.js";
import { TestCatalogue } from "../support/catalogue.js";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.js";
import { flipByte } from "../support/flip-byte.js";
import { startFaultyRegistry } from "../support/registry-faults.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

interface Verified extends RegistryCheck {
  readonly whole: boolean;
}

const test = suite("verify: the distribution protocol");
let workspace: Workspace;
let catalogue: TestCatalogue;
let server: DockerRegistry;

test.before(async () => {
  workspace = await Workspace.create();
  server = await startDockerRegistry({ type: "none" }, undefined, { deletes: true });
  catalogue = await TestCatalogue.create(workspace);
  await catalogue.expect(0, ["build", ...at(server)]);
});
test.after(async () => {
  await server.stop();
  await workspace.remove();
});

const at = ({ host }: Pick<DockerRegistry, "host">) => ["--registry", `docker://${host}/team`, "--tls-verify", "false"];
const data = (digest: string) => {
  const hex = digest.slice("sha256:".length);
  return join(server.data, "docker/registry/v2/blobs/sha256", hex.slice(0, 2), hex, "data");
};
const manifestOf = async (image: string) => {
  const accept = "application/vnd.oci.image.manifest.v1+json";
  const answer = await fetch(`http://${server.host}/v2/team/${image}/manifests/latest`, { headers: { accept } });
  const digest = answer.headers.get("docker-content-digest") ?? "";
  return { digest, ...((await answer.json()) as { config: { digest: string }; layers: { digest: string }[] }) };
};
const verify = async (exitCode: number, ...more: string[]) =>
  JSON.parse((await catalogue.expect(exitCode, ["verify", ...at(server), "--json", ...more])).stdout);
const found = ({ damage }: Verified) =>
  [...new Set(damage.map(({ image, part, kind }) => `${image} ${part} ${kind}`))].sort();

test("a registry that is whole", async () => {
  const verified: Verified = await verify(0);
  assert.equal(verified.damage, []);
  assert.is(verified.counts.images, 6);
  assert.is(verified.unreferenced, null);
  assert.ok(verified.counts.documents >= 6, `${verified.counts.documents} documents`);
});

test("a layer that is missing: deleted, built again, whole", async () => {
  await rm(data((await manifestOf("green")).layers.at(-1)?.digest ?? ""));
  const verified: Verified = await verify(1, "--repair");
  assert.equal(found(verified), ["green layer missing"]);
  await catalogue.expect(0, ["build", ...at(server)]);
  assert.equal((await verify(0)).damage, []);
});

test("a document that is missing, and one that is damaged: taken off the list", async () => {
  const { digest } = await manifestOf("side");
  const list = await fetch(`http://${server.host}/v2/team/side/manifests/${digest.replace(":", "-")}`, {
    headers: { accept: "application/vnd.oci.image.index.v1+json" },
  });
  const { manifests } = (await list.json()) as { manifests: { digest: string }[] };
  assert.ok(manifests.length >= 2);
  const [first = "", second = ""] = manifests.map((entry) => entry.digest);
  await rm(data(first));
  await flipByte(data(JSON.parse(await readFile(data(second), "utf8")).layers[0].digest));
  const verified: Verified = await verify(1, "--repair");
  assert.equal(found(verified), ["side document digest", "side document missing"]);
  assert.equal((await verify(0)).damage, []);
});

test("bytes that are damaged: said, and whole again once the registry has collected garbage", async () => {
  const { config } = await manifestOf("side");
  await flipByte(data(config.digest));
  const { stdout } = await catalogue.expect(1, ["verify", ...at(server), "--repair"]);
  assert.match(stdout, /^ +side .* configuration +sha256:[0-9a-f]{12} has other bytes$/m);
  assert.match(stdout, /^ +done +side +deleted its manifest.*slipway build side$/m);
  await server.collectGarbage();
  await catalogue.expect(0, ["build", ...at(server)]);
  assert.equal((await verify(0)).damage, []);
});

test("a manifest that is damaged, and a registry that does not delete: what to ask for", async () => {
  const other = await startDockerRegistry();
  try {
    await catalogue.expect(0, ["build", "side", ...at(other)]);
    const blobs = join(other.data, "docker/registry/v2/blobs/sha256");
    for (const prefix of await readdir(blobs)) {
      for (const name of await readdir(join(blobs, prefix))) {
        const path = join(blobs, prefix, name, "data");
        const text = await readFile(path, "utf8");
        if (text.includes('"layers":[') && !text.includes("artifactType") && text.includes("image.layer")) {
          await writeFile(path, text.replace('"size":', '"size" :').slice(0, -1).concat("}"));
        }
      }
    }
    const { stdout } = await catalogue.expect(1, ["verify", ...at(other), "--repair"]);
    assert.match(stdout, /^ +(base|side) .* manifest +sha256:[0-9a-f]{12} has other bytes$/m);
    assert.match(
      stdout,
      /^ +refused +side +the registry does not delete \(405\): its administrator has to delete sha256:/m,
    );
  } finally {
    await other.stop();
  }
});

test("a registry that fails is not one that is damaged", async () => {
  const proxy = await startFaultyRegistry({ upstream: server.host });
  try {
    proxy.inject({ request: "blob-get", kind: "wrong-digest" });
    assert.match((await catalogue.expect(0, ["verify", ...at(proxy)])).stdout, /whole$/m);
    proxy.inject({ request: "blob-get", kind: "reset" }, true);
    assert.match((await catalogue.expect(4, ["verify", ...at(proxy)])).stderr, /cannot be reached/);
  } finally {
    await proxy.stop();
  }
});

test.run();
