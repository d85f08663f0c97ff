import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Digest, ImageName } from "../../src/model/names.js";
import { type LocalImage, type Registry, RegistryError } from "../../src/model/registry.js";
import { openRegistry } from "../../src/registry/open.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";
import { run, TestBuildah } from "./registry-images.js";

const PUBLISHER = fileURLToPath(new URL("registry-publisher.js", import.meta.url));
const NAME = "base" as ImageName;
const signal = new AbortController().signal;

const test = suite("registry: OCI layout with Buildah");
let buildah: TestBuildah;
let image: LocalImage;

test.before(async () => {
  buildah = await TestBuildah.create();
  image = await buildah.image("hello\n");
});
test.after(async () => buildah.remove());

const open = (layout: string): Registry =>
  openRegistry(`oci:${layout}`, { tlsVerify: true, cwd: "/", buildah: buildah.run, env: process.env });
const newLayout = async () => join(await buildah.scratch(), "registry");
const blobsOf = (layout: string) => readdir(join(layout, "blobs/sha256"));
const tagsOf = async (layout: string): Promise<string[]> =>
  JSON.parse(await readFile(join(layout, "index.json"), "utf8")).manifests.map(
    (entry: { annotations: Record<string, string> }) => entry.annotations["org.opencontainers.image.ref.name"],
  );
const raises = async (action: Promise<unknown>, message: RegExp) => {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, RegistryError);
  assert.match((error as RegistryError).message, message);
};

test("published images can be found, inspected and copied", async () => {
  const layout = await newLayout();
  const registry = open(layout);
  assert.is(await registry.find(NAME, "1.0"), undefined);
  const published = await registry.publish(image, NAME, "1.0", signal);
  assert.is(published.imageId, image.imageId);
  assert.equal(await registry.find(NAME, "1.0"), {
    imageId: image.imageId,
    manifestDigest: published.manifestDigest,
  });
  assert.equal(await open(layout).find(NAME, "1.0"), await registry.find(NAME, "1.0"));

  const seen = JSON.parse(await run("skopeo", ["inspect", `oci:${layout}:base:1.0`]));
  assert.is(seen.Digest, published.manifestDigest);
  await run("skopeo", ["copy", "--quiet", `oci:${layout}:base:1.0`, `dir:${await buildah.scratch()}`]);
  assert.equal((await readdir(layout)).sort(), [".slipway-lock", "blobs", "index.json", "oci-layout"]);
});

test("Buildah pulls by the reference, whatever the directory's name, and many at once", async () => {
  const layout = join(await newLayout(), "Some Where", ".slipway/registry");
  const registry = open(layout);
  const images = new Map([["1", image]]);
  for (const tag of ["2", "3", "4"]) images.set(tag, await buildah.image(`${tag}\n`));
  for (const [tag, { imageId }] of images) await registry.publish({ imageId }, NAME, tag, signal);
  const other = await TestBuildah.create();
  try {
    await Promise.all(
      [...images].map(async ([tag, { imageId }]) => {
        const { reference, options } = registry.reference(NAME, tag);
        const pulled = await other.run(["pull", "--quiet", ...options, reference]);
        assert.is(`sha256:${pulled.trim()}`, imageId);
      }),
    );
  } finally {
    await other.remove();
  }
  assert.equal(registry.reference(NAME, "1"), registry.reference(NAME, "1"));
  assert.is(registry.reference(NAME, "none").reference, `oci:${layout}:base:none`);
});

test("layers are stored uncompressed, under the digests in the image's configuration", async () => {
  const layout = await newLayout();
  const published = await open(layout).publish(image, NAME, "1.0", signal);
  const blob = (digest: string) => readFile(join(layout, "blobs/sha256", digest.slice(7)));
  const manifest = JSON.parse((await blob(published.manifestDigest)).toString());
  const config = JSON.parse((await blob(published.imageId)).toString());
  assert.equal(
    manifest.layers.map((layer: { digest: string }) => layer.digest),
    config.rootfs.diff_ids,
  );
  assert.is(manifest.layers[0].mediaType, "application/vnd.oci.image.layer.v1.tar");
  assert.is(manifest.layers[0].size, published.bytes);
  assert.is(manifest.annotations, undefined);
});

test("a child's publish copies no layer of its parent", async () => {
  const layout = await newLayout();
  const registry = open(layout);
  const parent = await buildah.image(randomBytes(20_000_000));
  const child = await buildah.image("child\n", parent);
  const { bytes } = await registry.publish(parent, NAME, "1.0", signal);
  const before = new Set(await blobsOf(layout));
  const inodes = await Promise.all(
    [...before].map(async (name) => (await stat(join(layout, "blobs/sha256", name))).ino),
  );
  const written: number[] = [];
  // Looks at the staging directory right after the push: the parent's layer there must be the layout's own file.
  const spy = openRegistry(`oci:${layout}`, {
    tlsVerify: true,
    cwd: "/",
    env: process.env,
    buildah: async (args, stop) => {
      const answer = await buildah.run(args, stop);
      if (args[0] === "push") {
        const staging = (args.at(-1) ?? "").split(":")[1] ?? "";
        for (const name of await readdir(join(staging, "blobs/sha256"))) {
          const { ino, size } = await stat(join(staging, "blobs/sha256", name));
          if (!inodes.includes(ino)) written.push(size);
        }
      }
      return answer;
    },
  });
  const published = await spy.publish(child, "child" as ImageName, "1.0", signal);
  assert.ok(published.bytes > bytes);
  assert.ok(written.reduce((sum, size) => sum + size, 0) < 10_000, `wrote ${written.join(" + ")} bytes`);
  const added = (await blobsOf(layout)).filter((name) => !before.has(name));
  assert.is(added.length, 3); // one layer, config, manifest
  assert.is((await registry.find("child" as ImageName, "1.0"))?.imageId, child.imageId);
});

test("the same images give the same bytes in every layout, in whatever order they are published", async () => {
  const layouts = [await newLayout(), await newLayout()] as const;
  const child = await buildah.image("order\n", image);
  for (const tag of ["1", "2"]) await open(layouts[0]).publish(image, NAME, tag, signal);
  await open(layouts[0]).publish(child, "child" as ImageName, "1", signal);
  await open(layouts[1]).publish(child, "child" as ImageName, "1", signal);
  for (const tag of ["2", "1"]) await open(layouts[1]).publish(image, NAME, tag, signal);
  await run("diff", ["-r", ...layouts]);
});

test("publishing again changes nothing", async () => {
  const layout = await newLayout();
  const registry = open(layout);
  const first = await registry.publish(image, NAME, "1.0", signal);
  const before = await stat(join(layout, "index.json"), { bigint: true });
  assert.equal(await registry.publish(image, NAME, "1.0", signal), first);
  assert.is((await stat(join(layout, "index.json"), { bigint: true })).mtimeNs, before.mtimeNs);
});

test("point sets all tags in one write, and writes nothing if they are right", async () => {
  const layout = await newLayout();
  const registry = open(layout);
  const other = await buildah.image("other\n");
  await registry.publish(other, NAME, "1.0", signal);
  await registry.publish(image, NAME, "k-1", signal);
  await registry.point(NAME, "k-1", ["1.0", "latest", "latest"], signal);
  assert.is((await registry.find(NAME, "1.0"))?.imageId, image.imageId);
  assert.equal(await tagsOf(layout), ["base:1.0", "base:k-1", "base:latest"]);
  const before = await stat(join(layout, "index.json"), { bigint: true });
  await registry.point(NAME, "k-1", ["latest", "1.0"], signal);
  const after = await stat(join(layout, "index.json"), { bigint: true });
  assert.equal([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
  await raises(registry.point(NAME, "k-2", ["latest"], signal), /no complete image base:k-2/);
});

test("an image with a missing or truncated part counts as absent, and publishing repairs it", async () => {
  const layout = await newLayout();
  const registry = open(layout);
  const { manifestDigest } = await registry.publish(image, NAME, "1.0", signal);
  const blob = (digest: string) => join(layout, "blobs/sha256", digest.slice(7));
  const { layers } = JSON.parse(await readFile(blob(manifestDigest), "utf8"));
  for (const digest of [manifestDigest, image.imageId, layers[0].digest as Digest]) {
    await rm(blob(digest));
    assert.is(await registry.find(NAME, "1.0"), undefined);
    assert.is(await open(layout).find(NAME, "1.0"), undefined);
    await registry.publish(image, NAME, "1.0", signal);
    assert.is((await registry.find(NAME, "1.0"))?.imageId, image.imageId);
    await writeFile(blob(digest), "part");
    assert.is(await registry.find(NAME, "1.0"), undefined);
    assert.is(await open(layout).find(NAME, "1.0"), undefined);
    await registry.publish(image, NAME, "2.0", signal);
    assert.is((await registry.find(NAME, "1.0"))?.imageId, image.imageId);
  }
  await run("skopeo", ["copy", "--quiet", `oci:${layout}:base:1.0`, `dir:${await buildah.scratch()}`]);
});

test("eight publishes at once from two processes keep every tag", async () => {
  const layout = await newLayout();
  const publish = (tags: string[]) =>
    run(process.execPath, [PUBLISHER, buildah.directory, layout, image.imageId, "base", ...tags]);
  await Promise.all([publish(["a", "b", "c", "d"]), publish(["e", "f", "g", "h"])]);
  assert.equal(
    await tagsOf(layout),
    ["a", "b", "c", "d", "e", "f", "g", "h"].map((tag) => `base:${tag}`),
  );
  for (const tag of "abcdefgh") assert.is((await open(layout).find(NAME, tag))?.imageId, image.imageId);
  assert.equal((await readdir(layout)).sort(), [".slipway-lock", "blobs", "index.json", "oci-layout"]);
});

test("kill -9 during publishes leaves a valid layout, and the next publish completes it", async () => {
  const layout = await newLayout();
  const big = await buildah.image(randomBytes(20_000_000));
  let killed = 0;
  for (let round = 0; round < 25; round += 1) {
    const args = [PUBLISHER, buildah.directory, layout, big.imageId, "base", `t${round}`, `u${round}`];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once("exit", (_, cause) => resolve(cause)));
    let done = "";
    child.stdout.on("data", (chunk) => {
      done += chunk;
    });
    await Promise.race([sleep(80 + Math.random() * 500), ended]);
    child.kill("SIGKILL");
    if ((await ended) === "SIGKILL") killed += 1;
    const registry = open(layout);
    for (const tag of done.split("\n").filter(Boolean)) {
      assert.is((await registry.find(NAME, tag))?.imageId, big.imageId, `${tag} was reported done`);
    }
    // Starts again with a new layout halfway, so that its creation is interrupted, too.
    if (round === 12) await removeTree(layout);
  }
  assert.ok(killed > 5, `only ${killed} of 25 were killed`);
  // The mutex of the process killed last is released with its helper, and its Buildah stops writing, each a moment later.
  await until("a publish leaves nothing of those that were killed", async () => {
    await open(layout).publish(big, NAME, "last", signal);
    return !(await readdir(layout)).some((name) => name.startsWith(".slipway-staging-"));
  });
  for (const ref of await tagsOf(layout)) {
    assert.is((await open(layout).find(NAME, ref.split(":")[1] ?? ""))?.imageId, big.imageId);
    await run("skopeo", ["inspect", `oci:${layout}:${ref}`]);
  }
  await run("skopeo", ["copy", "--quiet", `oci:${layout}:base:last`, `dir:${await buildah.scratch()}`]);
  assert.equal((await readdir(layout)).sort(), [".slipway-lock", "blobs", "index.json", "oci-layout"]);
});

test("a directory that is not a layout is neither read as one nor changed", async () => {
  const directory = await buildah.scratch();
  await writeFile(join(directory, "notes.txt"), "mine");
  await raises(open(directory).publish(image, NAME, "1.0", signal), /is not an OCI image layout .* not empty/);
  await raises(open(directory).find(NAME, "1.0"), /is not an OCI image layout/);
  assert.equal(await readdir(directory), ["notes.txt"]);

  const layout = await newLayout();
  await open(layout).publish(image, NAME, "1.0", signal);
  for (const garbage of ["", "{", "[]", '{"schemaVersion":2,"manifests":[{"digest":"sha256:../../x","size":1}]}']) {
    await writeFile(join(layout, "index.json"), garbage);
    await raises(open(layout).find(NAME, "1.0"), /index.json cannot be read/);
    await raises(open(layout).publish(image, NAME, "1.0", signal), /index.json cannot be read/);
    assert.is(await readFile(join(layout, "index.json"), "utf8"), garbage);
  }
  await writeFile(join(layout, "oci-layout"), '{"imageLayoutVersion":"2.0"}');
  await raises(open(layout).find(NAME, "1.0"), /imageLayoutVersion/);
});

test("entries of other tools stay", async () => {
  const layout = await newLayout();
  await open(layout).publish(image, NAME, "1.0", signal);
  await run("skopeo", ["copy", "--quiet", `oci:${layout}:base:1.0`, `oci:${layout}:elsewhere`]);
  await open(layout).publish(image, NAME, "2.0", signal);
  assert.equal(await tagsOf(layout), ["base:1.0", "base:2.0", "elsewhere"]);
});

test("an aborted publish leaves no trace", async () => {
  const layout = await newLayout();
  const stop = new AbortController();
  const registry = openRegistry(`oci:${layout}`, {
    tlsVerify: true,
    cwd: "/",
    env: process.env,
    buildah: async (args, inner) => {
      if (args[0] === "push") stop.abort(new Error("enough"));
      return buildah.run(args, inner);
    },
  });
  const error = await registry.publish(image, NAME, "1.0", stop.signal).catch((thrown: unknown) => thrown);
  assert.instance(error, Error);
  assert.equal(await readdir(layout), [".slipway-lock"]);
  assert.is(await registry.find(NAME, "1.0"), undefined);
});

test("a layout that is copied elsewhere works there", async () => {
  const layout = await newLayout();
  await open(layout).publish(image, NAME, "1.0", signal);
  const copy = await newLayout();
  await mkdir(copy);
  await cp(layout, copy, { recursive: true });
  assert.is((await open(copy).find(NAME, "1.0"))?.imageId, image.imageId);
});

test.run();
