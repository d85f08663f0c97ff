import { createProgress } from "../../src/report/progress.js";
import { reason, result } from "../support/plans.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/progress");

function progress(columns: number | undefined, total = 3) {
  let text = "";
  let now = 0;
  const write = (more: string) => {
    text += more;
  };
  const shown = createProgress({ total, columns, write, clock: () => now });
  const wait = (seconds: number) => {
    now += seconds;
  };
  /** What was written since the last call. */
  const taken = () => {
    const result = text;
    text = "";
    return result;
  };
  return { ...shown, wait, taken };
}

const CLEAR = "\r\u001b[2K";

test("without a terminal: a line at the start of a build and one per finished image, nothing is rewritten", () => {
  const shown = progress(undefined);
  shown.phase("base", "building");
  shown.phase("base", "testing");
  shown.tick();
  shown.done(result("base", { seconds: 2.5 }));
  shown.done(result("bad", { outcome: "failed", seconds: 1, error: { code: "TEST_FAILED", message: "test x: y\nz" } }));
  shown.end();
  assert.is(
    shown.taken(),
    "building   base\nbuilt      base 1.0 in 2.5 s\nfailed     bad 1.0 in 1.0 s: test x: y\\nz\n",
  );
});

test("unchanged images are not mentioned, unless their cascade was cut off", () => {
  const shown = progress(undefined);
  shown.done(result("quiet", { outcome: "unchanged" }));
  assert.is(shown.taken(), "");
  shown.done(result("cut", { outcome: "unchanged", reasons: [reason("PARENT", "x", "base")] }));
  assert.is(shown.taken(), "unchanged  cut 1.0: its parent came out identical\n");
});

test("on a terminal the last line shows the status, and is erased before anything else is written", () => {
  const shown = progress(80);
  shown.phase("base", "building");
  assert.is(shown.taken(), "[0/3] building base 0 s");
  shown.wait(2);
  shown.phase("other", "building");
  assert.is(shown.taken(), `${CLEAR}[0/3] building base 2 s, building other 0 s`);
  shown.phase("base", "testing");
  assert.is(shown.taken(), `${CLEAR}[0/3] testing base 2 s, building other 0 s`);
  shown.done(result("base", { seconds: 2 }));
  assert.is(shown.taken(), `${CLEAR}built      base 1.0 in 2.0 s\n[1/3] building other 0 s`);
  shown.wait(60);
  shown.tick();
  assert.is(shown.taken(), `${CLEAR}[1/3] building other 60 s`);
  shown.done(result("other"));
  assert.is(shown.taken(), `${CLEAR}built      other 1.0\n`);
  shown.end();
  assert.is(shown.taken(), "", "nothing is left to wipe");
});

test("the status line never wraps", () => {
  const shown = progress(20);
  shown.phase("a-rather-long-name", "building");
  assert.is(shown.taken(), "[0/3] building a-ra");
  shown.end();
  assert.is(shown.taken(), CLEAR);
});

test.run();
