import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDurations, saveDurations } from "../../src/run/durations.js";
import { result } from "../support/plans.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/durations");
let state: string;

test.before.each(async () => {
  state = await mkdtemp(join(tmpdir(), "slipway-durations-"));
});
test.after.each(() => rm(state, { recursive: true }));

const kept = async () => Object.fromEntries(await readDurations(state));

test("the last time that each image was built; images that are gone are forgotten", async () => {
  assert.equal(await kept(), {});
  await saveDurations(state, [result("a", { seconds: 3 }), result("b", { seconds: 4 })], () => true);
  assert.equal(await kept(), { a: 3, b: 4 });
  const later = [result("a", { seconds: 5 }), result("c", { outcome: "failed", seconds: 1 })];
  await saveDurations(state, later, (image) => image !== "b");
  assert.equal(await kept(), { a: 5 });
});

for (const [what, text] of [
  ["a half", '{"a": 3'],
  ["a list", "[1, 2]"],
  ["null", "null"],
  ["other values", '{"a": "3", "b": -1, "c": null, "d": 1e999}'],
] as const) {
  test(`a broken file tells nothing: ${what}`, async () => {
    await mkdir(join(state, "cache"));
    await writeFile(join(state, "cache", "durations.json"), text);
    assert.equal(
      Object.values(await kept()).filter((value) => typeof value !== "number" || value <= 0),
      [],
    );
    await saveDurations(state, [result("a", { seconds: 2 })], (image) => image === "a");
    assert.equal(await kept(), { a: 2 });
  });
}

test.run();
