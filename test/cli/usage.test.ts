import { explainUsage } from "../../src/commands/explain-usage.js";
import { OTHER_COMMANDS, OTHER_OPTIONS } from "../../src/commands/other-words.js";
import { createProgram } from "../../src/commands/program.js";
import { UsageError } from "../../src/commands/usage-error.js";
import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("words that are no command");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.empty(workspace, "catalogue", { "slipway.yaml": "kind: Settings\n" });
});
test.after(() => workspace.remove());

const parse = (words: readonly string[]) =>
  createProgram("0", new AbortController().signal).parseAsync(words, { from: "user" });

/** What the command line says to mistyped words: the message and the hint. */
async function refusal(...words: readonly string[]): Promise<string> {
  const error = await parse(words).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, UsageError, String(error));
  const { exitCode, message, hint } = await explainUsage(error as UsageError);
  assert.is(exitCode, 2);
  return `${message}: ${hint}`;
}

test("the process says it in two lines on standard error, and exits with 2", async () => {
  const { stdout, stderr } = await catalogue.expect(2, ["ls"]);
  assert.is(stdout, "");
  assert.is(stderr, "slipway: unknown command 'ls'\nhint: slipway status lists the images with their states\n");
});

test("mistyped commands and options: the nearest", async () => {
  assert.is(await refusal("biuld"), "unknown command 'biuld': did you mean slipway build?");
  assert.is(await refusal("policy", "tset"), "unknown command 'tset': did you mean slipway policy test?");
  assert.is(await refusal("help", "statsu"), "unknown command 'statsu': did you mean slipway status?");
  assert.is(await refusal("build", "--job=3"), "unknown option '--job=3': did you mean --jobs?");
  assert.is(await refusal("plan", "--sinc", "main"), "unknown option '--sinc': did you mean --since?");
});

test("words of other tools", async () => {
  assert.is(await refusal("-v"), "unknown option '-v': slipway --version prints the version");
  assert.is(await refusal("version"), "unknown command 'version': slipway --version prints the version");
  assert.is(
    await refusal("REBUILD", "--x"),
    "unknown command 'REBUILD': slipway build builds, tests and publishes what has changed",
  );
  assert.is(await refusal("validate", "-C", "x"), "unknown option '-C': here it is --catalogue <dir>");
  assert.is(await refusal("sbom", "a", "-o", "x"), "unknown option '-o': here it is --out <file>");
  assert.is(await refusal("status", "-o", "x"), "unknown option '-o': here it is --json");
  assert.match(await refusal("build", "--no-cache"), /nonce/);
});

test("what nothing is near to, and too few or too many words: where help is", async () => {
  assert.is(await refusal("frobnicate"), "unknown command 'frobnicate': slipway --help lists the commands");
  assert.is(
    await refusal("policy", "frobnicate"),
    "unknown command 'frobnicate': slipway policy --help lists the commands",
  );
  assert.is(await refusal("why"), "missing required argument 'image': slipway why --help says what it takes");
  assert.match(await refusal("why", "a", "b"), /^too many arguments.*: slipway why --help says what it takes$/);
  assert.match(await refusal("build", "--jobs", "0"), /whole number from 1 to 9999/);
});

test("no word stands twice, none is a command of ours, and the hints name commands and options that there are", async () => {
  const commands = OTHER_COMMANDS.flatMap(({ words }) => words.split(" "));
  assert.equal(commands, [...new Set(commands)]);
  const ours = createProgram("0", new AbortController().signal).commands.map((command) => command.name());
  assert.equal(
    commands.filter((word) => ours.includes(word)),
    [],
  );
  for (const { here = "" } of [...OTHER_COMMANDS, ...OTHER_OPTIONS])
    for (const [, verb = ""] of here.matchAll(/slipway ([a-z]\w*)/g)) assert.ok(ours.includes(verb), here);
});

test("options stand before a command as well as after it", async () => {
  const { stdout } = await catalogue.expect(0, ["--json", "schema", "image"]);
  assert.is(stdout, (await catalogue.expect(0, ["schema", "image", "--json"])).stdout);
});

test("help for one command, and for one in a group", async () => {
  const help = await catalogue.expect(0, ["help", "policy", "test"]);
  assert.is(help.stdout, (await catalogue.expect(0, ["policy", "test", "--help"])).stdout);
  assert.match(help.stdout, /\nExamples:\n {2}slipway policy test\n {6}all cases\n/);
});

test.run();
