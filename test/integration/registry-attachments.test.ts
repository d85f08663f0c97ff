import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Digest, ImageName } from "../../src/model/names.js";
import { type LocalImage, RegistryError, type SizedRegistry } from "../../src/model/registry.js";
import { openRegistry } from "../../src/registry/open.js";
import { PASSWORD, type RegistryAuth, startDockerRegistry, USER } from "../support/docker-registry.js";
import { checkLayout, layoutLeftovers } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";
import { run, TestBuildah } from "./registry-images.js";

const ATTACHER = fileURLToPath(new URL("registry-attacher.js", import.meta.url));
const NAME = "base" as ImageName;
const TYPE = "application/vnd.cyclonedx+json";
const signal = new AbortController().signal;

const test = suite("registry: documents about images, and files");
let buildah: TestBuildah;
let image: LocalImage;

test.before(async () => {
  buildah = await TestBuildah.create();
  image = await buildah.image("hello\n");
});
test.after(async () => buildah.remove());

/** A place for images, and how other tools name a tag there. */
interface Place {
  readonly registry: SizedRegistry;
  readonly skopeo: (ref: string) => readonly string[];
}

const layoutAt = (directory: string): SizedRegistry =>
  openRegistry(`oci:${directory}`, { tlsVerify: true, cwd: "/", buildah: buildah.run, env: process.env });

async function inLayout(action: (place: Place) => Promise<void>): Promise<void> {
  const directory = join(await buildah.scratch(), "registry");
  await action({ registry: layoutAt(directory), skopeo: (ref) => [`oci:${directory}:${ref}`] });
  checkLayout(directory);
}

async function onServer(action: (place: Place) => Promise<void>, auth: RegistryAuth = { type: "none" }): Promise<void> {
  const server = await startDockerRegistry(auth);
  try {
    const file = join(await buildah.scratch(), "auth.json");
    const login = { auth: Buffer.from(`${USER}:${PASSWORD}`).toString("base64") };
    await writeFile(file, JSON.stringify({ auths: auth.type === "none" ? {} : { [server.host]: login } }));
    const env = { ...process.env, REGISTRY_AUTH_FILE: file };
    buildah.env = env;
    const options = { tlsVerify: false, cwd: "/", buildah: buildah.run, env, sleep: async () => {} };
    const skopeo = (ref: string) => ["--tls-verify=false", `docker://${server.host}/team/${ref}`];
    await action({ registry: openRegistry(`docker://${server.host}/team`, options), skopeo });
  } finally {
    buildah.env = process.env;
    await server.stop();
  }
}

const document = (text: string, artifactType = TYPE) => ({ artifactType, bytes: Buffer.from(text) });
const texts = async (found: Promise<readonly Buffer[]>) => (await found).map(String).sort();
const tagOf = (digest: Digest) => `base:${digest.replace(":", "-")}`;
const raises = async (action: Promise<unknown>, message: RegExp) => {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, RegistryError, String(error));
  assert.match((error as RegistryError).message, message);
};

async function keepsDocuments({ registry, skopeo }: Place): Promise<void> {
  const { manifestDigest } = await registry.publish(image, NAME, "1.0", signal);
  assert.equal(await registry.attachments(NAME, manifestDigest, TYPE), []);
  await registry.attach(NAME, manifestDigest, document("one"), signal);
  await registry.attach(NAME, manifestDigest, document("else", "application/else"), signal);
  assert.equal(await texts(registry.attachments(NAME, manifestDigest, TYPE)), ["one"]);
  assert.equal(await texts(registry.attachments(NAME, manifestDigest, "application/else")), ["else"]);

  const list = () => run("skopeo", ["inspect", "--raw", ...skopeo(tagOf(manifestDigest))], buildah.env);
  const before = await list();
  assert.is(JSON.parse(before).manifests.length, 2);
  await registry.attach(NAME, manifestDigest, document("one"), signal);
  assert.is(await list(), before, "what is attached twice is there once");

  // The image is unchanged, and the list is not an image.
  assert.is((await registry.find(NAME, "1.0"))?.manifestDigest, manifestDigest);
  assert.is(await registry.find(NAME, manifestDigest.replace(":", "-")), undefined);
  const other = `sha256:${"0".repeat(64)}` as Digest;
  assert.equal(await registry.attachments(NAME, other, TYPE), []);
  assert.equal(await registry.attachments("other" as ImageName, manifestDigest, TYPE), []);
  await raises(registry.attach(NAME, other, document("one"), signal), /no image .*base/);
}

async function keepsAllAtOnce({ registry }: Place): Promise<void> {
  const { manifestDigest } = await registry.publish(image, NAME, "1.0", signal);
  const names = ["a", "b", "c", "d", "e", "f"];
  await Promise.all(names.map((text) => registry.attach(NAME, manifestDigest, document(text), signal)));
  assert.equal(await texts(registry.attachments(NAME, manifestDigest, TYPE)), names);
}

async function keepsFiles({ registry }: Place): Promise<void> {
  const directory = await buildah.scratch();
  const bytes = randomBytes(9_000_000);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const file = { path: join(directory, "from"), sha256, name: "libpq5_15.18_amd64.deb" };
  await writeFile(file.path, bytes);
  const to = join(directory, "to");
  assert.is(await registry.hasFile(sha256, signal), false);
  assert.is(await registry.fetchFile(sha256, to, signal), false);
  assert.equal(await readdir(directory), ["from"]);
  assert.is(await registry.storeFile(file, signal), "stored");
  assert.is(await registry.hasFile(sha256, signal), true);
  assert.is(await registry.storeFile(file, signal), "present");
  assert.is(await registry.fetchFile(sha256, to, signal), true);
  assert.ok((await readFile(to)).equals(bytes));
  assert.equal((await readdir(directory)).sort(), ["from", "to"], "nothing is left beside it");
  assert.is(await registry.find("slipway-packages" as ImageName, `sha256-${sha256}`), undefined, "it is no image");
  await raises(registry.fetchFile(sha256, join(directory, "none/to"), signal), /none/);

  const wrong = { ...file, sha256: "f".repeat(64) };
  await raises(registry.storeFile(wrong, signal), /sha256|DIGEST_INVALID/);
  assert.is(await registry.hasFile(wrong.sha256, signal), false);

  const small = await Promise.all(
    ["x", "y", "z", "u", "v", "w"].map(async (text) => {
      const path = join(directory, text);
      await writeFile(path, text);
      return { path, sha256: createHash("sha256").update(text).digest("hex"), name: text };
    }),
  );
  await Promise.all(small.map((one) => registry.storeFile(one, signal)));
  for (const one of small) assert.is(await registry.hasFile(one.sha256, signal), true, one.name);
}

test("a layout keeps documents about an image", () => inLayout(keepsDocuments));
test("a registry without the referrers API keeps documents about an image", () => onServer(keepsDocuments));
test("a registry that asks for a password keeps documents and files", () =>
  onServer(
    async (place) => {
      await keepsDocuments(place);
      await keepsFiles(place);
    },
    { type: "basic" },
  ));
test("a layout: documents that are attached at the same time are all kept", () => inLayout(keepsAllAtOnce));
test("a registry: documents that are attached at the same time are all kept", () => onServer(keepsAllAtOnce));
test("a layout keeps files by their hash", () => inLayout(keepsFiles));
test("a registry keeps files by their hash", () => onServer(keepsFiles));

test("a layout: two objects that attach at the same time keep both documents; same documents give same bytes", async () => {
  const layouts = [join(await buildah.scratch(), "a"), join(await buildah.scratch(), "b")] as const;
  for (const directory of layouts) {
    const [one, two] = [layoutAt(directory), layoutAt(directory)];
    const { manifestDigest } = await one.publish(image, NAME, "1.0", signal);
    await Promise.all([
      one.attach(NAME, manifestDigest, document("same"), signal),
      two.attach(NAME, manifestDigest, document("same"), signal),
    ]);
    assert.equal(await texts(layoutAt(directory).attachments(NAME, manifestDigest, TYPE)), ["same"]);
  }
  await run("diff", ["-r", ...layouts]);
});

test("a layout: a document or file with a missing part counts as absent, and is repaired", async () => {
  const directory = join(await buildah.scratch(), "registry");
  const registry = layoutAt(directory);
  const { manifestDigest } = await registry.publish(image, NAME, "1.0", signal);
  await registry.attach(NAME, manifestDigest, document("a document"), signal);
  const blob = (text: string) => join(directory, "blobs/sha256", createHash("sha256").update(text).digest("hex"));
  await writeFile(blob("a document"), "a part");
  assert.equal(await registry.attachments(NAME, manifestDigest, TYPE), []);
  await registry.attach(NAME, manifestDigest, document("a document"), signal);
  assert.equal(await texts(registry.attachments(NAME, manifestDigest, TYPE)), ["a document"]);

  const path = join(await buildah.scratch(), "file");
  await writeFile(path, "a package");
  const file = { path, sha256: createHash("sha256").update("a package").digest("hex"), name: "a.deb" };
  await registry.storeFile(file, signal);
  await writeFile(blob("a package"), "a p");
  assert.is(await registry.hasFile(file.sha256, signal), false);
  assert.is(await registry.storeFile(file, signal), "stored");
  assert.is((await stat(blob("a package"))).size, 9);
});

test("kill -9 while documents and files are stored leaves a valid layout, and the next run completes it", async () => {
  const directory = join(await buildah.scratch(), "registry");
  const { manifestDigest } = await layoutAt(directory).publish(image, NAME, "1.0", signal);
  // Those that are killed leave their temporary files.
  const env = { ...process.env, TMPDIR: await buildah.scratch() };
  let killed = 0;
  const said: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    const args = [ATTACHER, directory, NAME, manifestDigest, ...[0, 1, 2, 3].map((part) => `r${round}-${part}`)];
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once("exit", (_, cause) => resolve(cause)));
    let done = "";
    child.stdout.on("data", (chunk) => {
      done += chunk;
    });
    await Promise.race([sleep(60 + round * 12), ended]);
    child.kill("SIGKILL");
    if ((await ended) === "SIGKILL") killed += 1;
    checkLayout(directory);
    said.push(...done.split("\n").filter(Boolean));
    const found = await texts(layoutAt(directory).attachments(NAME, manifestDigest, TYPE));
    assert.equal(
      said.filter((text) => !found.includes(text)),
      [],
      "what was said to be there is there",
    );
  }
  assert.ok(killed > 4, `only ${killed} of 20 were killed`);
  await until("nothing is left of those that were killed", async () => {
    await layoutAt(directory).attach(NAME, manifestDigest, document(`last ${randomBytes(4).toString("hex")}`), signal);
    return layoutLeftovers(directory).length === 0;
  });
  checkLayout(directory);
});

test("a directory that is not a layout is left alone", async () => {
  const directory = await buildah.scratch();
  await mkdir(join(directory, "mine"));
  const path = join(directory, "mine/file");
  await writeFile(path, "x");
  const sha256 = createHash("sha256").update("x").digest("hex");
  await raises(layoutAt(directory).storeFile({ path, sha256, name: "x" }, signal), /is not an OCI image layout/);
  assert.equal(await readdir(directory), ["mine"]);
});

test.run();
