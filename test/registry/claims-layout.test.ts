import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImageName } from "../../src/model/names.js";
import { RegistryError } from "../../src/model/registry.js";
import { LayoutClaims } from "../../src/registry/claims-layout.js";
import { LayoutStore } from "../../src/registry/layout-store.js";
import { assert, suite } from "../support/suite.js";

const test = suite("registry/claims-layout");
const NAME = "a" as ImageName;
const { signal } = new AbortController();
let directory = "";

test.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-claims-"));
});
test.after.each(() => rmSync(directory, { recursive: true }));

test("a claim is read, replaced and removed, and the directory may still become a layout", async () => {
  const store = new LayoutStore(join(directory, "layout"));
  const claims = new LayoutClaims(store);
  assert.is(await claims.readClaim(NAME, "c-1", signal), undefined);
  assert.not(existsSync(store.directory));
  await claims.writeClaim(NAME, "c-1", "x 0", signal);
  await claims.writeClaim(NAME, "c-1", "x 1", signal);
  assert.is(await claims.readClaim(NAME, "c-1", signal), "x 1");
  assert.is(await claims.readClaim(NAME, "c-2", signal), undefined);
  store.check();
  await claims.removeClaim(NAME, "c-1", signal);
  assert.is(await claims.readClaim(NAME, "c-1", signal), undefined);
});

test("what killed builders have left is removed with the next claim that ends, whatever the clocks say", async () => {
  const store = new LayoutStore(directory);
  const claims = new LayoutClaims(store);
  for (const tag of ["c-1", "c-2", "c-3"]) await claims.writeClaim(NAME, tag, "x 0", signal);
  const file = (tag: string) => join(directory, ".slipway-claims", `a:${tag}`);
  const now = Date.now() / 1000 + 86_400;
  utimesSync(file("c-1"), now, now);
  utimesSync(file("c-2"), now - 3000, now - 3000);
  utimesSync(file("c-3"), now - 4000, now - 4000);
  await claims.removeClaim(NAME, "c-1", signal);
  assert.equal(readdirSync(join(directory, ".slipway-claims")), ["a:c-2"]);
});

test("nothing is written into a directory of something else", async () => {
  writeFileSync(join(directory, "letter.txt"), "Dear");
  try {
    await new LayoutClaims(new LayoutStore(directory)).writeClaim(NAME, "c-1", "x 0", signal);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, RegistryError);
  }
  assert.equal(readdirSync(directory), ["letter.txt"]);
});

test.run();
