import type { BuildResult } from "../../src/model/plan.js";
import { checkRow, HostileCatalogue, INNOCENT, selected } from "../support/hostile/hostile-catalogue.js";
import { packageRows } from "../support/hostile/package-rows.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("hostile images: packages");
const rows = selected(packageRows);
let workspace: Workspace;
let hostile: HostileCatalogue;
/** Image IDs of innocent images, and what builds share, before any hostile one. */
let before: string;
let after: string;
let shared: readonly string[];
let results: ReadonlyMap<string, BuildResult>;

test.before(async () => {
  workspace = await Workspace.create();
  hostile = await HostileCatalogue.create(workspace);
  before = await hostile.innocent("innocent-before");
  shared = hostile.shared();
  await hostile.add(packageRows);
  await hostile.write("innocent-during", INNOCENT);
  results = await hostile.build();
  after = await hostile.innocent("innocent-after");
});
test.after(async () => {
  await hostile?.host.stop();
  await workspace.remove();
});

for (const row of rows) test(row.name, () => checkRow(row, results.get(row.name)));

test("an innocent image is the same before, at the same time and after", () => {
  assert.match(before, /^sha256:/);
  assert.is(results.get("innocent-during")?.imageId, before, JSON.stringify(results.get("innocent-during")?.error));
  assert.is(after, before);
});

test("what builds share is as it was", () => assert.equal(hostile.shared(), shared));

test("nothing of the machine was reached", async () => assert.equal(await hostile.host.harm(), []));

test.run();
