import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Command, CommanderError } from "commander";
import { createProgram } from "../../src/commands/program.js";
import { assert, suite } from "../support/suite.js";

/*
 * Every command of Slipway that a hint, a message or a page prints: the real command line takes it. Examples are run in examples.test.ts,
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

/** Commands in hints that are sentences: where they end cannot be told. */
const IN_SENTENCES = /(?:: |&& |")(slipway [a-z]+(?:-[a-z]+)?(?: [a-z-]+| --?[a-z][a-z-]*| [A-Z]+)*)["\n]/g;

/** Commands in code marks, at the beginning of lines of code blocks, and as the whole of a hint. */
const PRINTED = [/`(?:\$ )?(slipway [^`\\]+)\\?`/g, /^(?:\$ +| {2,}|)(slipway [a-z][^\n]*)$/gm, IN_SENTENCES];

interface Printed {
  readonly command: string;
  /** It stands by itself, not in the middle of a sentence. */
  readonly isMarked: boolean;
}

function printedIn(file: string): Printed[] {
  const text = readFileSync(ROOT + file, "utf8");
  // Comments of sources are not printed.
  const shown = file.endsWith(".ts") ? text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, "") : text;
  return PRINTED.flatMap((pattern) =>
    [...shown.matchAll(pattern)].map(([, command = ""]) => ({ command, isMarked: pattern !== IN_SENTENCES })),
  );
}

/** What is wrong with a printed command; undefined: nothing. */
function problemOf(printed: string, isMarked = true): string | undefined {
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
  if (unknown !== undefined) return `${command.name()} has no ${unknown}`;
  // What is only named (`slipway build`) need not have what it takes; what is written out must be accepted as it stands.
  const isNamed = words.length < 2 || /^-/.test(words.at(-1) ?? "");
  return !isMarked || isNamed || /[…[\]|$]|^\.\.\./.test(own) ? undefined : refusal(words);
}

/** Why the real command line does not take some words; undefined: it does. Nothing is run. */
function refusal(words: readonly string[]): string | undefined {
  const parsed = createProgram("0", new AbortController().signal);
  const quiet = (of: Command) => {
    of.action(() => {}).configureOutput({ writeOut: () => {}, writeErr: () => {} });
    of.commands.forEach(quiet);
  };
  quiet(parsed);
  try {
    parsed.parse(words.map(unquoted), { from: "user" });
    return undefined;
  } catch (error) {
    return error instanceof CommanderError && error.exitCode === 0 ? undefined : `${(error as Error).message}`;
  }
}

const unquoted = (word: string) => word.replace(/^(['"])(.*)\1$/, "$2");

for (const [what, files] of [
  ["pages", PAGES],
  ["sources", filesBelow("src", ".ts")],
] as const) {
  test(`${what}: verbs and options exist`, () => {
    // docs/command-line.md shows what is said of this one.
    const wrong = "slipway ls";
    const printed = files.flatMap((file) =>
      printedIn(file)
        .filter(({ command }) => command !== wrong)
        .map((printed) => ({ file, ...printed })),
    );
    assert.ok(printed.length > 40, `${printed.length} commands`);
    const problems = printed.flatMap(({ file, command, isMarked }) => {
      const problem = problemOf(command, isMarked);
      return problem === undefined ? [] : [`${file}: ${command}: ${problem}`];
    });
    assert.equal([...new Set(problems)], []);
  });
}

test("a verb, an option or an argument that is not taken is found", () => {
  assert.match(problemOf("slipway why a b c") ?? "", /too many arguments/);
  assert.match(problemOf("slipway build --jobs none x") ?? "", /whole number/);
  assert.is(problemOf("slipway reconcile --now"), "there is no reconcile");
  assert.is(problemOf("slipway build --no-such"), "build has no --no-such");
  assert.is(problemOf("slipway policy test --json"), undefined);
});

test.run();
