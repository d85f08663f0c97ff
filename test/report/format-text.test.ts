import { formatJson, formatText } from "../../src/report/format-text.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/format-text");

const file = (name: string, status: "formatted" | "unchanged" | "rejected") => ({
  file: name,
  status,
  text: `${name}\n`,
  diagnostics: [],
});
const FILES = [file("a", "formatted"), file("b", "unchanged"), file("c", "rejected")];

test("changed files, then the counts; with check in the conditional", () => {
  assert.is(formatText(FILES, false), "a\n1 file formatted, 1 unchanged, 1 left alone.\n");
  assert.is(formatText(FILES.slice(1, 2), true), "0 files would change, 1 unchanged.\n");
});

test("JSON has texts only if they are asked for", () => {
  const [first] = FILES.slice(0, 1);
  assert.equal(formatJson(FILES.slice(0, 1), true), {
    files: [{ file: "a", status: "formatted", text: first?.text }],
    diagnostics: [],
  });
  assert.equal(formatJson(FILES.slice(0, 1), false).files, [{ file: "a", status: "formatted" }]);
});

test.run();
