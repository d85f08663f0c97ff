import { matrixOutputs } from "../../../scripts/action/matrix.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("action: matrix");
const plan = (...stages: unknown[]) => JSON.stringify({ stages });
const jobs = (count: number) => ({
  include: Array.from({ length: count }, (_, at) => ({ job: `${at}`, images: `i${at}` })),
});

test("each stage is an output, and an empty stage is an empty text", () => {
  const one = '{"include":[{"job":"0","images":"i0"}]}';
  assert.equal(matrixOutputs(plan(jobs(1))), { first: one, second: "" });
  assert.equal(matrixOutputs(plan(jobs(0), jobs(1))), { first: "", second: one });
  assert.equal(matrixOutputs(plan()), { first: "", second: "" });
});

test("only the known keys of a job, on one line", () => {
  const text = matrixOutputs(plan({ include: [{ job: "1", images: "a\nb", "runs-on": "self-hosted" }] })).first;
  assert.equal(JSON.parse(text), { include: [{ job: "1", images: "a\nb" }] });
  assert.not.match(text, "\n");
});

test("a matrix that Actions would not run is refused", () => {
  assert.is(JSON.parse(matrixOutputs(plan(jobs(256))).first).include.length, 256);
  assert.throws(() => matrixOutputs(plan(jobs(257))), /257 jobs: Actions runs at most 256/);
  assert.throws(() => matrixOutputs(plan(jobs(1), jobs(1), jobs(1))), /printed 3 stages/);
  for (const printed of [
    "",
    "{",
    "null",
    "[]",
    "{}",
    plan({}),
    plan({ include: [{ job: 1, images: "a" }] }),
    plan({ include: [null] }),
  ]) {
    assert.throws(() => matrixOutputs(printed), /did not print stages/, printed);
  }
});

test.run();
