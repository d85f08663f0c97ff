import { SIZE_LABELS, sizeLabel } from "../../src/report/size-label.js";
import { gateImage, gateReport } from "../support/gate-reports.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/size-label");

const images = (count: number) => Array.from({ length: count }, (_, index) => gateImage(`i${index}`));

test("the label counts rebuilt images", () => {
  const label = (count: number) =>
    sizeLabel(gateReport({ images: [...images(count), gateImage("t", { action: "retag" })] }));
  assert.equal([0, 1, 2, 10, 11, 100, 101, 5000].map(label), [
    "rebuild: 0",
    "rebuild: 1",
    "rebuild: 2-10",
    "rebuild: 2-10",
    "rebuild: 11-100",
    "rebuild: 11-100",
    "rebuild: >100",
    "rebuild: >100",
  ]);
  for (const { name, color, description } of SIZE_LABELS) {
    assert.match(color, /^[0-9a-f]{6}$/);
    assert.ok(name.length <= 50 && description.length <= 100);
  }
});

test.run();
