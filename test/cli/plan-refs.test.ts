import { checkEditedPlans, type Edit, edit, KINDS } from "../support/edited-plans.js";
import { assert, suite } from "../support/suite.js";

const test = suite("plan between commits, read in part");

/** Changes to a module, its file, a package manifest, an image that another one copies from, a matrix. */
const EXAMPLES: [Edit[], Edit[]][] = [
  [edit("env", 4), edit("module-file")],
  [edit("manifest"), edit("module")],
  [edit("matrix"), edit("copy", 7, 4)],
];

test("gives the same plan as reading everything, whatever changed and whatever was read before", async () => {
  const narrow = await checkEditedPlans({ kinds: KINDS, examples: EXAMPLES, runs: 8 });
  assert.ok(narrow > 6, `the snapshot was good for ${narrow} plans only`);
});

test.run();
