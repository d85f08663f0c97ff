import type { Command, Option } from "commander";
import { createContext } from "../context.js";
import { OPTION_VALUES } from "./add-verb.js";

/** What the cursor stands behind. */
interface Place {
  readonly command: Command;
  /** Words that are neither commands nor options. */
  readonly operands: readonly string[];
  /** The option whose value comes now. */
  readonly option: Option | undefined;
  /** Options may follow: there was no `--`, and no value is missing. */
  readonly mayBeOption: boolean;
  /** Of `--catalogue`. */
  readonly catalogue: string | undefined;
}

interface Candidate {
  readonly value: string;
  readonly says?: string;
}

/** Where the shell itself completes. */
const SHELL = { files: ":files", directories: ":directories" } as const;

/**
 * Prints the candidates for the last of some words, as completion-scripts.ts reads them. Prints nothing else, and nothing where
 * something is wrong: a shell would show it in the middle of a command line.
 */
export async function complete(program: Command, words: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    const lines = (await candidates(program, words, signal)).map(({ value, says }) =>
      says === undefined ? value : `${value}\t${says}`,
    );
    process.stdout.write(lines.map((line) => `${line.replaceAll("\n", " ")}\n`).join(""));
  } catch {
    // What is wrong is said by the command that is being typed.
  }
}

async function candidates(program: Command, words: readonly string[], signal: AbortSignal) {
  const current = words.at(-1) ?? "";
  const place = placeAfter(program, words.slice(0, -1));
  const { command, option, mayBeOption } = place;
  const beginning = (all: readonly Candidate[], text = current) =>
    all.filter(({ value }) => value.startsWith(text) || isDirective(value));
  const [, flag, start] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  if (mayBeOption && flag !== undefined) {
    const given = command.options.find(({ long }) => long === flag);
    const values = given ? await optionValues(given, place, signal) : [];
    return beginning(values, start).map((each) => ({ ...each, value: inWord(flag, each.value) }));
  }
  if (mayBeOption && current.startsWith("-")) return beginning(optionsOf(command));
  if (option) return beginning(await optionValues(option, place, signal));
  if (command.commands.length > 0) return place.operands.length > 0 ? [] : beginning(commandsOf(command));
  return beginning(await argumentValues(place, signal));
}

/** A directive stays alone. */
const inWord = (flag: string, value: string) => (isDirective(value) ? value : `${flag}=${value}`);

const isDirective = (value: string) => Object.values(SHELL).some((directive) => directive === value);

function placeAfter(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | undefined;
  let [isLiteral, catalogue]: [boolean, string | undefined] = [false, undefined];
  const operands: string[] = [];
  for (const word of words) {
    const isOption = !isLiteral && word.startsWith("-") && !(option?.required && !option.variadic);
    if (isOption) {
      const [flag, value] = word.split(/=(.*)/s);
      const found = command.options.find(({ long, short }) => flag === long || flag === short);
      if (value !== undefined && found?.long === CATALOGUE) catalogue = value;
      option = value === undefined && (found?.required || found?.optional) ? found : undefined;
      isLiteral = word === "--";
    } else if (option) {
      if (option.long === CATALOGUE) catalogue = word;
      if (!option.variadic) option = undefined;
    } else {
      const next = operands.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
      if (next) command = next;
      else operands.push(word);
    }
  }
  const mayBeOption = !isLiteral && !(option?.required && !option.variadic);
  return { command, operands, option: isLiteral ? undefined : option, mayBeOption, catalogue };
}

const CATALOGUE = "--catalogue";

const commandsOf = (command: Command): Candidate[] =>
  command.commands.map((each) => ({ value: each.name(), says: each.description() }));

const optionsOf = (command: Command): Candidate[] => [
  ...command.options.map(({ long, short, description }) => ({ value: long ?? short ?? "", says: description })),
  { value: "--help", says: "explain this command" },
];

async function optionValues(option: Option, place: Place, signal: AbortSignal): Promise<readonly Candidate[]> {
  const values = OPTION_VALUES.get(option);
  if (values !== undefined) return (typeof values === "function" ? await values() : values).map(word);
  return valuesNamed(/[<[]([a-z]+)/.exec(option.flags)?.[1] ?? "", option.long ?? "", { place, signal });
}

async function argumentValues(place: Place, signal: AbortSignal): Promise<readonly Candidate[]> {
  const { command, operands } = place;
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[operands.length] ?? (last?.variadic ? last : undefined);
  if (argument === undefined) return [];
  if (command.name() === "help" && command.parent) return commandsOf(commandAt(command.parent, operands));
  return valuesNamed(argument.name(), "", { place, signal });
}

/** The command that some words name, as far as they do. */
const commandAt = (program: Command, words: readonly string[]): Command =>
  words.reduce((command, name) => command.commands.find((each) => each.name() === name) ?? command, program);

interface Question {
  readonly place: Place;
  readonly signal: AbortSignal;
}

/** Placeholders have one meaning in the whole command line: `<image>` is always an image. */
async function valuesNamed(placeholder: string, flag: string, { place, signal }: Question): Promise<Candidate[]> {
  const { catalogue, operands } = place;
  const context = () => createContext(catalogue === undefined ? {} : { catalogue }, signal);
  if (["image", "images", "targets"].includes(placeholder) || (placeholder === "name" && flag === "--parent")) {
    const { imageFiles } = await import("../load/image-files.js");
    return [...(await imageFiles(context().catalogue)).keys()].filter((name) => !operands.includes(name)).map(word);
  }
  if (placeholder === "ref" && GIT_REFS.includes(flag)) {
    const { refNames } = await import("../load/git/ref-names.js");
    return (await refNames(context().catalogue)).map(word);
  }
  if (placeholder === "kind") return (await import("../load/kinds/schema/kinds.js")).KIND_NAMES.map(word);
  if (placeholder === "shell") return [...(await import("./completion-scripts.js")).SCRIPTS.keys()].map(word);
  if (["file", "files"].includes(placeholder)) return [word(SHELL.files)];
  return placeholder === "dir" ? [word(SHELL.directories)] : [];
}

/** Other options named `<ref>` take registries. */
const GIT_REFS = ["--ref", "--base", "--since", "--head"];

const word = (value: string): Candidate => ({ value });
