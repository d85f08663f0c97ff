import { ourSide } from "../../../src/app/lock/plan.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("lock plan");

test("a lockfile without conflicts is as it is", () => {
  const text = "kind: Lock\nimages:\n  base:\n    x: <<<<<<<\n";
  assert.is(ourSide(text), text);
});

test("of a merge conflict our side is read, in git's two styles", () => {
  const conflict = ["<<<<<<< HEAD", "ours", "=======", "theirs", ">>>>>>> branch"];
  assert.is(ourSide(`before\n${conflict.join("\n")}\nafter\n`), "before\nours\nafter\n");
  const diff3 = ["<<<<<<< HEAD", "ours", "||||||| merged common ancestors", "base", "=======", "theirs", ">>>>>>> b"];
  assert.is(ourSide(`before\n${diff3.join("\n")}\nafter\n${conflict.join("\n")}\n`), "before\nours\nafter\nours\n");
});

test.run();
