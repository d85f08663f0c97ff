import { RegistryError } from "../../src/model/registry.js";
import { basePlatforms } from "../../src/registry/base-platforms.js";
import { digestOf } from "../../src/registry/manifest.js";
import { assert, suite } from "../support/suite.js";
import { startFakeServer } from "./fake-server.js";

const test = suite("registry/base-platforms");
const { signal } = new AbortController();
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

async function ask(document: unknown, asked?: string) {
  const body = JSON.stringify(document);
  const server = await startFakeServer(() => ({ status: 200, body }));
  try {
    const reference = { host: server.host, repository: "team/os", tag: "1" };
    const options = { tlsVerify: false, env: {}, sleep: async () => {} };
    const wanted = (asked ?? digestOf(Buffer.from(body))) as ReturnType<typeof digestOf>;
    const found = await basePlatforms(reference, wanted, { options, signal }).catch((error: unknown) => error);
    return { found, path: server.seen[0]?.path, wanted };
  } finally {
    await server.stop();
  }
}

test("an index says which manifest is for which platform", async () => {
  const { found, path, wanted } = await ask({
    schemaVersion: 2,
    manifests: [
      { digest: digest("a"), platform: { os: "linux", architecture: "amd64" } },
      { digest: digest("b"), platform: { os: "linux", architecture: "arm", variant: "v7" } },
      { digest: digest("c"), platform: { os: "unknown", architecture: "unknown" } },
      { digest: digest("d"), platform: { os: "linux\n", architecture: "amd64" } },
      { digest: "sha256:short", platform: { os: "linux", architecture: "s390x" } },
      { digest: digest("e"), platform: { os: "linux", architecture: "amd64" } },
      { digest: digest("f") },
      null,
    ],
  });
  assert.is(path, `/v2/team/os/manifests/${wanted}`);
  assert.equal(
    [...(found as ReadonlyMap<string, string>)],
    [
      ["linux/amd64", digest("a")],
      ["linux/arm/v7", digest("b")],
    ],
  );
});

test("a manifest of one image has no platforms; other bytes than the digest's are refused", async () => {
  assert.is((await ask({ schemaVersion: 2, config: {}, layers: [] })).found, undefined);
  const { found } = await ask({ schemaVersion: 2, manifests: [] }, digest("0"));
  assert.instance(found, RegistryError);
  assert.match((found as RegistryError).message, /answers with another manifest/);
  assert.match(((await ask([])).found as RegistryError).message, /is not readable/);
});

test.run();
