import fc from "fast-check";
import {
  diagnosticCommands,
  endGroup,
  resumeCommands,
  startGroup,
  stopCommands,
  workflowCommand,
} from "../../src/report/workflow-commands.js";
import { problem } from "../support/gate-reports.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/workflow-commands");

test("a command with its place, escaped for the runner", () => {
  assert.is(workflowCommand("notice", {}, "all: well, 100%"), "::notice::all: well, 100%25");
  assert.is(
    workflowCommand("error", { file: "a,b:c%", line: 4, col: 1, title: "x\ny" }, "one\r\ntwo"),
    "::error file=a%2Cb%3Ac%25,line=4,col=1,title=x%0Ay::one%0D%0Atwo",
  );
});

test("any text is one line, and unescaping it gives it back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (file, message) => {
      const line = workflowCommand("warning", { file, title: file }, message);
      assert.not.match(line, /[\r\n]/);
      const [, properties = "", data = ""] = /^::warning ([^:]*)::([\s\S]*)$/.exec(line) ?? [];
      const [first = "", second] = properties.split(",");
      assert.equal([decoded(first), decoded(second ?? "")], [`file=${file}`, `title=${file}`]);
      assert.is(decoded(data), message);
    }),
  );
});

/** As the runner does it: `%25` last. */
const decoded = (text: string) =>
  text
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%25", "%");

test("ten per level, and the number of the others", () => {
  const diagnostics = [
    ...Array.from({ length: 12 }, (_, index) => problem({ severity: "warning", line: index + 1 })),
    ...Array.from({ length: 11 }, (_, index) => problem({ line: index + 1, hint: "did you\nmean it?" })),
  ];
  const lines = diagnosticCommands(diagnostics);
  assert.is(lines.length, 21);
  assert.is(
    lines[0],
    "::error file=images/a/image.yaml,line=1,col=1,title=unknown-key::unknown key `paernt`%0Ahint: did you\\nmean it?",
  );
  assert.is(lines[10], "::warning file=images/a/image.yaml,line=1,col=1,title=unknown-key::unknown key `paernt`");
  assert.is(lines[20], "::notice::3 more problems: see the summary of this job");
  assert.is(diagnosticCommands(diagnostics.slice(0, 10)).length, 10);
  assert.equal(diagnosticCommands([]), []);
});

test("commands are stopped by a token that cannot be guessed", () => {
  const token = "0123456789abcdef-XY";
  assert.equal([stopCommands(token), resumeCommands(token)], [`::stop-commands::${token}`, `::${token}::`]);
  for (const bad of ["", "error", "0123456789abcdef\n", "0123456789abcdef:"]) {
    assert.throws(() => stopCommands(bad), /the token/);
    assert.throws(() => resumeCommands(bad), /the token/);
  }
});

test("a group has a title that cannot end its line", () => {
  assert.equal([startGroup("log of a\n::error::b"), endGroup], ["::group::log of a\\n::error::b", "::endgroup::"]);
});

test.run();
