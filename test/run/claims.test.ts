import type { BuildKey, ImageName } from "../../src/model/names.js";
import { type Claim, Claims } from "../../src/run/claims.js";
import { FakeClaimStore, FakeTime } from "../support/fake-claims.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/claims");

const NAME = "a" as ImageName;
const KEY = "1".repeat(64) as BuildKey;
const REF = `a:c-${KEY}`;
const { signal } = new AbortController();

function world() {
  const store = new FakeClaimStore();
  const time = new FakeTime();
  /** `ahead`: seconds by which the builder's clock differs from that of others. */
  const builder = (name: string, ahead = 0, patience = 3600) =>
    new Claims({ store, builder: name, patience, clock: () => time.now + ahead, sleep: time.sleep });
  /** The result of taking, after the time that it needs. */
  const take = async (claims: Claims): Promise<Claim | "taken"> => {
    const taking = claims.take(NAME, KEY, signal);
    await time.pass(1);
    return taking;
  };
  return { store, time, builder, take };
}

/** Whether a promise is settled, without waiting for it. */
function watch(promise: Promise<void>): { done: boolean } {
  const state = { done: false };
  promise.then(() => {
    state.done = true;
  });
  return state;
}

test("who comes second leaves the image alone until the claim ends", async () => {
  const { store, time, builder, take } = world();
  const [a, b] = [builder("a"), builder("b")];
  const claim = await take(a);
  assert.ok(claim !== "taken");
  assert.is(await take(b), "taken");
  assert.equal([a.hasMetOthers, b.hasMetOthers], [false, true]);
  const waiting = watch(b.ended(NAME, KEY, signal));
  await time.pass(600);
  assert.not(waiting.done, "it is renewed");
  await claim.release();
  await time.pass(5);
  assert.ok(waiting.done);
  assert.equal([...store.texts], []);
});

test("of builders that claim at the same moment one has the image", async () => {
  const { time, builder } = world();
  const taking = ["a", "b", "c"].map((name) => builder(name).take(NAME, KEY, signal));
  await time.pass(1);
  const taken = (await Promise.all(taking)).filter((claim) => claim === "taken");
  assert.is(taken.length, 2);
});

test("a claim that nobody renews is void after twenty seconds of whoever looks", async () => {
  for (const ahead of [0, 3600, -3600]) {
    const { store, time, builder, take } = world();
    store.texts.set(REF, "killed 3");
    const b = builder("b", ahead);
    assert.is(await take(b), "taken");
    const waiting = watch(b.ended(NAME, KEY, signal));
    await time.pass(15);
    assert.not(waiting.done);
    await time.pass(10);
    assert.ok(waiting.done);
    assert.ok((await take(b)) !== "taken");
    assert.match(store.texts.get(REF) ?? "", /^b /);
  }
});

test("of those that wait for a void claim one takes it over", async () => {
  const { store, time, builder } = world();
  store.texts.set(REF, "killed 3");
  let held = 0;
  for (const name of ["b", "c"]) {
    const claims = builder(name);
    const go = async () => {
      while ((await claims.take(NAME, KEY, signal)) === "taken") await claims.ended(NAME, KEY, signal);
      held += 1;
    };
    void go();
  }
  await time.pass(120);
  assert.is(held, 1);
});

test("a claim of an earlier run on the same state directory is no obstacle", async () => {
  const { store, builder, take } = world();
  store.texts.set(REF, "a 5");
  assert.ok((await take(builder("a"))) !== "taken");
});

test("a process that was stopped does not take a renewed claim for a void one", async () => {
  const { time, builder, take } = world();
  const [a, b] = [builder("a"), builder("b")];
  const claim = await take(a);
  assert.is(await take(b), "taken");
  // b does not look for a minute; by chance the text is the same again.
  await time.pass(8 * 5);
  assert.is(await take(b), "taken");
  assert.ok(claim !== "taken");
});

test("a claim that is renewed for ever is disregarded in the end", async () => {
  const { time, builder, take } = world();
  await take(builder("a"));
  const b = builder("b", 0, 100);
  assert.is(await take(b), "taken");
  const waiting = watch(b.ended(NAME, KEY, signal));
  await time.pass(110);
  assert.ok(waiting.done);
  assert.ok((await take(b)) !== "taken");
});

test("who was taken over leaves the new claim alone", async () => {
  const { store, time, builder, take } = world();
  const claim = await take(builder("a"));
  store.texts.set(REF, "b 0");
  await time.pass(30);
  assert.is(store.texts.get(REF), "b 0");
  if (claim !== "taken") await claim.release();
  assert.is(store.texts.get(REF), "b 0");
});

test("a registry that takes no claims is asked three times, and everything is built", async () => {
  const { store, builder, take } = world();
  store.refusal = "405";
  const a = builder("a");
  for (let turn = 0; turn < 5; turn += 1) {
    const claim = await take(a);
    assert.ok(claim !== "taken");
    await claim.release();
  }
  assert.is(store.writes, 0);
  assert.not(a.hasMetOthers);
});

test("an interruption ends the wait", async () => {
  const { store, time, builder } = world();
  store.texts.set(REF, "other 1");
  const controller = new AbortController();
  const waiting = watch(builder("b").ended(NAME, KEY, controller.signal));
  await time.pass(5);
  assert.not(waiting.done);
  controller.abort(new Error("Ctrl-C"));
  await time.pass(0);
  assert.ok(waiting.done);
});

test.run();
