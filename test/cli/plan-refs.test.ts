import { checkEditedPlans, type Edit, edit, KINDS } from "../support/edited-plans.js";
import { assert, suite } from "../support/suite.js";

const test = suite("plan between commits, read in part");

/**
 * Changes to a module, its file, a package manifest, an image that another one copies from, a matrix; to what images inherit without a change of their
 * own; to what is approved, and to where a definition stands; and the end of an image that another one names.
 */
const EXAMPLES: [Edit[], Edit[]][] = [
  [edit("env", 4), edit("module-file")],
  [edit("manifest"), edit("module")],
  [edit("matrix"), edit("copy", 7, 4)],
  [edit("extendable", 1), edit("user", 0)],
  [edit("withdraw", 0, 1), edit("move", 2, 5)],
  [edit("deprecate", 8, 7), edit("remove", 7)],
];

test("gives the same plan as reading everything, whatever changed and whatever was read before", async () => {
  const narrow = await checkEditedPlans({ kinds: KINDS, examples: EXAMPLES, runs: 9 });
  assert.ok(narrow > 6, `the snapshot was good for ${narrow} plans only`);
});

test.run();
