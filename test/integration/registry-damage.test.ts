import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest, ImageName } from "../../src/model/names.js";
import type { LocalImage, SizedRegistry } from "../../src/model/registry.js";
import { openRegistry } from "../../src/registry/open.js";
import { readCache, writeCache } from "../../src/system/cache-file.js";
import { flipByte } from "../support/flip-byte.js";
import { assert, suite } from "../support/suite.js";
import { run, TestBuildah } from "./registry-images.js";

const NAME = "base" as ImageName;
const CHILD = "child" as ImageName;
const TYPE = "application/vnd.example.report+json";
const signal = new AbortController().signal;

const test = suite("registry: damage in an OCI layout");
let buildah: TestBuildah;
let image: LocalImage;
let child: LocalImage;

test.before(async () => {
  buildah = await TestBuildah.create();
  image = await buildah.image("hello\n");
  child = await buildah.image("child\n", image);
});
test.after(async () => buildah.remove());

interface Opened {
  readonly registry: SizedRegistry;
  readonly notes: string[];
}

/** As a new process would see it: what is known of blobs comes from the file alone. */
function open(layout: string): Opened {
  const notes: string[] = [];
  const registry = openRegistry(`oci:${layout}`, {
    tlsVerify: true,
    cwd: "/",
    buildah: buildah.run,
    env: process.env,
    checked: `${layout}-checked`,
    note: (text) => notes.push(text),
  });
  return { registry, notes };
}

const blob = (layout: string, digest: string) => join(layout, "blobs/sha256", digest.slice("sha256:".length));
const newLayout = async () => join(await buildah.scratch(), "registry");
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Every blob of the layout has its digest, and Skopeo can read every tag. */
async function assertWhole(layout: string): Promise<void> {
  for (const name of await readdir(join(layout, "blobs/sha256"))) {
    assert.is(hash(await readFile(join(layout, "blobs/sha256", name))), name);
  }
  const { manifests } = JSON.parse(await readFile(join(layout, "index.json"), "utf8"));
  for (const { annotations } of manifests) {
    const ref = annotations["org.opencontainers.image.ref.name"];
    if (ref.includes(":sha256-")) continue;
    await run("skopeo", ["copy", "--quiet", `oci:${layout}:${ref}`, `dir:${await buildah.scratch()}`]);
  }
}

async function published() {
  const layout = await newLayout();
  const { manifestDigest } = await open(layout).registry.publish(image, NAME, "k-1", signal);
  await open(layout).registry.point(NAME, "k-1", ["1.0", "latest"], signal);
  const { layers } = JSON.parse(await readFile(blob(layout, manifestDigest), "utf8"));
  return { layout, manifest: manifestDigest, layer: layers[0].digest as Digest };
}

for (const [part, kind] of [
  ["manifest", "flip"],
  ["manifest", "cut"],
  ["configuration", "flip"],
  ["configuration", "cut"],
  ["layer", "flip"],
  ["layer", "cut"],
] as const) {
  test(`${part}, ${kind}: it is named, the image counts as missing, and publishing it heals all of its tags`, async () => {
    const { layout, manifest, layer } = await published();
    const digest = part === "manifest" ? manifest : part === "configuration" ? image.imageId : layer;
    if (kind === "flip") await flipByte(blob(layout, digest));
    else await truncate(blob(layout, digest), 10);
    const { registry, notes } = open(layout);
    assert.is(await registry.isWhole(NAME, "k-1"), false);
    assert.is(await registry.find(NAME, "k-1"), undefined);
    assert.is(await open(layout).registry.find(NAME, "latest"), undefined, "for the next process, too");
    const how = kind === "flip" ? "has other bytes" : "has 10 bytes instead of \\d+";
    assert.match(notes.join(""), new RegExp(`base:k-1 in ${layout} counts as missing: its ${part} ${digest} ${how}`));
    await registry.publish(image, NAME, "k-1", signal);
    for (const tag of ["k-1", "1.0", "latest"]) {
      assert.is((await open(layout).registry.find(NAME, tag))?.imageId, image.imageId);
      assert.is(await open(layout).registry.isWhole(NAME, tag), true);
    }
    await assertWhole(layout);
  });
}

test("a child is never published on a damaged layer of its parent", async () => {
  const { layout, layer } = await published();
  await flipByte(blob(layout, layer));
  await open(layout).registry.publish(child, CHILD, "1.0", signal);
  await assertWhole(layout);
});

const FORMAT = "checked blobs 1";

test("publishing a child leaves its parent's layers as known", async () => {
  const { layout, layer } = await published();
  await open(layout).registry.publish(child, CHILD, "1.0", signal);
  const { ino, size, mtimeNs, ctimeNs } = await stat(blob(layout, layer), { bigint: true });
  const [file = ""] = await readdir(`${layout}-checked`);
  const known = await readCache<Record<Digest, string>>(join(`${layout}-checked`, file), FORMAT);
  assert.is(known?.[layer], `whole ${ino} ${size} ${mtimeNs} ${ctimeNs}`);
});

test("a blob is read again only when somebody has written to it", async () => {
  const { layout, layer } = await published();
  assert.is(await open(layout).registry.isWhole(NAME, "k-1"), true);
  const [file = ""] = await readdir(`${layout}-checked`);
  const known = join(`${layout}-checked`, file);
  const verdicts = (await readCache<Record<Digest, string>>(known, FORMAT)) ?? {};
  assert.match(verdicts[layer] ?? "", /^whole /);
  // What the file says is believed, so the blob was not read.
  await writeCache(known, FORMAT, { ...verdicts, [layer]: verdicts[layer]?.replace("whole", "damaged") });
  assert.is(await open(layout).registry.isWhole(NAME, "k-1"), false);
  for (const wrong of [
    "",
    "{",
    "null",
    "[]",
    '{"x":1}',
    await readFile(known, "utf8").then((text) => text.slice(0, -9)),
  ]) {
    await writeFile(known, wrong);
    assert.is(await open(layout).registry.isWhole(NAME, "k-1"), true, wrong);
  }
});

test("a blob that somebody has written to is read by whoever looks for its image", async () => {
  const { layout, layer } = await published();
  await flipByte(blob(layout, layer));
  assert.is(await open(layout).registry.find(NAME, "latest"), undefined);
});

test("every flipped bit of index.json ends as it was, or in one clear error that changes nothing", async () => {
  const { layout } = await published();
  await open(layout).registry.publish(child, CHILD, "k-2", signal);
  const index = join(layout, "index.json");
  const good = await readFile(index);
  let healed = 0;
  for (let at = 0; at < good.length; at += 13) {
    await writeFile(index, good);
    await flipByte(index, at);
    const damaged = await readFile(index);
    const { registry, notes } = open(layout);
    try {
      const found = await registry.find(NAME, "k-1");
      if (found !== undefined) assert.is(found.imageId, image.imageId);
      for (const [local, name, tag] of [
        [image, NAME, "k-1"],
        [child, CHILD, "k-2"],
      ] as const) {
        if ((await registry.find(name, tag)) === undefined) await registry.publish(local, name, tag, signal);
      }
      await registry.point(NAME, "k-1", ["1.0", "latest"], signal);
      const now = await readFile(index, "utf8");
      // What the flip has named otherwise stays as an entry of its own.
      for (const line of good.toString().trim().split("\n").slice(1, -1)) assert.match(now, line.replace(/,$/, ""));
      if (notes.length > 0) healed += 1;
    } catch (error) {
      assert.match(
        (error as Error).message,
        /index\.json cannot be read: .* slipway verify --registry --repair/,
        String(at),
      );
      assert.ok((await readFile(index)).equals(damaged));
    }
  }
  assert.ok(healed > 8, `${healed} times`);
});

test("a damaged index.json is kept, and its other lines go on to count", async () => {
  const { layout } = await published();
  const index = join(layout, "index.json");
  const lines = (await readFile(index, "utf8")).split("\n");
  const damaged = lines.map((line) => (line.includes("base:1.0") ? line.replace('"size"', '"size') : line)).join("\n");
  await writeFile(index, damaged);
  const { registry, notes } = open(layout);
  assert.is(await registry.find(NAME, "1.0"), undefined);
  assert.is((await registry.find(NAME, "latest"))?.imageId, image.imageId);
  assert.match(notes.join(""), "is damaged: 1 of its lines cannot be read");
  await registry.point(NAME, "k-1", ["1.0"], signal);
  assert.is(await readFile(index, "utf8"), lines.join("\n"));
  assert.is(await readFile(join(layout, ".slipway-damaged-index.json"), "utf8"), damaged);
});

test("a damaged or missing marker is written again", async () => {
  const { layout } = await published();
  const marker = join(layout, "oci-layout");
  const good = await readFile(marker, "utf8");
  for (const damage of [() => flipByte(marker, 0), () => writeFile(marker, ""), () => rm(marker)]) {
    await damage();
    assert.is((await open(layout).registry.find(NAME, "1.0"))?.imageId, image.imageId);
    await open(layout).registry.publish(image, NAME, "k-1", signal);
    assert.is(await readFile(marker, "utf8"), good);
  }
});

test("documents: a damaged one is attached again, and a damaged list is made from what is there", async () => {
  const { layout, manifest } = await published();
  const attach = (text: string) =>
    open(layout).registry.attach(NAME, manifest, { artifactType: TYPE, bytes: Buffer.from(text) }, signal);
  const texts = async () => (await open(layout).registry.attachments(NAME, manifest, TYPE)).map(String).sort();
  await attach("one");
  await attach("two");
  assert.equal(await texts(), ["one", "two"]);
  await flipByte(blob(layout, `sha256:${hash(Buffer.from("one"))}`));
  assert.equal(await texts(), ["two"]);
  await attach("one");
  assert.equal(await texts(), ["one", "two"]);
  const { manifests } = JSON.parse(await readFile(join(layout, "index.json"), "utf8"));
  const list = manifests.find((entry: { mediaType: string }) => entry.mediaType.includes("index"));
  await flipByte(blob(layout, list.digest));
  assert.equal(await texts(), []);
  await attach("two");
  assert.equal(await texts(), ["one", "two"]);
});

test("package files: a damaged one counts as missing, and is stored again", async () => {
  const { layout } = await published();
  const bytes = Buffer.from("the package");
  const path = join(await buildah.scratch(), "file");
  await writeFile(path, bytes);
  const file = { path, sha256: hash(bytes), name: "file.deb" };
  assert.is(await open(layout).registry.storeFile(file, signal), "stored");
  assert.is(await open(layout).registry.storeFile(file, signal), "present");
  await flipByte(blob(layout, `sha256:${file.sha256}`));
  assert.is(await open(layout).registry.hasFile(file.sha256, signal), false);
  assert.is(await open(layout).registry.fetchFile(file.sha256, `${path}-2`, signal), false);
  assert.is(await open(layout).registry.storeFile(file, signal), "stored");
  assert.is(await open(layout).registry.fetchFile(file.sha256, `${path}-2`, signal), true);
  assert.ok((await readFile(`${path}-2`)).equals(bytes));
});

test.run();
