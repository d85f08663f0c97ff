import { KINDS, soak } from "../support/soak/soak.js";
import { assert, suite } from "../support/suite.js";

/* A short cut of `npm run soak` (docs/reliability.md): one round of each kind, with a fixed seed. */
const test = suite("soak");

test("faults of every kind: the same end or a clear error, no hang, nothing left behind", async () => {
  const problems: string[] = [];
  const tallies = await soak({
    seed: 14,
    kinds: KINDS,
    goesOn: (tallies) => [...tallies.values()].some(({ rounds }) => rounds === 0),
    problem: (kind, seed, text) => problems.push(`${kind}, seed ${seed}: ${text}`),
  });
  assert.equal(problems, []);
  assert.equal(
    [...tallies.values()].map(({ rounds }) => rounds),
    KINDS.map(() => 1),
  );
});

test.run();
