import { Places } from "../../src/run/places.js";
import { Gate } from "../support/fake-build.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/places");

test("the rank is asked when a place becomes free", async () => {
  const places = new Places(1);
  const gate = new Gate();
  const order: string[] = [];
  const ranks = new Map([
    ["b", 1],
    ["c", 2],
    ["d", 2],
  ]);
  const first = places.run(
    () => 0,
    () => gate.passed(),
  );
  const others = [...ranks.keys()].map((name) =>
    places.run(
      () => ranks.get(name) ?? 0,
      async () => void order.push(name),
    ),
  );
  ranks.set("b", 3);
  gate.open();
  await Promise.all([first, ...others]);
  assert.equal(order, ["c", "d", "b"]);
});

test("a failure gives its place to the next", async () => {
  const places = new Places(1);
  const failing = places.run(
    () => 0,
    () => Promise.reject(new Error("no")),
  );
  const next = places.run(
    () => 0,
    async () => "yes",
  );
  assert.is(await failing.catch(({ message }: Error) => message), "no");
  assert.is(await next, "yes");
});

test.run();
