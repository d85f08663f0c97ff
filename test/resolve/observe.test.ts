import type { ImageName } from "../../src/model/names.js";
import type { Observation } from "../../src/model/observation.js";
import { RegistryError, type RegistryReader } from "../../src/model/registry.js";
import { keyTag } from "../../src/model/tags.js";
import { keyOf, observeAll } from "../../src/resolve/observe.js";
import { planAgainstRegistry } from "../../src/resolve/plan.js";
import { tagsOf } from "../../src/resolve/tags.js";
import { withLocked } from "../../src/resolve/with-locked.js";
import { digest, image, imageName } from "../support/definitions.js";
import { desired, desiredImage } from "../support/desired.js";
import { FakeRegistry } from "../support/fake-registry.js";
import { locked } from "../support/lock.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/observe");

const FAMILY = desired([image("base"), image("child", { parent: "base" }), image("other")]);
const base = desiredImage(FAMILY, "base");
const BASE_KEY = keyOf(base, FAMILY, []);
const BASE_TAGS = tagsOf("1.0", BASE_KEY, base.testsDigest, base.tags);
const all = [BASE_TAGS.key, BASE_TAGS.tested, ...BASE_TAGS.pointers];

async function observed(registry: RegistryReader, name: string) {
  const found = (await observeAll(registry, FAMILY)).get(imageName(name));
  if (found === undefined) throw new Error(`${name} was not observed`);
  return found;
}

test("an empty registry: the base has a key, its child has none yet", async () => {
  const registry = new FakeRegistry();
  assert.equal(await observed(registry, "base"), {
    key: BASE_KEY,
    tested: false,
    tags: BASE_TAGS,
    stale: [],
    published: false,
  });
  assert.equal(await observed(registry, "child"), {
    key: null,
    tested: false,
    tags: { key: "", tested: "", pointers: [] },
    stale: [],
    published: false,
  });
});

test("a child's key takes its parent's image ID, not its manifest digest", async () => {
  const child = desiredImage(FAMILY, "child");
  for (const manifest of [digest("1"), digest("2")]) {
    const registry = new FakeRegistry();
    registry.put("base", all, digest("a"), manifest);
    assert.is((await observed(registry, "child")).key, keyOf(child, FAMILY, [digest("a")]));
  }
});

test("everything in place", async () => {
  const registry = new FakeRegistry();
  registry.put("base", all);
  const { tested, stale, published, record } = await observed(registry, "base");
  assert.equal({ tested, stale, published }, { tested: true, stale: [], published: true });
  assert.equal(record, { imageId: digest("a"), manifestDigest: digest("a") });
});

test("pointers that are missing, or name another image, are stale", async () => {
  const registry = new FakeRegistry();
  registry.put("base", [BASE_TAGS.key, BASE_TAGS.tested]);
  registry.put("base", ["latest"], digest("b"));
  assert.equal((await observed(registry, "base")).stale, BASE_TAGS.pointers);
});

test("a tested tag that names another image does not count", async () => {
  const registry = new FakeRegistry();
  registry.put("base", all);
  registry.put("base", [BASE_TAGS.tested], digest("b"));
  assert.is((await observed(registry, "base")).tested, false);
});

test("a version that is published under another key, above and below an image that is not built", async () => {
  const registry = new FakeRegistry();
  registry.put("base", ["1.0"], digest("b"));
  registry.put("child", ["1.0"], digest("b"));
  assert.is((await observed(registry, "base")).published, true);
  assert.is((await observed(registry, "child")).published, true);
  assert.is((await observed(registry, "child")).key, null);
});

test("a failing registry fails once, after every question was answered", async () => {
  let open = 0;
  const failing: RegistryReader = {
    find: async (name: ImageName) => {
      open += 1;
      for (let tick = 0; tick < (name === "base" ? 1 : 20); tick += 1) await Promise.resolve();
      open -= 1;
      if (name === "base") throw new RegistryError("down");
      return undefined;
    },
  };
  try {
    await observeAll(failing, FAMILY);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, RegistryError);
    assert.is(open, 0);
  }
});

test("that an image was published without its lock is known by the key that it had", async () => {
  const open = desired([image("base")]);
  const lockedBase = withLocked(desiredImage(open, "base"), { packages: [locked("curl", "1")] });
  const family = { ...open, images: new Map([[imageName("base"), lockedBase]]) };
  const ask = async (registry: FakeRegistry) => (await observeAll(registry, family)).get(imageName("base"));
  const tag = keyTag(keyOf(desiredImage(open, "base"), open, []));
  const registry = new FakeRegistry();
  registry.put("base", [tag, "1.0"]);
  const found = await ask(registry);
  assert.is(found?.wasOpen, true);
  assert.is(found?.record, undefined);
  const plan = planAgainstRegistry(family, new Map([[imageName("base"), found as Observation]]));
  assert.match(plan.steps[0]?.reasons[0]?.detail ?? "", "locked now");
  assert.is(plan.steps[0]?.reasons[0]?.code, "LOCK");
  // Another image has been published since: locked as well, but in other versions.
  registry.put("base", ["1.0"], digest("b"));
  assert.is((await ask(registry))?.wasOpen, undefined);
  assert.is((await ask(new FakeRegistry()))?.wasOpen, undefined);
});

test.run();
