import type { ImageName } from "../../src/model/names.js";
import { type ClaimStore, RegistryError } from "../../src/model/registry.js";
import { digestOf, OCI_INDEX } from "../../src/registry/manifest.js";
import { openRegistry } from "../../src/registry/open.js";
import { assert, suite } from "../support/suite.js";
import { type Answer, type Seen, startFakeServer } from "./fake-server.js";

const test = suite("registry/claims-distribution");
const NAME = "a" as ImageName;
const { signal } = new AbortController();

/** Manifests in memory; `deletes` is the status of every DELETE. */
async function using(deletes: number, action: (claims: ClaimStore, seen: Seen[]) => Promise<void>) {
  const tags = new Map<string, string>();
  const answer = ({ method, path, body }: Seen): Answer => {
    const reference = path.split("/").at(-1) ?? "";
    if (method === "PUT") tags.set(reference, body);
    if (method === "PUT") return { status: 201 };
    if (method === "DELETE" && deletes === 202)
      for (const [tag, text] of tags) if (digestOf(Buffer.from(text)) === reference) tags.delete(tag);
    if (method === "DELETE") return { status: deletes };
    const found = tags.get(reference);
    return found === undefined ? { status: 404 } : { status: 200, headers: { "content-type": OCI_INDEX }, body: found };
  };
  const server = await startFakeServer(answer);
  try {
    const buildah = async () => "";
    const options = { tlsVerify: false, cwd: "/", buildah, env: {}, sleep: async () => {} };
    const { claims } = openRegistry(`docker://${server.host}/team`, options);
    await action(claims as ClaimStore, server.seen);
  } finally {
    await server.stop();
  }
}

const calls = (seen: readonly Seen[]) => seen.map(({ method }) => method).join(" ");

test("one request writes a claim, and all of its manifests are deleted", () =>
  using(202, async (claims, seen) => {
    assert.is(await claims.readClaim(NAME, "c-1", signal), undefined);
    await claims.writeClaim(NAME, "c-1", "x 0", signal);
    await claims.writeClaim(NAME, "c-1", "x 1", signal);
    assert.is(await claims.readClaim(NAME, "c-1", signal), "x 1");
    await claims.removeClaim(NAME, "c-1", signal);
    assert.is(await claims.readClaim(NAME, "c-1", signal), undefined);
    assert.is(calls(seen), "GET PUT PUT GET DELETE DELETE GET");
  }));

test("a claim under another tag stays", () =>
  using(202, async (claims) => {
    for (const tag of ["c-1", "c-2"]) await claims.writeClaim(NAME, tag, "x 0", signal);
    await claims.removeClaim(NAME, "c-1", signal);
    assert.is(await claims.readClaim(NAME, "c-2", signal), "x 0");
  }));

test("a registry that deletes nothing keeps an ended claim, and is not asked again", () =>
  using(405, async (claims, seen) => {
    for (const tag of ["c-1", "c-2"]) {
      await claims.writeClaim(NAME, tag, "x 0", signal);
      await claims.removeClaim(NAME, tag, signal);
      assert.is(await claims.readClaim(NAME, tag, signal), undefined);
    }
    assert.is(calls(seen), "PUT DELETE PUT GET PUT PUT GET");
    assert.is(seen[2]?.body, seen[5]?.body, "the same manifest for all");
  }));

test("a refused claim is an error of the registry", async () => {
  const server = await startFakeServer(() => ({ status: 403 }));
  try {
    const buildah = async () => "";
    const { claims } = openRegistry(`docker://${server.host}`, { tlsVerify: false, cwd: "/", buildah, env: {} });
    await claims?.writeClaim(NAME, "c-1", "x 0", signal);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, RegistryError);
  } finally {
    await server.stop();
  }
});

test.run();
