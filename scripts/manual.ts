import type { Command } from "commander";
import { overviewVerb } from "../src/commands/overview.js";
import { createProgram } from "../src/commands/program.js";
import type { Example, Verb } from "../src/commands/verb.js";
import { SECTIONS, VERBS } from "../src/commands/verbs.js";
import { EXIT_CODES } from "./exit-codes.js";

/**
 * The manual pages by file name, in the macros of man(7): `slipway.1`, and one a command (`slipway-policy-test.1`). They come from what
 * the command line itself is made of. The build writes them to build/man.
 */
export function manualPages(version: string): ReadonlyMap<string, string> {
  const program = createProgram(version, new AbortController().signal);
  const pages = new Map([["slipway.1", mainPage(program, version)]]);
  for (const { words, verb } of CALLS) {
    const command = words.reduce((at, word) => at.commands.find((each) => each.name() === word) as Command, program);
    pages.set(`${pageName(words)}.1`, commandPage({ command, verb, words }, version));
  }
  return pages;
}

interface Call {
  /** `policy`, `test`. */
  readonly words: readonly string[];
  readonly verb: Verb;
}

const CALLS: readonly Call[] = VERBS.flatMap((entry) =>
  "verbs" in entry
    ? entry.verbs.map((verb) => ({ words: [entry.name, firstWord(verb.usage)], verb }))
    : [{ words: [firstWord(entry.usage)], verb: entry }],
);

function firstWord(usage: string): string {
  return usage.replace(/ .*/, "");
}

const pageName = (words: readonly string[]) => ["slipway", ...words].join("-");

function mainPage(program: Command, version: string): string {
  const commands = SECTIONS.flatMap(({ heading, verbs }) => {
    const names = new Set(verbs.map((entry) => ("verbs" in entry ? entry.name : firstWord(entry.usage))));
    const here = CALLS.filter(({ words: [first = ""] }) => names.has(first));
    return [
      `.SS ${quoted(heading.replace(/:$/, ""))}`,
      ...here.flatMap(({ words, verb }) =>
        entryOf(`\\fBslipway\\-${words.map(text).join("\\-")}\\fR(1)`, verb.description),
      ),
    ];
  });
  return page(["slipway"], version, [
    section("NAME", ["slipway \\- declarative builds of container images from Git"]),
    section("SYNOPSIS", ["\\fBslipway\\fR [\\fIoptions\\fR] [\\fIcommand\\fR]"]),
    section("DESCRIPTION", [text(overviewVerb.description)]),
    section("OPTIONS", optionsOf(program)),
    section("COMMANDS", commands),
    ...ends(overviewVerb.examples),
    section("SEE ALSO", ["\\fBbuildah\\fR(1), \\fBgit\\fR(1)"]),
  ]);
}

function commandPage({ command, verb, words }: Call & { readonly command: Command }, version: string): string {
  const usage = command
    .usage()
    .replace("[options]", "[\\fIoptions\\fR]")
    .replace(/([<[])([a-z]+)/g, "$1\\fI$2\\fR");
  return page(words, version, [
    section("NAME", [`${text(pageName(words))} \\- ${text(verb.description)}`]),
    section("SYNOPSIS", [`\\fBslipway ${words.map(text).join(" ")}\\fR ${usage}`]),
    ...(verb.help === undefined ? [] : [section("DESCRIPTION", verb.help.split("\n").map(text))]),
    section("OPTIONS", optionsOf(command)),
    ...ends(verb.examples),
    section("SEE ALSO", ["\\fBslipway\\fR(1)"]),
  ]);
}

const page = (words: readonly string[], version: string, sections: readonly string[]) => {
  const title = words[0] === "slipway" ? "SLIPWAY" : pageName(words).toUpperCase();
  const head = `.TH ${quoted(title)} 1 "" ${quoted(`slipway ${version}`)} "Slipway"`;
  return `${[head, ".nh", ...sections].join("\n")}\n`;
};

const section = (heading: string, lines: readonly string[]) => [`.SH ${quoted(heading)}`, ...lines].join("\n");

const optionsOf = (command: Command) =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ flags, description }) => entryOf(`\\fB${text(flags)}\\fR`, description));

/** A paragraph with its term; both end in no line break. */
const entryOf = (term: string, says: string) => [".TP", term, text(says)];

function ends(examples: readonly Example[]): readonly string[] {
  return [
    section(
      "EXIT STATUS",
      EXIT_CODES.flatMap(([code, means]) => entryOf(`\\fB${code}\\fR`, means)),
    ),
    section(
      "EXAMPLES",
      examples.flatMap(({ command, says }) => entryOf(`\\fB${text(command)}\\fR`, says)),
    ),
  ];
}

/**
 * Text as it stands (groff(7), "Escapes"): no word begins a request, hyphens can be copied to a shell, and other letters than ASCII
 * have their names.
 */
function text(plain: string): string {
  const escaped = plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("\n", " ")
    .replace(
      /[^\x20-\x7e]/gu,
      (letter) => `\\[u${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`,
    );
  return escaped.replace(/^\./, "\\&.");
}

/** An argument of a request. */
const quoted = (plain: string) => `"${text(plain).replaceAll('"', "\\(dq")}"`;
