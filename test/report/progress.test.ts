import { PLAIN } from "../../src/report/palette.js";
import { createProgress, type ProgressImage } from "../../src/report/progress.js";
import { reason, result } from "../support/plans.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/progress");

const image = (name: string, estimate?: number, ...after: readonly string[]): ProgressImage => ({
  name,
  title: `${name} 1.0`,
  after,
  estimate,
});

function progress(images: readonly ProgressImage[], { columns = 0, rows = 24, jobs = 2 } = {}) {
  let [text, frame, now] = ["", "", 0];
  const write = (more: string) => {
    text += more;
  };
  const screen = { size: () => ({ columns, rows }), draw: (next: string) => (frame = next) };
  const shown = createProgress({
    ...{ images, jobs, colors: { out: PLAIN, note: PLAIN }, clock: () => now },
    screen: columns === 0 ? undefined : screen,
    out: (more) => write(`out: ${more}`),
    note: write,
  });
  const wait = (seconds: number) => {
    now += seconds;
    shown.tick();
  };
  /** What was written since the last call. */
  const taken = () => {
    const result = text;
    text = "";
    return result;
  };
  return { ...shown, wait, taken, frame: () => frame.split("\n") };
}

test("without a terminal: a line at the start of a build and a row for each result, and nothing is rewritten", () => {
  const shown = progress([image("base"), image("bad")]);
  shown.phase("base", "waiting");
  shown.phase("base", "building");
  shown.phase("base", "testing");
  shown.tick();
  shown.done(result("base", { seconds: 2.5, bytes: 31_400_000 }));
  shown.done(result("bad", { outcome: "failed", seconds: 1, error: { code: "TEST_FAILED", message: "test x: y\nz" } }));
  shown.end();
  assert.is(
    shown.taken(),
    `waiting for another build of base
building   base
out:   built       base 1.0  abcabcabcabc  31.4 MB   2.5 s
out:   failed      bad 1.0                           1.0 s
`,
  );
});

test("unchanged images are not mentioned, unless their cascade was cut off", () => {
  const shown = progress([image("cut")]);
  shown.done(result("quiet", { outcome: "unchanged" }));
  assert.is(shown.taken(), "");
  shown.done(result("cut", { outcome: "unchanged", reasons: [reason("PARENT", "x", "base")] }));
  assert.match(shown.taken(), /^out: {3}unchanged {3}cut 1\.0 {2}its parent came out identical\n$/);
});

test("other work than builds prints the line that it is given", () => {
  const shown = progress([image("a"), image("b")], { columns: 80 });
  shown.phase("a", "resolving");
  shown.finish("a", "locked     a (2 new)");
  shown.finish("b", undefined);
  assert.is(shown.taken(), "locked     a (2 new)\n");
  assert.equal(shown.frame(), ["  2 of 2 done · 0 s"]);
});

test("on a terminal: a line an image with its phase or step, its time and how long it took before, and the total", () => {
  const shown = progress([image("base", 40), image("python3-runtime", 20, "base")], { columns: 80 });
  shown.phase("base", "building");
  shown.detail("base", "step 3/7");
  shown.wait(12.7);
  assert.equal(shown.frame(), [
    "  building    base 1.0             step 3/7  12 s of ~40 s",
    "  0 of 2 done · 12 s · about 48 s left",
  ]);
  shown.phase("base", "testing");
  shown.detail("base", "step 9/9");
  assert.is(shown.frame()[0], "  testing     base 1.0               12 s of ~40 s", "a step belongs to a build");
  shown.wait(50);
  assert.is(shown.frame().at(-1), "  0 of 2 done · 1 min 02 s · about 20 s left");
  shown.done(result("base"));
  assert.is(shown.taken(), "out:   built       base 1.0             abcabcabcabc\n");
  assert.equal(shown.frame(), ["  1 of 2 done · 1 min 02 s · about 20 s left"]);
  shown.phase("python3-runtime", "waiting");
  assert.is(shown.frame()[0], "  waiting     python3-runtime 1.0  for another build of it  0 s of ~20 s");
  shown.end();
  assert.equal(shown.frame(), [""]);
  assert.is(shown.taken(), "", "what is drawn is not written as well");
});

test("no time is left where some of what remains was never built", () => {
  const shown = progress([image("base", 40), image("new")], { columns: 80 });
  shown.phase("base", "building");
  assert.equal(shown.frame().at(-1), "  0 of 2 done · 0 s");
  shown.done(result("new"));
  assert.equal(shown.frame().at(-1), "  1 of 2 done · 0 s · about 40 s left");
});

test.run();
