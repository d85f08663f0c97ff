import type { Command } from "commander";
import { CommandError, EXIT } from "../exit.js";
import type { UsageError } from "./usage-error.js";

/** The error for people: what was typed, and what was probably meant. */
export async function explainUsage({ command, code, message }: UsageError): Promise<CommandError> {
  const rest = code === "commander.unknownCommand" ? "lists the commands" : "says what it takes";
  const hint = (await suggestion(command, code, message)) ?? `${pathOf(command)} --help ${rest}`;
  return new CommandError(EXIT.usage, message, hint);
}

async function suggestion(command: Command, code: string, message: string): Promise<string | undefined> {
  const [word = ""] = /(?<=')[^']*(?=')/.exec(message) ?? [];
  if (code === "commander.unknownCommand") return commandHint(command, word);
  if (code === "commander.unknownOption") return optionHint(command, word.replace(/=.*/s, ""));
  return undefined;
}

async function commandHint(command: Command, word: string): Promise<string | undefined> {
  const { nearest } = await import("../model/nearest.js");
  const { OTHER_COMMANDS } = await import("./other-words.js");
  const entry = OTHER_COMMANDS.find(({ words }) => words.split(" ").includes(word.toLowerCase()));
  if (entry && command.parent === null) return entry.here;
  const near = nearest(
    word,
    command.commands.map((each) => each.name()),
  );
  return near === undefined ? undefined : `did you mean ${pathOf(command)} ${near}?`;
}

async function optionHint(command: Command, word: string): Promise<string | undefined> {
  const { nearest } = await import("../model/nearest.js");
  const { OTHER_OPTIONS } = await import("./other-words.js");
  const own = command.options.flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined));
  const near = word.startsWith("--") ? nearest(word, own) : undefined;
  if (near !== undefined) return `did you mean ${near}?`;
  const fitting = OTHER_OPTIONS.filter(({ words }) => words.split(" ").includes(word));
  for (const { option, here } of fitting) {
    if (option === undefined) return here;
    const known = command.options.find(({ long }) => long === option);
    if (known) return `here it is ${known.flags}`;
  }
  return undefined;
}

/** `slipway policy test`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
