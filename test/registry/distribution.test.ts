import type { ImageName } from "../../src/model/names.js";
import { RegistryError } from "../../src/model/registry.js";
import { digestOf, OCI_MANIFEST } from "../../src/registry/manifest.js";
import { openRegistry } from "../../src/registry/open.js";
import { assert, suite } from "../support/suite.js";
import { type Answer, type Seen, startFakeServer } from "./fake-server.js";

const test = suite("distribution registry");
const NAME = "app" as ImageName;
const signal = new AbortController().signal;
const CONFIG = `sha256:${"c".repeat(64)}`;
const descriptor = (digest: string) => ({ mediaType: "x", digest, size: 3 });
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  config: descriptor(CONFIG),
  layers: [descriptor(`sha256:${"1".repeat(64)}`)],
});
const DIGEST = digestOf(Buffer.from(MANIFEST));
const found = (headers = {}): Answer => ({
  status: 200,
  headers: { "content-type": OCI_MANIFEST, ...headers },
  body: MANIFEST,
});

async function using(
  answer: (request: Seen) => Answer,
  action: (registry: ReturnType<typeof openRegistry>, seen: Seen[]) => Promise<void>,
) {
  const server = await startFakeServer(answer);
  try {
    const buildah = async () => "";
    const options = { tlsVerify: false, cwd: "/", buildah, env: {}, sleep: async () => {} };
    await action(openRegistry(`docker://${server.host}/team`, options), server.seen);
  } finally {
    await server.stop();
  }
}

async function messageOf(action: Promise<unknown>): Promise<string> {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, RegistryError);
  return (error as Error).message;
}

test("find asks for images and lists, and takes the digest from the bytes", () =>
  using(
    () => found({ "docker-content-digest": DIGEST }),
    async (registry, seen) => {
      assert.equal(await registry.find(NAME, "1.0"), { imageId: CONFIG, manifestDigest: DIGEST });
      assert.is(seen[0]?.path, "/v2/team/app/manifests/1.0");
      assert.match(seen[0]?.headers.accept ?? "", /oci.image.manifest.*docker.*manifest\.v2.*oci.image.index.*list/);
    },
  ));

test("what is not there, and what is not an image", async () => {
  const unknown = JSON.stringify({ errors: [{ code: "NAME_UNKNOWN", message: "no such repository" }] });
  await using(
    () => ({ status: 404, body: unknown }),
    async (registry) => assert.is(await registry.find(NAME, "1.0"), undefined),
  );
  await using(
    () => ({ status: 200, body: JSON.stringify({ schemaVersion: 2, manifests: [] }) }),
    async (registry) => assert.is(await registry.find(NAME, "1.0"), undefined),
  );
});

test("answers that make no sense", async () => {
  const cases: [Answer, RegExp][] = [
    [found({ "docker-content-digest": `sha256:${"0".repeat(64)}` }), /team\/app:1.0: the manifest was changed/],
    [{ status: 200, body: "<html>" }, /is not JSON/],
    [{ status: 200, body: '{"schemaVersion":1}' }, /is not readable/],
    [{ status: 200, body: '{"schemaVersion":2,"config":{}}' }, /does not describe an image/],
    [{ status: 401 }, /answers 401 for team\/app\. Log in with `buildah login 127/],
    [
      { status: 403, body: '{"errors":[{"code":"DENIED","message":"no\\n\\u001b[31m"}]}' },
      /403 \(DENIED: no \[31m\) .*permission/,
    ],
    [{ status: 500 }, /answers 500 for team\/app\. Try again later/],
    [{ status: 418 }, /418.*Check that the address/],
  ];
  for (const [answer, message] of cases) {
    await using(
      () => answer,
      async (registry) => assert.match(await messageOf(registry.find(NAME, "1.0")), message),
    );
  }
});

test("point puts the same bytes and type, only where a tag is elsewhere", () => {
  const tags = new Map([
    ["k-1", MANIFEST],
    ["right", MANIFEST],
    ["wrong", MANIFEST.replace(CONFIG, `sha256:${"d".repeat(64)}`)],
  ]);
  return using(
    ({ method, path, body }) => {
      const tag = path.split("/").at(-1) ?? "";
      if (method === "PUT") {
        tags.set(tag, body);
        return { status: 201 };
      }
      const manifest = tags.get(tag);
      return manifest === undefined ? { status: 404 } : { ...found(), body: manifest };
    },
    async (registry, seen) => {
      await registry.point(NAME, "k-1", ["right", "wrong", "new", "new"], signal);
      const puts = seen.filter(({ method }) => method === "PUT");
      assert.equal(
        puts.map(({ path }) => path.split("/").at(-1)),
        ["wrong", "new"],
      );
      for (const { headers, body } of puts) assert.equal([headers["content-type"], body], [OCI_MANIFEST, MANIFEST]);
      assert.match(await messageOf(registry.point(NAME, "none", ["x"], signal)), /no image .*team\/app:none/);
    },
  );
});

test("a push that fails is tried once more, and what is there afterwards must be the image", async () => {
  const server = await startFakeServer(() => found());
  try {
    const pushes: string[] = [];
    const waits: number[] = [];
    const open = (failures: number) =>
      openRegistry(`docker://${server.host}`, {
        tlsVerify: false,
        cwd: "/",
        env: {},
        sleep: async (milliseconds) => void waits.push(milliseconds),
        buildah: async (args) => {
          pushes.push(args.join(" "));
          if (pushes.length <= failures) throw new Error("blob unknown");
          return "";
        },
      });
    const imageId = CONFIG as `sha256:${string}` & { __brand: "Digest" };
    const published = await open(1).publish({ imageId }, NAME, "1", signal);
    assert.equal(published, { imageId: CONFIG, manifestDigest: DIGEST, bytes: 3 } as typeof published);
    assert.is(pushes[1], `push --quiet --tls-verify=false ${"c".repeat(64)} docker://${server.host}/app:1`);
    assert.equal([pushes.length, waits], [2, [1000]]);
    assert.match(
      await messageOf(open(9).publish({ imageId }, NAME, "1", signal)),
      /Could not push .*app:1: blob unknown/,
    );
    const other = `sha256:${"e".repeat(64)}` as typeof imageId;
    assert.match(
      await messageOf(open(0).publish({ imageId: other }, NAME, "1", signal)),
      /another image after the push/,
    );
  } finally {
    await server.stop();
  }
});

test.run();
