import type { Platform } from "../../src/model/names.js";
import { findEach, keyOf, observe } from "../../src/resolve/observe.js";
import { DryRunner, DryRunRegistry } from "../../src/run/dry-run.js";
import { digest, image, imageName } from "../support/definitions.js";
import { desired } from "../support/desired.js";
import { fakeBuild, outcomes } from "../support/fake-build.js";
import { FakeRegistry } from "../support/fake-registry.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/dry-run");

const A = imageName("a");
const NEVER = new AbortController().signal;

/** A dry run of everything over a registry. */
async function dry(registry: FakeRegistry, head = FAMILY) {
  const dryRegistry = new DryRunRegistry(registry);
  return fakeBuild(head, registry).run(
    {},
    {
      runner: new DryRunner(),
      registry: dryRegistry,
      observe: (one, parents) => observe(findEach(dryRegistry), one, keyOf(one, head, parents)),
    },
  );
}

const FAMILY = desired([image("a"), image("b", { parent: "a" }), image("c")]);

test("an empty registry: all would be built, and nothing is written", async () => {
  const registry = new FakeRegistry();
  assert.equal(outcomes(await dry(registry)), ["a built", "c built", "b built"]);
  assert.equal([registry.tags.size, registry.journal], [0, []]);
});

test("everything there: nothing would be done", async () => {
  const registry = new FakeRegistry();
  await fakeBuild(FAMILY, registry).run();
  const tags = new Map(registry.tags);
  registry.journal.length = 0;
  assert.equal(outcomes(await dry(registry)), ["a unchanged", "c unchanged", "b unchanged"]);
  const changed = desired([
    image("a", { env: { A: "1" } }),
    image("b", { parent: "a" }),
    image("c", { version: "2.0" }),
  ]);
  assert.equal(
    outcomes(await dry(registry, changed)),
    ["a built", "c retagged", "b built"],
    "the most that can follow",
  );
  assert.equal([...registry.tags], [...tags]);
  assert.equal(registry.journal, []);
});

test("what was written is found again, over what the registry holds", async () => {
  const real = new FakeRegistry();
  real.put("a", ["latest", "other"], digest("1"));
  const registry = new DryRunRegistry(real);
  await registry.publish({ imageId: digest("2") }, A, "k");
  await registry.point(A, "k", ["latest"]);
  assert.is((await registry.find(A, "latest"))?.imageId, digest("2"));
  assert.is((await registry.find(A, "other"))?.imageId, digest("1"));
  assert.is(await registry.find(imageName("b"), "k"), undefined);
  await registry.point(A, "nowhere", ["other"]);
  assert.is((await registry.find(A, "other"))?.imageId, digest("1"));
  assert.is(real.tags.get("a:latest")?.imageId, digest("1"));
});

test("documents and files of a dry run: found again, and nowhere else", async () => {
  const real = new FakeRegistry();
  const document = (text: string) => ({ artifactType: "t", bytes: Buffer.from(text) });
  await real.attach(A, digest("1"), document("real"));
  real.files.set("1", Buffer.from("x"));
  const registry = new DryRunRegistry(real);
  await registry.attach(A, digest("1"), document("dry"));
  assert.equal((await registry.attachments(A, digest("1"), "t")).map(String), ["dry", "real"]);
  assert.equal(await registry.attachments(A, digest("1"), "other"), []);
  assert.is(await registry.storeFile({ path: "", sha256: "1", name: "" }, NEVER), "present");
  assert.is(await registry.storeFile({ path: "", sha256: "2", name: "" }, NEVER), "stored");
  assert.is(await registry.fetchFile("1", "/dev/null", NEVER), true);
  assert.equal(real.journal, ["attach a t"]);
  assert.is(real.files.size, 1);
});

test("each image that would be built has an ID of its own", async () => {
  const runner = new DryRunner();
  const [recipe] = [...FAMILY.images.values()].map((one) => one.recipe);
  if (recipe === undefined) throw new Error("no image");
  const job = { name: A, log: "", signal: NEVER, recipe, platform: "linux/amd64" as Platform, images: new Map() };
  const ids = await Promise.all([runner.build(job), runner.build(job)]);
  assert.is.not(ids[0]?.imageId, ids[1]?.imageId);
  assert.match(ids[0]?.imageId ?? "", /^sha256:[0-9a-f]{64}$/);
});

test.run();
