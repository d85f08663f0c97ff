import { attachedSbom, attachSbom, sbomInput } from "../../../src/app/contents/attachment.js";
import type { DesiredImage } from "../../../src/model/desired.js";
import type { LockedPackage } from "../../../src/model/lock.js";
import type { ImageName } from "../../../src/model/names.js";
import { contentsOf, owned, RICH } from "../../report/sbom/contents.js";
import { digest, image } from "../../support/definitions.js";
import { desired, desiredImage } from "../../support/desired.js";
import { FakeRegistry } from "../../support/fake-registry.js";
import { locked } from "../../support/lock.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("documents that are attached to images");
const signal = new AbortController().signal;
const APP = "app" as ImageName;
const HEAD = desired([image("base"), image("app", { parent: "base" })]);
const withLock = (name: string, packages?: readonly LockedPackage[]): DesiredImage => {
  const found = desiredImage(HEAD, name);
  return { ...found, recipe: { ...found.recipe, ...(packages && { locked: { packages } }) } };
};
const images = new Map([
  ["base" as ImageName, withLock("base", [locked("libc6", "2.36", { sha256: "c".repeat(64) })])],
  [
    APP,
    withLock("app", [locked("libpq5", "1:15", { sha256: "d".repeat(64) }), locked("gcc", "12", { stage: "build" })]),
  ],
]);
const app = images.get(APP) as DesiredImage;
const subject = (contents = RICH, of = digest("a")) => ({ image: app, images, contents, digest: of });

test("what is attached is found again, once, by the digest of its image", async () => {
  const registry = new FakeRegistry();
  await attachSbom(registry, subject(), signal);
  await attachSbom(registry, subject(), signal);
  assert.equal(registry.journal, ["attach app application/vnd.cyclonedx+json"]);
  assert.equal((await attachedSbom(registry, APP, digest("a")))?.contents, RICH);
  assert.is(await attachedSbom(registry, APP, digest("b")), undefined);
  assert.is(await attachedSbom(registry, "base" as ImageName, digest("a")), undefined);
});

test("documents of others, and about others, are passed over", async () => {
  const registry = new FakeRegistry();
  const artifactType = "application/vnd.cyclonedx+json";
  await registry.attach(APP, digest("a"), { artifactType, bytes: Buffer.from('{"bomFormat":"CycloneDX"}') });
  assert.is(await attachedSbom(registry, APP, digest("a")), undefined);
  await attachSbom(registry, subject(RICH, digest("b")), signal);
  const [{ bytes } = { bytes: Buffer.alloc(0) }] = registry.attached.get(`app@${digest("b")}`) ?? [];
  await registry.attach(APP, digest("a"), { artifactType, bytes });
  assert.is(await attachedSbom(registry, APP, digest("a")), undefined, "it is about another manifest");
  await attachSbom(registry, subject(contentsOf([], { image: "base" as ImageName })), signal);
  assert.is(await attachedSbom(registry, APP, digest("a")), undefined, "it is about another image");
  await attachSbom(registry, subject(), signal);
  assert.equal((await attachedSbom(registry, APP, digest("a")))?.contents, RICH);
});

test("of several the same one is shown, in whatever order they come", async () => {
  const small = contentsOf([owned({ name: "a" })]);
  const shown = new Set<string | undefined>();
  for (const all of [
    [RICH, small],
    [small, RICH],
  ]) {
    const registry = new FakeRegistry();
    for (const contents of all) await attachSbom(registry, subject(contents), signal);
    shown.add((await attachedSbom(registry, APP, digest("a")))?.text);
  }
  assert.is(shown.size, 1);
});

test("licences are written as SPDX has them, and read back in the package's own words", async () => {
  const registry = new FakeRegistry();
  const contents = contentsOf([owned({ name: "a", license: "GPL-2+" })]);
  await attachSbom(registry, subject(contents), signal);
  const read = await attachedSbom(registry, APP, digest("a"));
  assert.equal(JSON.parse(read?.text ?? "").components[1].licenses, [{ license: { id: "GPL-2.0-or-later" } }]);
  assert.equal(read?.contents, contents);
});

test("hashes come from the lock of the image and of what it starts from, not from build stages", async () => {
  const { sha256Of, platform } = await sbomInput(subject());
  const of = (name: string, version: string) => sha256Of?.(owned({ name, version, arch: "amd64" }));
  assert.is(platform, "linux/amd64");
  assert.is(of("libpq5", "1:15"), "d".repeat(64));
  assert.is(of("libc6", "2.36"), "c".repeat(64));
  assert.is(of("libc6", "2.37"), undefined);
  assert.is(of("gcc", "12"), undefined);
  assert.is(sha256Of?.(owned({ name: "libc6", version: "2.36" })), undefined);
});

test.run();
