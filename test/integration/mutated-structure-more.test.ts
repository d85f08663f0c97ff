import { structureMutants } from "../support/mutated-structure.js";
import { assert, suite } from "../support/suite.js";
import { tryMutants } from "../support/try-mutants.js";

const test = suite("mutated definitions: their structure, other seeds");

// A quarter of all seeds, so that each file finishes in time even on a busy machine.
const RUNS = 2500;

test("each mutant is accepted and rendered faithfully, or rejected at a place in its files", async () => {
  const outcomes = await tryMutants(structureMutants, RUNS, 4);
  assert.ok(outcomes.accepted > RUNS / 6 && outcomes.refused > RUNS / 4, JSON.stringify(outcomes));
});

test.run();
