import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { createProgram } from "../../src/commands/program.js";
import { assert, suite } from "../support/suite.js";

/*
 * Every command of Slipway that a hint, a message or a page prints: its verb and its options exist. Examples are run in examples.test.ts,
 * walk-throughs in the tests of their pages.
 */
const test = suite("commands in hints and pages");

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const program = createProgram("0", new AbortController().signal);

/** The files below a folder that end so. */
const filesBelow = (folder: string, end: string) =>
  readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(end))
    .map((name) => `${folder}/${name}`);

const PAGES = [...filesBelow("docs", ".md"), "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/** Commands in code marks, at the beginning of lines of code blocks, and as the whole of a hint. */
const PRINTED = [
  /`(?:\$ )?(slipway [^`\\]+)\\?`/g,
  /^(?:\$ +| {2,}|)(slipway [a-z][^\n]*)$/gm,
  /(?:: |&& |")(slipway [a-z]+(?:-[a-z]+)?(?: [a-z-]+| --?[a-z][a-z-]*| [A-Z]+)*)["\n]/g,
];

function printedIn(file: string): string[] {
  const text = readFileSync(ROOT + file, "utf8");
  // Comments of sources are not printed.
  const shown = file.endsWith(".ts") ? text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, "") : text;
  return PRINTED.flatMap((pattern) => [...shown.matchAll(pattern)].map(([, command]) => command ?? ""));
}

/** What is wrong with a printed command; undefined: nothing. */
function problemOf(printed: string): string | undefined {
  // The command itself, without a table's columns, comments, and what a shell does with its output.
  const [own = ""] = printed.split(/ {2,}| > | \| | && | # |; /);
  const [, ...words] = own.trim().split(/\s+/);
  let command: Command = program;
  for (const word of words) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next !== undefined) command = next;
    else if (command === program && /^[a-z]/.test(word)) return `there is no ${word}`;
    else break;
  }
  const options = [...command.options, ...program.options].flatMap(({ long, short }) => [long, short]);
  const flags = words.filter((word) => /^--?[a-z]/i.test(word)).map((word) => word.replace(/[=\],.…].*$/, ""));
  const unknown = flags.find((flag) => !options.includes(flag) && !["--help", "-h"].includes(flag));
  return unknown === undefined ? undefined : `${command.name()} has no ${unknown}`;
}

for (const [what, files] of [
  ["pages", PAGES],
  ["sources", filesBelow("src", ".ts")],
] as const) {
  test(`${what}: verbs and options exist`, () => {
    // docs/command-line.md shows what is said of this one.
    const wrong = "slipway ls";
    const printed = files.flatMap((file) =>
      printedIn(file)
        .filter((command) => command !== wrong)
        .map((command) => ({ file, command })),
    );
    assert.ok(printed.length > 40, `${printed.length} commands`);
    const problems = printed.flatMap(({ file, command }) => {
      const problem = problemOf(command);
      return problem === undefined ? [] : [`${file}: ${command}: ${problem}`];
    });
    assert.equal([...new Set(problems)], []);
  });
}

test("a verb or an option that does not exist is found", () => {
  assert.is(problemOf("slipway reconcile --now"), "there is no reconcile");
  assert.is(problemOf("slipway build --no-such"), "build has no --no-such");
  assert.is(problemOf("slipway policy test --json"), undefined);
});

test.run();
