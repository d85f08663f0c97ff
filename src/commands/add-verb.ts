import { type Command, Option } from "commander";
import { createContext } from "../context.js";
import { CommandError, EXIT } from "../exit.js";
import { COMMON, type ISOLATION } from "./options.js";
import type { OptionValues, Verb, VerbGroup, VerbOptions } from "./verb.js";

/** Adds a verb to the command line, or a group of them. The exit code is left in process.exitCode. */
export function addVerb(program: Command, verb: Verb | VerbGroup, signal: AbortSignal): void {
  if ("verbs" in verb) {
    const group = program.command(verb.name).description(verb.description);
    for (const member of verb.verbs) addVerb(group, member, signal);
    return;
  }
  const command = program.command(verb.usage).description(verb.description);
  const common = addOptions(command, COMMON);
  const options = addOptions(command, verb.options);
  if (verb.help !== undefined) command.addHelpText("after", `\n${verb.help}`);
  command.action(async () => {
    const values = options();
    const place = verb.isForNew ? { catalogue: "." } : {};
    const context = createContext({ ...place, ...common(), ...isolationOf(values) }, signal);
    const clash = verb.exclusive?.find((pair) => pair.every((flag) => isGiven(command, flag)));
    if (clash) throw new CommandError(EXIT.usage, `${clash.join(" and ")} exclude each other`);
    const { processedArgs: words } = command;
    process.exitCode = await verb.run(context, values, words.length > 1 ? words : words[0]);
  });
}

/** The value of the option that concerns the context. */
const isolationOf = ({ isolation }: OptionValues<typeof ISOLATION>) => (isolation === undefined ? {} : { isolation });

function isGiven(command: Command, flag: string): boolean {
  const option = command.options.find(({ long }) => long === flag);
  return option !== undefined && command.getOptionValue(option.attributeName()) !== undefined;
}

/** Declares options, and gives a function that reads their values by the names of their declarations. */
function addOptions<O extends VerbOptions>(command: Command, options: O): () => OptionValues<O> {
  const declared = Object.entries(options).map(([name, { flags, description, parse }]) => {
    const option = new Option(flags, description);
    command.addOption(parse === undefined ? option : option.argParser(parse));
    return { name, attribute: option.attributeName() };
  });
  return () => {
    const values = declared.map(({ name, attribute }) => [name, command.getOptionValue(attribute)] as const);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as OptionValues<O>;
  };
}
