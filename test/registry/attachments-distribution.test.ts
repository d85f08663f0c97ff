import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Digest, ImageName } from "../../src/model/names.js";
import { RegistryError, type SizedRegistry } from "../../src/model/registry.js";
import { digestOf, OCI_INDEX, OCI_MANIFEST } from "../../src/registry/manifest.js";
import { openRegistry } from "../../src/registry/open.js";
import { assert, suite } from "../support/suite.js";
import { type Answer, type Seen, startFakeServer } from "./fake-server.js";

const test = suite("registry/attachments-distribution");
const NAME = "app" as ImageName;
const TYPE = "application/vnd.cyclonedx+json";
const signal = new AbortController().signal;
const IMAGE = '{"schemaVersion":2,"image":true}';
const SUBJECT = digestOf(Buffer.from(IMAGE));
const TAG = SUBJECT.replace(":", "-");
const document = (text: string) => ({ artifactType: TYPE, bytes: Buffer.from(text) });

/** A registry in memory; `api`: with the referrers API. A test answers a request itself where it likes. */
class SmallRegistry {
  readonly blobs = new Map<string, string>();
  readonly manifests = new Map<string, string>([[SUBJECT, IMAGE]]);
  own: (request: Seen) => Answer | undefined = () => undefined;

  constructor(readonly api: boolean) {}

  readonly answer = (request: Seen): Answer => this.own(request) ?? this.usual(request);

  usual({ method, path, body }: Seen): Answer {
    const url = new URL(path, "http://registry");
    const [kind = "", rest = "", upload] = url.pathname.replace(/^\/v2\/team\/[^/]+\//, "").split("/");
    if (kind === "referrers") return this.referrers(rest);
    if (method === "POST") return { status: 202, headers: { location: `${url.pathname}1?state=x` } };
    if (kind === "blobs" && upload !== undefined) {
      const digest = url.searchParams.get("digest") ?? "";
      if (digestOf(Buffer.from(body)) !== digest) return { status: 400 };
      this.blobs.set(digest, body);
      return { status: 201 };
    }
    if (method === "PUT") return this.putManifest(rest, body);
    const held = (kind === "blobs" ? this.blobs : this.manifests).get(rest);
    return held === undefined ? { status: 404 } : { status: 200, body: held };
  }

  putManifest(reference: string, body: string): Answer {
    this.manifests.set(reference, body);
    const { subject } = JSON.parse(body);
    return { status: 201, ...(this.api && subject && { headers: { "oci-subject": subject.digest } }) };
  }

  referrers(subject: string): Answer {
    if (!this.api) return { status: 404 };
    const manifests = [...this.manifests].flatMap(([digest, text]) => {
      const value = JSON.parse(text);
      if (value.subject?.digest !== subject) return [];
      return { mediaType: OCI_MANIFEST, digest, size: text.length, artifactType: value.artifactType };
    });
    return {
      status: 200,
      headers: { "content-type": OCI_INDEX },
      body: JSON.stringify({ schemaVersion: 2, manifests }),
    };
  }
}

async function using(small: SmallRegistry, action: (registry: SizedRegistry, seen: Seen[]) => Promise<void>) {
  const server = await startFakeServer(small.answer);
  try {
    const options = { tlsVerify: false, cwd: "/", buildah: async () => "", env: {}, sleep: async () => {} };
    await action(openRegistry(`docker://${server.host}/team`, options), server.seen);
  } finally {
    await server.stop();
  }
}

const texts = async (registry: SizedRegistry) => (await registry.attachments(NAME, SUBJECT, TYPE)).map(String).sort();
const messageOf = async (action: Promise<unknown>): Promise<string> => {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, RegistryError, String(error));
  return (error as Error).message;
};

test("a registry with the referrers API keeps the list itself: no tag is written", async () => {
  const small = new SmallRegistry(true);
  await using(small, async (registry, seen) => {
    await registry.attach(NAME, SUBJECT, document("one"), signal);
    await registry.attach(NAME, SUBJECT, document("two"), signal);
    assert.equal(await texts(registry), ["one", "two"]);
    assert.is(small.manifests.has(TAG), false);
    const [, made = ""] = [...small.manifests].find(([, text]) => text.includes("subject")) ?? [];
    assert.equal(JSON.parse(made).config, {
      mediaType: "application/vnd.oci.empty.v1+json",
      digest: digestOf(Buffer.from("{}")),
      size: 2,
    });
    assert.equal(JSON.parse(made).subject, { mediaType: OCI_MANIFEST, digest: SUBJECT, size: IMAGE.length });
    const before = seen.length;
    await registry.attach(NAME, SUBJECT, document("one"), signal);
    assert.equal(
      seen.slice(before).filter(({ method }) => method !== "GET"),
      [],
      "what is there is not written",
    );
    assert.match(
      seen[1]?.path ?? "",
      /referrers\/sha256:[0-9a-f]{64}\?artifactType=application%2Fvnd.cyclonedx%2Bjson$/,
    );
  });
});

test("without it the list stands under a tag, and what others have put there stays", async () => {
  const small = new SmallRegistry(false);
  const others = {
    mediaType: OCI_MANIFEST,
    digest: `sha256:${"9".repeat(64)}`,
    size: 7,
    artifactType: "x",
    extra: [1],
  };
  small.manifests.set(TAG, JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [others] }));
  await using(small, async (registry) => {
    await registry.attach(NAME, SUBJECT, document("one"), signal);
    const { manifests } = JSON.parse(small.manifests.get(TAG) ?? "");
    assert.is(manifests.length, 2);
    assert.equal(
      manifests.find(({ digest }: { digest: string }) => digest === others.digest),
      others,
    );
    assert.equal(await texts(registry), ["one"]);
  });
});

test("a writer elsewhere replaces the list in between: it is written again, with both", async () => {
  const small = new SmallRegistry(false);
  const theirs = { mediaType: OCI_MANIFEST, digest: `sha256:${"9".repeat(64)}`, size: 7, artifactType: "x" };
  let times = 0;
  small.own = (request) => {
    if (request.method !== "PUT" || !request.path.endsWith(TAG) || times === 2) return undefined;
    times += 1;
    small.manifests.set(TAG, JSON.stringify({ schemaVersion: 2, manifests: [theirs] }));
    return { status: 201 };
  };
  await using(small, async (registry) => {
    await registry.attach(NAME, SUBJECT, document("one"), signal);
    assert.is(times, 2);
    assert.is(JSON.parse(small.manifests.get(TAG) ?? "").manifests.length, 2);
    assert.equal(await texts(registry), ["one"]);
    times = -100;
    assert.match(await messageOf(registry.attach(NAME, SUBJECT, document("two"), signal)), /written by others/);
  });
});

test("documents that are damaged or about another image are left out; a tag that is no list is left alone", async () => {
  const small = new SmallRegistry(true);
  await using(small, async (registry) => {
    await registry.attach(NAME, SUBJECT, document("one"), signal);
    small.blobs.set(digestOf(Buffer.from("one")), "two");
    assert.equal(await texts(registry), []);
  });
  const wrong = new SmallRegistry(false);
  wrong.manifests.set(TAG, IMAGE);
  await using(wrong, async (registry) => {
    assert.match(await messageOf(registry.attachments(NAME, SUBJECT, TYPE)), /is no list of documents/);
    assert.match(await messageOf(registry.attach(NAME, SUBJECT, document("one"), signal)), /is no list of documents/);
    assert.is(wrong.manifests.get(TAG), IMAGE);
    const gone = `sha256:${"0".repeat(64)}` as Digest;
    assert.match(
      await messageOf(registry.attach(NAME, gone, document("one"), signal)),
      /There is no image .*team\/app@/,
    );
  });
  const down = new SmallRegistry(true);
  down.own = () => ({ status: 403 });
  await using(down, async (registry) => {
    assert.match(await messageOf(registry.attachments(NAME, SUBJECT, TYPE)), /403 for team\/app.*permission/);
    assert.match(await messageOf(registry.attach(NAME, SUBJECT, document("one"), signal)), /403 for team\/app/);
  });
});

test("an upload that the registry has lost is begun again; one that is sent elsewhere is not made", async () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-upload-"));
  const path = join(directory, "file");
  writeFileSync(path, "a package");
  const sha256 = digestOf(Buffer.from("a package")).slice("sha256:".length);
  const small = new SmallRegistry(false);
  let lost = 0;
  small.own = ({ path: asked }) => {
    if (!asked.includes("state=x") || lost === 2) return undefined;
    lost += 1;
    return { status: 404, body: "{}" };
  };
  try {
    await using(small, async (registry, seen) => {
      assert.is(await registry.storeFile({ path, sha256, name: "a.deb" }, signal), "stored");
      assert.is(lost, 2);
      assert.is(small.blobs.get(`sha256:${sha256}`), "a package");
      assert.match(small.manifests.get(`sha256-${sha256}`) ?? "", /image.title":"a\.deb"/);
      assert.ok(seen.every(({ path: asked }) => asked.startsWith("/v2/team/slipway-packages/")));
      small.blobs.delete(`sha256:${sha256}`);
      small.own = ({ method }) =>
        method === "POST" ? { status: 202, headers: { location: "https://storage.example/x" } } : undefined;
      const message = await messageOf(registry.storeFile({ path, sha256, name: "a.deb" }, signal));
      assert.match(message, /wants uploads sent to storage\.example: nothing is sent/);
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.run();
