import { checkEditedPlans, type Edit, edit, KINDS, LOCK_KINDS } from "../support/edited-plans.js";
import { assert, suite } from "../support/suite.js";

const test = suite("plan between commits, read in part, with a lockfile");

/** A lockfile that is added, changes, is deleted, becomes stale, and has an entry too many. */
const EXAMPLES: [Edit[], Edit[]][] = [
  [edit("lock"), edit("bump", 6)],
  [edit("lock"), [...edit("add", 3), ...edit("open", 1)]],
  [edit("lock"), edit("remove", 8)],
  [edit("bump", 3), edit("unlock")],
  [edit("lock"), edit("list")],
];

test("gives the same plan as reading everything, whatever happens to the lockfile", async () => {
  const kinds = [...KINDS, ...LOCK_KINDS, ...LOCK_KINDS];
  const narrow = await checkEditedPlans({ kinds, examples: EXAMPLES, runs: 7 });
  assert.ok(narrow > 3, `the snapshot was good for ${narrow} plans only`);
});

test.run();
