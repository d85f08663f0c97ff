import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Digest } from "../../src/model/names.js";
import type { BuildSystem } from "../../src/run/build-system.js";
import { StepFailure } from "../../src/run/runner.js";
import { isStored, readStored } from "../../src/run/stored-image.js";
import { digest } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/stored-image");
let system: BuildSystem;
const CONFIG = '{"config":{}}';
const ID = createHash("sha256").update(CONFIG).digest("hex");
const imageId = `sha256:${ID}` as Digest;

test.before.each(() => {
  const root = mkdtempSync(join(tmpdir(), "slipway-stored-"));
  system = { buildahVersion: "1.28", isolation: "chroot", storage: { root, runroot: "", driver: "overlay" } };
  mkdirSync(join(root, "overlay-images", ID), { recursive: true });
  writeFileSync(join(root, "overlay-images/images.json"), JSON.stringify([{ id: ID, layer: "l" }]));
  write(`=${Buffer.from(imageId).toString("base64")}`, CONFIG);
  write("manifest", '{"layers":[]}');
});
test.after.each(() => rmSync(system.storage.root, { recursive: true }));

const write = (name: string, text: string) =>
  writeFileSync(join(system.storage.root, "overlay-images", ID, name), text);

const told = (read: Promise<unknown>) =>
  read.catch((error: unknown) => (error instanceof StepFailure ? `${error.code}: ${error.message}` : error));

test("documents of an image", async () => {
  assert.equal(await readStored(system, imageId, "config"), { config: {} });
  assert.equal(await readStored(system, imageId, "manifest"), { layers: [] });
  assert.is(await isStored(system, imageId), true);
  assert.is(await isStored(system, digest("a")), false);
});

test("a configuration that is not the one that was stored, or no image, is a failure of the build", async () => {
  write(`=${Buffer.from(imageId).toString("base64")}`, '{"config":{"User":"root"}}');
  const failure = `BUILD_FAILED: cannot read ${imageId} in local storage: `;
  assert.is(
    await told(readStored(system, imageId, "config")),
    `${failure}its configuration has changed since it was stored`,
  );
  assert.match(String(await told(readStored(system, digest("a"), "manifest"))), /^BUILD_FAILED: cannot read .* ENOENT/);
});

test("a storage whose list cannot be read has no image", async () => {
  writeFileSync(join(system.storage.root, "overlay-images/images.json"), "[");
  assert.is(await isStored(system, imageId), false);
});

test.run();
