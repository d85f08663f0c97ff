import type { StateChanges, StateEntry } from "../../src/model/catalogue-state.js";
import type { ImageName } from "../../src/model/names.js";
import { RegistryError, type RunBuildah, type SizedRegistry } from "../../src/model/registry.js";
import { openRegistry } from "../../src/registry/open.js";
import { openChecker } from "../../src/registry/open-checker.js";
import { digest, imageName } from "../support/definitions.js";
import { type MemoryRegistry, startMemoryRegistry } from "../support/memory-registry.js";
import { assert, suite } from "../support/suite.js";

const test = suite("the state of the catalogue in a registry");
const { signal } = new AbortController();
const APP = imageName("app");
const BASE = imageName("base");
const LATEST = "team/slipway-state latest";
let server: MemoryRegistry;

test.before.each(async () => {
  server = await startMemoryRegistry();
});
test.after.each(() => server.stop());

const noBuildah: RunBuildah = async () => {
  throw new Error("nothing is pushed");
};
const open = (isFresh = false): SizedRegistry =>
  openRegistry(`docker://${server.host}/team`, {
    ...{ tlsVerify: false, cwd: "/", buildah: noBuildah, env: {}, isFresh },
    sleep: async () => {},
  });

const entry = (...tags: string[]): StateEntry => ({ imageId: digest("1"), manifestDigest: digest("2"), tags });
const write = (changes: readonly (readonly [ImageName, StateEntry | undefined])[]) =>
  open().state?.change(new Map(changes) as StateChanges, signal);
const record = { imageId: digest("1"), manifestDigest: digest("2") };
const asked = () => server.seen.filter((request) => !request.includes("slipway-state"));

test("spares every question about an image, with two requests for all", async () => {
  await write([
    [APP, entry("k-1", "c-1", "1.0", "latest")],
    [BASE, entry("k-2")],
  ]);
  server.seen.length = 0;
  const registry = open();
  const found = await Promise.all([
    registry.findTags?.(APP, ["k-1", "c-1", "latest"]),
    registry.findTags?.(BASE, ["k-2"]),
  ]);
  assert.equal(
    found.flat().map((one) => one && { ...one, tags: undefined }),
    Array(4).fill({ ...record, tags: undefined }),
  );
  assert.is(server.seen.length, 2, server.seen.join("\n"));
});

test("is not believed in part: with one tag that it does not have, all are asked about", async () => {
  await write([[APP, entry("k-1", "c-1", "1.0")]]);
  assert.equal(await open().findTags?.(APP, ["k-2", "c-1", "1.0"]), [undefined, undefined, undefined]);
  assert.equal(
    asked(),
    ["k-2", "c-1", "1.0"].map((tag) => `GET /v2/team/app/manifests/${tag}`),
  );
});

test("is not believed where it must be fresh", async () => {
  await write([[APP, entry("k-1")]]);
  assert.equal(await open(true).findTags?.(APP, ["k-1"]), [undefined]);
});

test("what is built on is asked about, and what is gone is not believed again", async () => {
  await write([
    [APP, entry("k-1")],
    [BASE, entry("k-2")],
  ]);
  const registry = open();
  assert.ok((await registry.findTags?.(APP, ["k-1"]))?.[0]);
  assert.not(await registry.isWhole(APP, "k-1"));
  assert.equal(await registry.findTags?.(APP, ["k-1"]), [undefined]);
  assert.ok((await registry.findTags?.(BASE, ["k-2"]))?.[0], "others are");
  assert.ok(await registry.isWhole(imageName("other"), "k-3"), "what was asked about need not be asked about again");
  assert.ok(await registry.isWhole(BASE, "k-9"), "nor where the state has the image as it was before");
});

test("nothing, another document, damage and a refusal cost questions", async () => {
  await write([[APP, entry("k-1")]]);
  const [digestOfState = "", bytes = Buffer.alloc(0)] = [...server.blobs].at(-1) ?? [];
  const manifest = server.manifests.get(LATEST);
  const asks = async (why: string) => assert.equal(await open().findTags?.(APP, ["k-1"]), [undefined], why);
  server.blobs.delete(digestOfState);
  await asks("the blob is gone");
  server.blobs.set(digestOfState, bytes.subarray(1));
  await asks("it is damaged");
  server.blobs.set(digestOfState, bytes);
  server.manifests.set(LATEST, { bytes: Buffer.from("<html>"), type: "text/html" });
  await asks("a web page");
  server.manifests.set(LATEST, { bytes: Buffer.from('{"layers":[]}'), type: manifest?.type ?? "" });
  await asks("an artifact of somebody else");
  if (manifest) server.manifests.set(LATEST, manifest);
  assert.ok((await open().findTags?.(APP, ["k-1"]))?.[0]);
  for (const status of [401, 403, 404, 500]) {
    server.before = (request) => (request.includes("slipway-state") ? status : undefined);
    await asks(`status ${status}`);
  }
});

test("a change that is there already is not written", async () => {
  await write([[APP, entry("k-1")]]);
  server.seen.length = 0;
  await write([
    [APP, entry("k-1")],
    [BASE, undefined],
  ]);
  assert.not(
    server.seen.some((request) => /^(?:PUT|POST)/.test(request)),
    server.seen.join("\n"),
  );
});

test("a writer whose change another one has replaced writes again", async () => {
  await write([[BASE, entry("k-2")]]);
  const withoutApp = server.manifests.get(LATEST);
  let reads = 0;
  server.before = (request) => {
    if (request === "GET /v2/team/slipway-state/manifests/latest") reads += 1;
    // The other one had read before this one wrote.
    if (reads === 3 && withoutApp) server.manifests.set(LATEST, withoutApp);
    return undefined;
  };
  await write([[APP, entry("k-1")]]);
  assert.is(reads, 5, "before and after each of two uploads, and once more");
  assert.ok((await open().findTags?.(APP, ["k-1"]))?.[0]);
  assert.ok((await open().findTags?.(BASE, ["k-2"]))?.[0]);
});

test("a writer that is never left alone gives up", async () => {
  server.before = (request) => {
    if (request.startsWith("GET")) server.manifests.clear();
    return undefined;
  };
  const error = await write([[APP, entry("k-1")]])?.catch((thrown: unknown) => thrown);
  assert.match(String(error), /Others keep replacing/);
});

test("of two writers at once, neither brings back what the other one has taken out", async () => {
  await write([[APP, entry("k-1", "latest")]]);
  // A whole build between reading and writing: it takes its image out, moves the tags, and says how they are.
  let isNested = false;
  server.before = async (request) => {
    if (isNested || !request.startsWith("POST")) return undefined;
    isNested = true;
    await write([[APP, undefined]]);
    await write([[APP, entry("k-9", "latest")]]);
    return undefined;
  };
  await write([[BASE, entry("k-2")]]);
  server.before = () => undefined;
  assert.ok((await open().findTags?.(BASE, ["k-2"]))?.[0]);
  assert.ok((await open().findTags?.(APP, ["k-9", "latest"]))?.[0]);
  assert.equal(await open().findTags?.(APP, ["k-1", "latest"]), [undefined, undefined]);
});

test("keeps a snapshot beside it, and gives none that is damaged or another document", async () => {
  assert.is(await open().state?.readSnapshot(), undefined);
  await open().state?.writeSnapshot(Buffer.from("the snapshot"), signal);
  await write([[APP, entry("k-1")]]);
  assert.equal(await open().state?.readSnapshot(), Buffer.from("the snapshot"));
  const state = server.manifests.get(LATEST);
  if (state) server.manifests.set("team/slipway-state snapshot", state);
  assert.match(String(await open().state?.readSnapshot()), /slipway state/, "what it is, is for the reader to see");
  for (const digest of server.blobs.keys()) server.blobs.set(digest, Buffer.from("damaged"));
  assert.is(await open().state?.readSnapshot(), undefined);
});

test("what a repair deletes is not believed afterwards", async () => {
  await write([
    [APP, entry("k-1")],
    [BASE, entry("k-2")],
  ]);
  const checker = openChecker(`docker://${server.host}/team`, { tlsVerify: false, cwd: "/", env: {} }, async () => []);
  const damage = {
    image: APP,
    tags: ["k-1"],
    part: "layer",
    blob: digest("3"),
    kind: "missing",
    found: "is missing",
  } as const;
  await checker.repair([{ ...damage, manifest: digest("2") }], signal);
  assert.equal(await open().findTags?.(APP, ["k-1"]), [undefined]);
  assert.ok((await open().findTags?.(BASE, ["k-2"]))?.[0]);
});

test("a refused change is an error that names the registry", async () => {
  server.before = (request) => (request.startsWith("POST") ? 403 : undefined);
  const error = await write([[APP, entry("k-1")]])?.catch((thrown: unknown) => thrown);
  assert.instance(error, RegistryError);
  assert.match((error as RegistryError).message, /403 for team\/slipway-state/);
});

test.run();
