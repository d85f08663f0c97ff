import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesToVendor, vendorFiles } from "../../../src/app/lock/vendor.js";
import type { Lock, LockedPackage } from "../../../src/model/lock.js";
import type { ImageName } from "../../../src/model/names.js";
import { vendoredText } from "../../../src/report/vendored-text.js";
import { openPackageStore } from "../../../src/run/package-store.js";
import { FakeRegistry } from "../../support/fake-registry.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("vendoring");
const signal = new AbortController().signal;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
let directory: string;

test.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-vendor-"));
});
test.after.each(() => rmSync(directory, { recursive: true }));

/** A package whose file holds its name. */
const locked = (name: string): LockedPackage => ({
  manager: "apt",
  name,
  version: "1.0",
  file: `${name}_1.0_all.deb`,
  size: name.length,
  sha256: sha256(name),
  why: [],
});

function lockOf(images: Record<string, readonly string[]>): Lock {
  return {
    find: (image) => images[image] && { madeFrom: "0".repeat(64), packages: images[image].map(locked) },
    names: Object.keys(images) as ImageName[],
    wanted: [],
    bases: new Map(),
    problem: () => undefined,
    text: () => undefined,
    at: () => ({ file: "slipway.lock", line: 1, column: 1 }),
    atBase: () => ({ file: "slipway.lock", line: 1, column: 1 }),
  };
}

async function setUp(held: readonly string[]) {
  const packages = openPackageStore(join(directory, "packages"));
  for (const name of held) {
    writeFileSync(join(directory, name), name);
    await packages.add(join(directory, name));
  }
  const temporary = mkdtempSync(join(directory, "tmp-"));
  return { registry: new FakeRegistry(), packages, temporary, signal };
}

const names = (files: readonly { readonly name: string }[]) => files.map(({ name }) => name);
const LOCK = lockOf({ app: ["b", "c"], base: ["a", "b"], open: [] });

test("each file is stored once, whatever images it is for; again, all are there", async () => {
  const deps = await setUp(["a", "b", "c"]);
  const files = filesToVendor(LOCK, []);
  assert.equal(
    files.map(({ name, images }) => `${name}: ${images.join(" ")}`),
    ["a: base", "b: app base", "c: app"],
  );
  const { stored, present, missing } = await vendorFiles(deps, files);
  assert.equal([names(stored), names(present), names(missing)], [["a", "b", "c"], [], []]);
  assert.is(deps.registry.files.get(sha256("b"))?.toString(), "b");
  assert.equal(deps.registry.journal.sort(), ["store a_1.0_all.deb", "store b_1.0_all.deb", "store c_1.0_all.deb"]);
  const again = await vendorFiles(deps, files);
  assert.equal([names(again.stored), names(again.present)], [[], ["a", "b", "c"]]);
  assert.equal(readdirSync(deps.temporary), [], "nothing is left on the way");
});

test("only of the images that are named", async () => {
  assert.equal(names(filesToVendor(LOCK, ["base" as ImageName])), ["a", "b"]);
});

test("what nobody has is said; the registry's own need not be on this machine; damaged files are not sent", async () => {
  const deps = await setUp(["a", "b"]);
  writeFileSync(join(directory, "packages", sha256("b")), "other");
  deps.registry.files.set(sha256("c"), Buffer.from("c"));
  const vendored = await vendorFiles(deps, filesToVendor(LOCK, []));
  assert.equal([names(vendored.stored), names(vendored.present), names(vendored.missing)], [["a"], ["c"], ["b"]]);
  assert.is(
    vendoredText({ registry: "oci:there", ...vendored }),
    "1 package stored in oci:there (1 kB), 1 already there\n" +
      "1 package neither there nor on this machine:\n  b  1.0  b_1.0_all.deb  for app, base\n",
  );
});

test("what can be fetched is stored after all", async () => {
  const deps = await setUp(["a"]);
  const asked: string[] = [];
  const fetch = async (files: readonly { readonly name: string }[]) => {
    asked.push(...names(files));
    writeFileSync(join(directory, "b"), "b");
    await deps.packages.add(join(directory, "b"));
  };
  const { stored, missing } = await vendorFiles({ ...deps, fetch }, filesToVendor(LOCK, []));
  assert.equal([asked, names(stored), names(missing)], [["b", "c"], ["a", "b"], ["c"]]);
});

test.run();
