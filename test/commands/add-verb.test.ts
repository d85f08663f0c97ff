import { Command, CommanderError } from "commander";
import { addVerb } from "../../src/commands/add-verb.js";
import { count, flag, list, REGISTRY_OPTIONS, textOption } from "../../src/commands/options.js";
import { defineVerb, type Verb, type VerbGroup } from "../../src/commands/verb.js";
import { VERBS } from "../../src/commands/verbs.js";
import { assert, suite } from "../support/suite.js";

const test = suite("verbs");

/** Calls a verb as the command line does, and gives what its `run` was called with. */
async function call(declare: (run: (...given: unknown[]) => Promise<0>) => Verb | VerbGroup, ...argv: string[]) {
  const calls: unknown[][] = [];
  const program = new Command("slipway").exitOverride().configureOutput({ writeErr: () => {} });
  const verb = declare(async (_context, ...given) => {
    calls.push(given);
    return 0;
  });
  addVerb(program, verb, new AbortController().signal);
  try {
    await program.parseAsync(argv, { from: "user" });
  } finally {
    process.exitCode = undefined;
  }
  return calls;
}

const examples: Verb["examples"] = [
  { command: "slipway pack", says: "" },
  { command: "slipway pack", says: "" },
];

const pack = (run: (...given: unknown[]) => Promise<0>) =>
  defineVerb({
    usage: "pack <images...>",
    description: "",
    examples,
    options: {
      ...REGISTRY_OPTIONS,
      fast: flag("--fast", ""),
      slow: flag("--slow", ""),
      into: textOption("--into <dir>", ""),
      only: list("--only <names...>", ""),
      times: count("-n, --number-of-times <n>", "", 9),
    },
    exclusive: [["--fast", "--slow"]],
    run,
  });

test("values come under the names of the declarations, and those that are not given are left out", async () => {
  const argv = ["pack", "a", "b", "--tls-verify", "false", "--only", "c", "d", "-n", "3", "--fast"];
  assert.equal(await call(pack, ...argv), [[{ tlsVerify: false, only: ["c", "d"], times: 3, fast: true }, ["a", "b"]]]);
});

test("a verb without an argument is given none, also in a group", async () => {
  const group = (run: (...given: unknown[]) => Promise<0>): VerbGroup => ({
    name: "box",
    description: "",
    verbs: [defineVerb({ usage: "close", description: "", examples, options: {}, run })],
  });
  assert.equal(await call(group, "box", "close", "--json"), [[{}, undefined]]);
});

/** The message of the error with which a call is refused. */
async function refusal(...argv: string[]): Promise<string> {
  const calls = await call(pack, ...argv).catch((error: unknown) => error);
  assert.instance(calls, Error);
  const error = calls as Error;
  return error instanceof CommanderError ? error.message.replace(/^error: /, "") : `${error.name}: ${error.message}`;
}

test("numbers are whole and within their bounds, and truth has two words", async () => {
  for (const number of ["0", "10", "1.5", "-1", "x"])
    assert.match(await refusal("pack", "a", `--number-of-times=${number}`), "It must be a whole number from 1 to 9.");
  assert.match(await refusal("pack", "a", "--tls-verify", "yes"), "It must be true or false.");
});

test("options that exclude each other are refused before the verb runs", async () => {
  const message = "CommandError: --fast and --slow exclude each other";
  assert.is(await refusal("pack", "a", "--slow", "--fast"), message);
});

const all = VERBS.flatMap((verb) => ("verbs" in verb ? verb.verbs : [verb]));

test("every pair that excludes each other names options of its verb", () => {
  for (const { usage, options, exclusive = [] } of all) {
    const flags = ["--json", ...Object.values(options).map((option) => option.flags.match(/--[\w-]+/)?.[0])];
    for (const flag of exclusive.flat()) assert.ok(flags.includes(flag), `${usage}: ${flag}`);
  }
});

test("every option is declared under the name that its flag has in JavaScript", () => {
  for (const { usage, options } of all)
    for (const [name, { flags }] of Object.entries(options)) {
      const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      assert.match(`${flags} `, new RegExp(`(^|, )${flag} `), `${usage}: ${name}`);
    }
});

test.run();
