import { checkOutcome } from "../support/catalogue-oracle.js";
import { loadMemory } from "../support/memory-tree.js";
import { textMutants } from "../support/mutated-text.js";
import { RICH } from "../support/rich-catalogue.js";
import { assert, suite } from "../support/suite.js";
import { tryMutants } from "../support/try-mutants.js";

const test = suite("mutated definitions: their text");

// A quarter of all seeds, so that each file finishes in time even on a busy machine.
const RUNS = 2500;

test("the unmutated catalogue is valid and rendered faithfully", async () => {
  const loaded = await loadMemory(RICH);
  assert.equal(
    loaded.diagnostics
      .filter(({ severity }) => severity === "error")
      .map(({ file, line, message }) => [file, line, message]),
    [],
  );
  assert.ok(checkOutcome(loaded, RICH));
  assert.is(loaded.desired.images.size, 8);
});

test("each mutant is accepted and rendered faithfully, or rejected at a place in its files", async () => {
  const outcomes = await tryMutants(textMutants, RUNS, 1);
  assert.ok(outcomes.accepted > RUNS / 6 && outcomes.refused > RUNS / 4, JSON.stringify(outcomes));
});

test.run();
