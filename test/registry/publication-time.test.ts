import type { ImageName } from "../../src/model/names.js";
import { attachedPublication, attachPublication } from "../../src/registry/publication-time.js";
import { digest } from "../support/definitions.js";
import { FakeRegistry } from "../support/fake-registry.js";
import { assert, suite } from "../support/suite.js";

const test = suite("registry/publication-time");
const name = "app" as ImageName;
const { signal } = new AbortController();

test("the first time counts, and only of this image", async () => {
  const registry = new FakeRegistry();
  assert.is(await attachedPublication(registry, name, digest("a")), undefined);
  for (const day of ["2026-11-29", "2026-11-30"])
    await attachPublication(registry, { name, digest: digest("a"), time: new Date(`${day}T12:00:00Z`) }, signal);
  assert.is(await attachedPublication(registry, name, digest("a")), "2026-11-29T12:00:00.000Z");
  assert.is(await attachedPublication(registry, name, digest("b")), undefined);
  assert.is(registry.journal.length, 1);
});

test("documents of others are skipped", async () => {
  const registry = new FakeRegistry();
  const artifactType = "application/vnd.slipway.publication+json";
  const documents = ["", "[]", "null", '{"published":"2026-01-01"}', `{"digest":"${digest("a")}","published":"soon"}`];
  for (const text of documents) await registry.attach(name, digest("a"), { artifactType, bytes: Buffer.from(text) });
  assert.is(await attachedPublication(registry, name, digest("a")), undefined);
});

test.run();
