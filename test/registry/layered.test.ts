import type { StateChanges } from "../../src/model/catalogue-state.js";
import type { ImageName } from "../../src/model/names.js";
import { RegistryError } from "../../src/model/registry.js";
import { LayeredRegistry } from "../../src/registry/layered.js";
import { digest, imageName } from "../support/definitions.js";
import { FakeRegistry } from "../support/fake-registry.js";
import { assert, suite } from "../support/suite.js";

const test = suite("a registry on top of another");
const NAME = imageName("base");
const signal = new AbortController().signal;

class Unreadable extends FakeRegistry {
  calls = 0;
  override async find(): Promise<undefined> {
    this.calls += 1;
    throw new RegistryError("no credentials");
  }
}

function layers(below: FakeRegistry = new FakeRegistry()) {
  const own = new FakeRegistry();
  const unreadable: string[] = [];
  const registry = new LayeredRegistry(own, below, ({ message }) => unreadable.push(message));
  return { own, below, registry, unreadable };
}

test("what stands below is found, what stands above comes first", async () => {
  const { own, below, registry } = layers();
  below.put("base", ["1.0"], digest("b"));
  assert.is((await registry.find(NAME, "1.0"))?.imageId, digest("b"));
  assert.equal(registry.reference(NAME, "1.0"), below.reference(NAME, "1.0"));
  own.put("base", ["1.0"], digest("a"));
  assert.is((await registry.find(NAME, "1.0"))?.imageId, digest("a"));
  assert.is(await registry.find(NAME, "2.0"), undefined);
});

test("what is below is asked about at once, as it may answer from its state, unless the upper one has a part of it", async () => {
  class Stateful extends FakeRegistry {
    questions: string[] = [];
    async findTags(name: ImageName, tags: readonly string[]) {
      this.questions.push(tags.join(" "));
      return tags.map((tag) => this.tags.get(`${name}:${tag}`));
    }
  }
  const stateful = new Stateful();
  const { own, registry } = layers(stateful);
  stateful.put("base", ["k-1", "1.0"], digest("b"));
  const found = await registry.findTags(NAME, ["k-1", "1.0", "latest"]);
  assert.equal(
    found.map((record) => record?.imageId),
    [digest("b"), digest("b"), undefined],
  );
  assert.equal(registry.reference(NAME, "1.0"), stateful.reference(NAME, "1.0"));
  own.put("base", ["1.0"], digest("a"));
  const mixed = await registry.findTags(NAME, ["k-1", "1.0"]);
  assert.equal(
    mixed.map((record) => record?.imageId),
    [digest("b"), digest("a")],
  );
  assert.equal(stateful.questions, ["k-1 1.0 latest"]);
});

test("the state of the upper one only forgets, because what is found may be from below", async () => {
  const written: StateChanges[] = [];
  class Stateful extends FakeRegistry {
    state = {
      ...{ says: async () => false, readSnapshot: async () => Buffer.from("a snapshot") },
      change: async (changes: StateChanges) => void written.push(changes),
      writeSnapshot: async () => assert.unreachable("it publishes nothing"),
    };
  }
  const registry = new LayeredRegistry(new Stateful(), new FakeRegistry(), () => {});
  const entry = { imageId: digest("1"), manifestDigest: digest("2"), tags: [] };
  await registry.state?.change(new Map([[NAME, entry]]), signal);
  assert.equal(written, [new Map([[NAME, undefined]])]);
  await registry.state?.writeSnapshot(Buffer.from("another"), signal);
  assert.equal(await registry.state?.readSnapshot(), Buffer.from("a snapshot"));
  assert.is(layers().registry.state, undefined);
});

test("an image that is damaged below and was built again is the new one", async () => {
  class Damaged extends FakeRegistry {
    override isWhole = async () => false;
  }
  const { below, registry } = layers(new Damaged());
  below.put("base", ["k-1"], digest("b"));
  await registry.find(NAME, "k-1");
  assert.is(await registry.isWhole(NAME, "k-1"), false);
  await registry.publish({ imageId: digest("b") }, NAME, "k-1", signal);
  assert.is(await registry.isWhole(NAME, "k-1"), true);
});

test("nothing is ever written below", async () => {
  const { own, below, registry } = layers();
  below.put("base", ["k-1"], digest("b"));
  await registry.publish({ imageId: digest("a") }, NAME, "k-2", signal);
  await registry.point(NAME, "k-2", ["1.0"], signal);
  await registry.find(NAME, "k-1");
  await registry.point(NAME, "k-1", ["t-1", "0.9"], signal);
  assert.equal(below.journal, []);
  assert.equal(own.journal, ["publish base k-2", "point base 1.0"]);
  assert.equal([...below.tags.keys()], ["base:k-1"]);
});

test("a tag set for an image from below leads to that image", async () => {
  const { below, registry } = layers();
  below.put("base", ["k-1"], digest("b"));
  await registry.find(NAME, "k-1");
  await registry.point(NAME, "k-1", ["1.0"], signal);
  assert.is((await registry.find(NAME, "1.0"))?.imageId, digest("b"));
  assert.equal(registry.reference(NAME, "1.0"), below.reference(NAME, "k-1"));
});

test("one that cannot be read is as good as empty, and is asked and complained of once", async () => {
  const below = new Unreadable();
  const { own, registry, unreadable } = layers(below);
  assert.is(await registry.find(NAME, "1.0"), undefined);
  assert.is(await registry.find(NAME, "2.0"), undefined);
  own.put("base", ["1.0"], digest("a"));
  assert.is((await registry.find(NAME, "1.0"))?.imageId, digest("a"));
  assert.equal(unreadable, ["no credentials"]);
  assert.is(below.calls, 1);
});

test("documents and files: both layers are read, one's own is written, and not for images from below", async () => {
  const { own, below, registry } = layers();
  below.put("base", ["1.0"], digest("b"));
  own.put("base", ["2.0"], digest("a"));
  const document = (text: string) => ({ artifactType: "t", bytes: Buffer.from(text) });
  await below.attach(NAME, digest("b"), document("below"));
  for (const tag of ["1.0", "2.0"]) await registry.find(NAME, tag);
  for (const id of ["a", "b"] as const) await registry.attach(NAME, digest(id), document("new"), signal);
  assert.equal([...own.attached.keys()], [`base@${digest("a")}`]);
  assert.equal((await registry.attachments(NAME, digest("b"), "t")).map(String), ["below"]);
  await own.attach(NAME, digest("b"), document("own"));
  assert.equal((await registry.attachments(NAME, digest("b"), "t")).map(String), ["own", "below"]);

  below.files.set("1", Buffer.from("x"));
  assert.is(await registry.hasFile("1", signal), true);
  assert.is(await registry.fetchFile("1", "/dev/null", signal), true);
  assert.is(await registry.fetchFile("2", "/dev/null", signal), false);
  await registry.storeFile({ path: "/dev/null", sha256: "2", name: "two" }, signal);
  assert.equal([...below.files.keys()], ["1"]);
  assert.equal([...own.files.keys()], ["2"]);
});

test("a failure of the own registry stays one", async () => {
  const registry = new LayeredRegistry(new Unreadable(), new FakeRegistry(), () => {});
  let failed: unknown;
  await registry.find(NAME, "1.0").catch((error) => {
    failed = error;
  });
  assert.instance(failed, RegistryError);
});

test.run();
