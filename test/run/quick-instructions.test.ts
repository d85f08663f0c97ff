import type { Instruction } from "../../src/model/instructions.js";
import { quickInstructions } from "../../src/run/quick-instructions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/quick-instructions");

const user = (name: string): Instruction => ({ type: "user", user: name });
const RUN: Instruction = { type: "run", argv: ["true"] };
const WORKDIR: Instruction = { type: "workdir", path: "/app" };
const LABEL: Instruction = { type: "label", name: "a", value: "b" };
const CMD: Instruction = { type: "cmd", argv: ["true"] };

/** The types of the instructions, with the names of users. */
function quick(...instructions: readonly Instruction[]): string {
  const stage = quickInstructions({ name: undefined, base: { type: "scratch" }, instructions });
  return stage.instructions.map((each) => (each.type === "user" ? each.user : each.type)).join(" ");
}

test("root has its numbers, and what belongs to the image's user comes last", () => {
  assert.is(quick(user("root"), RUN, LABEL, WORKDIR, user("app"), CMD), "0:0 run label cmd workdir app");
});

test("the user of the image keeps its name", () => {
  assert.is(quick(RUN, user("root")), "run root");
  assert.is(quick(user("root")), "root");
  assert.is(quick(RUN, user("app"), CMD), "run cmd app");
});

test("nothing passes a command", () => {
  assert.is(quick(WORKDIR, LABEL, RUN, CMD), "workdir label run cmd");
  assert.is(quick(user("app"), RUN, LABEL), "app run label");
});

test.run();
