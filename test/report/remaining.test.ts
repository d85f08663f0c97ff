import { remainingSeconds } from "../../src/report/remaining.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/remaining");

const work = (name: string, seconds: number, ...after: readonly string[]) => ({ name, seconds, after });

test("images that need nothing of each other share the places", () => {
  const four = ["a", "b", "c", "d"].map((name) => work(name, 10));
  assert.equal(
    [1, 2, 3, 99].map((jobs) => remainingSeconds(four, jobs)),
    [40, 20, 20, 10],
  );
});

test("a chain takes the sum, whatever the number of jobs; who was done before is not waited for", () => {
  const chain = [work("a", 1, "done"), work("b", 2, "a"), work("c", 3, "b"), work("side", 4, "a")];
  assert.is(remainingSeconds(chain, 8), 6);
  assert.is(remainingSeconds(chain, 1), 10);
});

test("nothing left", () => assert.is(remainingSeconds([], 4), 0));

test.run();
