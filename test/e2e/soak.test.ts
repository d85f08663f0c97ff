import { KINDS, soak } from "../support/soak/soak.js";
import { assert, suite } from "../support/suite.js";

/* A short cut of `npm run soak` (docs/reliability.md), with a fixed seed. */
const test = suite("soak");

for (const kind of KINDS)
  test(`${kind}: the same end or a clear error, no hang, nothing left behind`, async () => {
    const problems: string[] = [];
    const tallies = await soak({
      seed: 14,
      kinds: [kind],
      goesOn: (tallies) => (tallies.get(kind)?.rounds ?? 0) < 2,
      problem: (_kind, seed, text) => problems.push(`seed ${seed}: ${text}`),
    });
    assert.equal(problems, []);
    assert.is(tallies.get(kind)?.rounds, 2);
  });

test.run();
