import { type Command, Option } from "commander";
import { type Context, createContext } from "../context.js";
import { CommandError, EXIT, type ExitCode } from "../exit.js";
import { COMMON, type ISOLATION, PAGER } from "./options.js";
import { pagerOf, showPaged } from "./pager.js";
import type { Example, OptionValues, ValueList, Verb, VerbGroup, VerbOptions } from "./verb.js";

/** The values of the options that have few, for completion. */
export const OPTION_VALUES = new WeakMap<Option, ValueList>();

/** Adds a verb to the command line, or a group of them. The exit code is left in process.exitCode. */
export function addVerb(program: Command, verb: Verb | VerbGroup, signal: AbortSignal): void {
  if ("verbs" in verb) {
    const group = program.command(verb.name).description(verb.description);
    for (const member of verb.verbs) addVerb(group, member, signal);
    return;
  }
  declareVerb(program.command(verb.usage).description(verb.description), verb, signal);
}

/** Makes a command do what a verb declares. */
export function declareVerb(command: Command, verb: Verb, signal: AbortSignal): void {
  const common = addOptions(command, COMMON);
  const options = addOptions(command, verb.options);
  if (verb.isPaged || command.parent === null) command.option(PAGER.flags, PAGER.description);
  if (verb.help !== undefined) command.addHelpText("after", `\n${verb.help}`);
  command.addHelpText("after", () => `\n${examplesText(verb.examples)}`);
  command.action(async () => {
    const values = options();
    const place = verb.isForNew ? { catalogue: "." } : {};
    const context = createContext({ ...place, ...common(), ...isolationOf(values) }, signal);
    const clash = verb.exclusive?.find((pair) => pair.every((flag) => isGiven(command, flag)));
    if (clash) throw new CommandError(EXIT.usage, `${clash.join(" and ")} exclude each other`);
    const { processedArgs: words } = command;
    const run = (shown: Context) => verb.run(shown, values, words.length > 1 ? words : words[0]);
    const pager = verb.isPaged && !context.json && mayPage(command) ? pagerOf(context.env, process) : undefined;
    process.exitCode = await (pager === undefined ? run(context) : runPaged(context, pager, run));
  });
}

/** `--no-pager` was given nowhere. Commander sets what begins with `no-` to true otherwise. */
const mayPage = (command: Command): boolean =>
  command.getOptionValue("pager") !== false && (command.parent === null || mayPage(command.parent));

/** Runs a verb and shows all that it has said at its end, also where it fails. */
async function runPaged(context: Context, pager: string, run: (context: Context) => Promise<ExitCode>) {
  const said: string[] = [];
  try {
    return await run({ ...context, out: (text) => said.push(text) });
  } finally {
    if (said.length > 0) await showPaged(said.join(""), pager, context.env);
  }
}

const examplesText = (examples: readonly Example[]) =>
  ["Examples:", ...examples.map(({ command, says }) => `  ${command}\n      ${says}`)].join("\n");

/** The value of the option that concerns the context. */
const isolationOf = ({ isolation }: OptionValues<typeof ISOLATION>) => (isolation === undefined ? {} : { isolation });

function isGiven(command: Command, flag: string): boolean {
  const option = command.options.find(({ long }) => long === flag);
  return option !== undefined && givenValue(command, option.attributeName()) !== undefined;
}

/** The value of an option, which may stand before the verb as well: `slipway --json status`. */
function givenValue(command: Command, attribute: string): unknown {
  for (let at: Command | null = command; at !== null; at = at.parent) {
    const value: unknown = at.getOptionValue(attribute);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Declares options, and gives a function that reads their values by the names of their declarations. */
function addOptions<O extends VerbOptions>(command: Command, options: O): () => OptionValues<O> {
  const declared = Object.entries(options).map(([name, { flags, description, parse, values }]) => {
    const option = new Option(flags, description);
    if (values !== undefined) OPTION_VALUES.set(option, values);
    command.addOption(parse === undefined ? option : option.argParser(parse));
    return { name, attribute: option.attributeName() };
  });
  return () => {
    const values = declared.map(({ name, attribute }) => [name, givenValue(command, attribute)] as const);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as OptionValues<O>;
  };
}
