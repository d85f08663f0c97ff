import { Command, type CommanderError } from "commander";
import { addVerb, declareVerb } from "./add-verb.js";
import { overviewVerb } from "./overview.js";
import { UsageError } from "./usage-error.js";
import { SECTIONS } from "./verbs.js";

/**
 * The command line: every verb in its section of the help. What is mistyped is thrown as a UsageError, and nothing is printed
 * about it; a help or version that was asked for is printed, and thrown as commander's own error.
 */
export function createProgram(version: string, signal: AbortSignal): Command {
  const program = new Command("slipway")
    .description(overviewVerb.description)
    .usage("[options] [command]")
    .version(version, "-V, --version")
    .enablePositionalOptions()
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: () => {} })
    .helpCommand(false);
  for (const { heading, verbs } of SECTIONS) {
    program.commandsGroup(heading);
    for (const verb of verbs) addVerb(program, verb, signal);
  }
  addHelp(program);
  declareVerb(program, overviewVerb, signal);
  for (const command of commandsOf(program)) command.exitOverride((error) => refuse(command, error));
  return program;
}

/** `help [command...]`; commander's own does not say that a word is no command. */
function addHelp(program: Command): void {
  program
    .command("help [command...]")
    .description("explain a command")
    .action((words: readonly string[]) => {
      let command = program;
      for (const word of words) {
        const next = command.commands.find((candidate) => candidate.name() === word);
        if (next === undefined) throw new UsageError(command, "commander.unknownCommand", unknownCommand(word));
        command = next;
      }
      command.help();
    });
}

/** A command with all below it. */
function commandsOf(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

function refuse(command: Command, error: CommanderError): never {
  if (error.exitCode === 0 || error.code === "commander.help") throw error;
  const [word] = command.args;
  // A word that is no command is only too many words for what `slipway` alone does, or it follows a group.
  const isCommand = command.parent === null && word !== undefined && !word.startsWith("-");
  if (isCommand) throw new UsageError(command, "commander.unknownCommand", unknownCommand(word));
  throw new UsageError(command, error.code, error.message.replace(/^error: /, ""));
}

const unknownCommand = (word: string) => `unknown command '${word}'`;
