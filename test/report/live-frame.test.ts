import { type LiveFrame, liveFrame, type RunningImage } from "../../src/report/live-frame.js";
import { createPalette, PLAIN } from "../../src/report/palette.js";
import { displayWidth } from "../../src/report/printable.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/live-frame");

const image = (name: string, fields: Partial<RunningImage> = {}): RunningImage => ({
  ...{ name, title: `${name} 1.0`, phase: "building", detail: "", elapsed: 5, estimate: undefined },
  ...fields,
});
const frame = (running: readonly RunningImage[], fields: Partial<LiveFrame> = {}): LiveFrame => ({
  ...{ running, done: 2, total: 9, elapsed: 65, left: 180 },
  ...fields,
});
const SIZE = { columns: 80, rows: 24, widths: [10, 12] };
const drawn = (running: readonly RunningImage[], size = {}) =>
  liveFrame(frame(running), { ...SIZE, ...size }, PLAIN).split("\n");

test("a line an image, in columns, and the total", () => {
  const running = [
    image("python3", { detail: "step 3/7", estimate: 90 }),
    image("base", { phase: "testing", elapsed: 61 }),
  ];
  assert.equal(drawn(running), [
    "  building    python3 1.0   step 3/7  5 s of ~2 min",
    "  testing     base 1.0                1 min 01 s",
    "  2 of 9 done · 1 min 05 s · about 3 min left",
  ]);
});

test("the time that is left is not said where it is unknown or over", () => {
  for (const left of [undefined, 0.5])
    assert.is(liveFrame(frame([], { left }), SIZE, PLAIN), "  2 of 9 done · 1 min 05 s");
});

test("a narrow terminal has what matters, and no line is as wide as the terminal", () => {
  const running = [image("python3", { detail: "step 3/7" }), image("日本語日本語日本語", { phase: "testing" })];
  assert.equal(drawn(running, { columns: 20 }), ["python3 1.0 step 3…", "日本語日本語日本語…", "2/9 1 min 05 s"]);
  for (let columns = 1; columns < 130; columns += 1)
    for (const line of drawn(running, { columns })) assert.ok(displayWidth(line) < Math.max(columns, 1), line);
});

test("more images than rows: the first, how many more there are, and the total, above the row of the cursor", () => {
  const running = Array.from({ length: 30 }, (_, index) => image(`image-${index}`));
  assert.equal(drawn(running, { rows: 5 }), [
    "  building    image-0 1.0     5 s",
    "  building    image-1 1.0     5 s",
    "  … and 28 more running",
    "  2 of 9 done · 1 min 05 s · about 3 min left",
  ]);
  assert.equal(drawn(running, { rows: 2 }), ["  2 of 9 done · 1 min 05 s · about 3 min left"]);
  assert.equal(drawn(running, { rows: 1 }), [""]);
});

test("names have their colour, and styles take no columns", () => {
  const palette = createPalette({ colors: true, links: false });
  const [line = ""] = liveFrame(frame([image("base")]), SIZE, palette).split("\n");
  assert.is(line, "  building    \u001b[36mbase\u001b[39m 1.0        5 s");
});

test.run();
