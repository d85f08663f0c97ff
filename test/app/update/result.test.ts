import { settledResult } from "../../../src/app/update/result.js";
import type { GroupUpdates, Update } from "../../../src/model/update.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("update result");

const group = (fields: Partial<GroupUpdates>): GroupUpdates => ({
  group: "python",
  updates: [],
  problems: [],
  ...fields,
});
const UPDATE = { file: "catalog/runtime/python.yaml" } as Update;

test("a group with updates is not settled", () => {
  assert.is(settledResult(group({ updates: [UPDATE] })), undefined);
});

test("a group without updates is settled", () => {
  assert.equal(settledResult(group({})), { group: "python", updates: [], pull: null, detail: "", action: "none" });
});

test("a problem settles a group as a whole: none of its updates is made", () => {
  const result = settledResult(group({ updates: [UPDATE], problems: ["pip: no answer", "npm: no answer"] }));
  assert.is(result?.action, "failed");
  assert.is(result?.detail, "pip: no answer; npm: no answer");
  assert.equal(result?.updates, []);
});

test.run();
