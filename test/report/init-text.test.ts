import { initText } from "../../src/report/init-text.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/init-text");

const nextLines = (directory: string) => initText(["slipway.yaml"], directory).split("\n").slice(0, 5);

test("the files, and the next steps in the current directory", () => {
  assert.equal(nextLines(""), [
    "slipway.yaml",
    "",
    "Next:",
    "  put your teams or users into policies/roles.yaml, then:",
    "  slipway gate --codeowners --check    how to write CODEOWNERS",
  ]);
});

test("another directory is entered first, by one word of a shell", () => {
  assert.is(nextLines("a/b.c")[3], "  cd a/b.c");
  assert.is(nextLines("it's $(here)")[3], `  cd 'it'\\''s $(here)'`);
});

test.run();
