import { RegistryError } from "../../src/model/registry.js";
import { digestOf } from "../../src/registry/manifest.js";
import { parseExternalReference, tagDigest } from "../../src/registry/tag-digest.js";
import { assert, suite } from "../support/suite.js";
import { type Answer, type Seen, startFakeServer } from "./fake-server.js";

const test = suite("registry/tag-digest");
const { signal } = new AbortController();
const DIGEST = `sha256:${"d".repeat(64)}`;

test("references are read as Docker reads them", () => {
  const read = (ref: string) => {
    const found = parseExternalReference(ref);
    return found && `${found.host} ${found.repository} ${found.tag}`;
  };
  assert.is(read("docker.io/library/photon:5.0"), "docker.io library/photon 5.0");
  assert.is(read("docker.io/photon"), "docker.io library/photon latest");
  assert.is(read("index.docker.io/a/b:1"), "docker.io a/b 1");
  assert.is(read("debian:12"), "docker.io library/debian 12");
  assert.is(read("team/app"), "docker.io team/app latest");
  assert.is(read("localhost/app:1"), "localhost app 1");
  assert.is(read("localhost:5000/a/b"), "localhost:5000 a/b latest");
  assert.is(read("registry.example/a/b_c:v1.2-3"), "registry.example a/b_c v1.2-3");
  for (const ref of [
    "a@sha256:0",
    "a:1@sha256:0",
    "registry.example/A:1",
    "a/../b",
    "a//b",
    "a:",
    "a:-x",
    ":1",
    "a:1:2",
  ])
    assert.is(read(ref), undefined, ref);
});

async function ask(answer: (request: Seen) => Answer, env = {}) {
  const server = await startFakeServer(answer);
  try {
    const reference = { host: server.host, repository: "team/os", tag: "1" };
    const options = { tlsVerify: false, env, sleep: async () => {} };
    const result = await tagDigest(reference, options, signal).catch((error: unknown) => error);
    const seen = server.seen.map(({ method, path }) => `${method} ${path}`);
    return { result, seen, host: server.host, accept: server.seen[0]?.headers.accept ?? "" };
  } finally {
    await server.stop();
  }
}

test("one HEAD suffices where the registry names the digest, of lists too", async () => {
  const { result, seen, accept } = await ask(() => ({ status: 200, headers: { "docker-content-digest": DIGEST } }));
  assert.is(result, DIGEST);
  assert.equal(seen, ["HEAD /v2/team/os/manifests/1"]);
  assert.match(accept, /image\.index.*manifest\.list/);
});

test("else it is the digest of the bytes", async () => {
  for (const header of [{}, { "docker-content-digest": "sha512:00" }]) {
    const answer = ({ method }: Seen) => ({ status: 200, headers: header, body: method === "GET" ? "{}" : "" });
    const { result, seen } = await ask(answer);
    assert.is(result, digestOf(Buffer.from("{}")));
    assert.equal(seen, ["HEAD /v2/team/os/manifests/1", "GET /v2/team/os/manifests/1"]);
  }
});

test("no such tag, a refusal and a failure say which registry", async () => {
  const missing = await ask(() => ({ status: 404 }));
  assert.instance(missing.result, RegistryError);
  assert.is((missing.result as Error).message, `Registry ${missing.host} has no team/os:1.`);
  const denied = await ask(() => ({ status: 403 }));
  assert.match((denied.result as Error).message, /answers 403 for team\/os:1\. Ask for permission/);
  const broken = await ask(() => ({ status: 500 }));
  assert.match((broken.result as Error).message, /answers 500/);
  assert.is(broken.seen.length, 4, "tried again");
});

test.run();
