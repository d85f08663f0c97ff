import type { BuildResult } from "../../../src/model/plan.js";
import { assert, suite } from "../suite.js";
import { Workspace } from "../workspace.js";
import { checkRow } from "./check-row.js";
import { differences, HostileCatalogue, type RowsFor, selected } from "./hostile-catalogue.js";

type Results = ReadonlyMap<string, BuildResult>;

/**
 * Declares the tests of a group of rows: how each row ends, and that innocent images, what builds share, and the machine are as they
 * would be without them. The innocent images are built before, in the same run, and in a later run.
 */
export function hostileSuite(name: string, rowsFor: RowsFor): ReturnType<typeof suite> {
  const test = suite(`hostile images: ${name}`);
  let workspace: Workspace;
  let hostile: HostileCatalogue;
  let before: Results;
  let during: Results;
  let after: Results;
  let changes: string[];

  test.before(async () => {
    workspace = await Workspace.create();
    hostile = await HostileCatalogue.create(workspace);
    await hostile.addInnocent();
    before = await hostile.build();
    const shared = hostile.state();
    await hostile.add(rowsFor);
    during = await hostile.build();
    after = await hostile.build("innocent", "idle");
    changes = differences(shared, hostile.state());
  });
  test.after(async () => {
    await hostile?.host.stop();
    await workspace.remove();
  });

  for (const row of selected(rowsFor))
    test(row.name, () => checkRow(row, during, before.get("idle")?.imageId ?? undefined));

  for (const image of ["innocent", "idle"])
    test(`the image ${image} is the same before, at the same time and in a later run`, () => {
      const own = [before, during, after].map((results) => results.get(image));
      for (const result of own) assert.is(result?.outcome, "built", JSON.stringify(result?.error));
      assert.is(new Set(own.map((result) => result?.imageId)).size, 1);
    });

  test("what builds share is as it was", () => assert.equal(changes, []));

  test("nothing of the machine was reached", async () => assert.equal(await hostile.host.harm(), []));

  return test;
}
