import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { overviewVerb } from "../../src/commands/overview.js";
import { createProgram } from "../../src/commands/program.js";
import type { Example } from "../../src/commands/verb.js";
import { VERBS } from "../../src/commands/verbs.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/** Every example of every command, as `--help`, docs/cli.md and the manual pages show it. */
const test = suite("examples of commands");

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const CLI = fileURLToPath(new URL("../../bin/cli.js", import.meta.url));
const CATALOGUE = ["slipway.yaml", "slipway.lock", "images", "catalog", "policies", ".github"];

/** These need images that are built, or a network: only their options and arguments are read. */
const PARSED_ONLY: readonly string[] = [
  "slipway build",
  "slipway build python3-web --jobs 2",
  "slipway build --registry docker://registry.example/team",
  "slipway verify --registry docker://registry.example/team --json",
  "slipway vendor",
  "slipway vendor nodejs-guestbook --registry docker://registry.example/team",
  "slipway why-file python3-web /usr/bin/python3",
  "slipway why-file debian-base /etc/passwd",
  "slipway sbom nodejs-guestbook",
  "slipway sbom nodejs-guestbook --format spdx --out sbom.spdx.json",
  "slipway lock",
  "slipway lock --update openssl",
  "slipway audit --update",
  "slipway audit python3-web --scan",
  "slipway gate --base main --build",
  "slipway impact pg",
  "slipway licenses",
  "slipway licenses --csv > licenses.csv",
  "slipway packages",
  "slipway packages --differing",
  "slipway packages --unused",
  "slipway update --dry-run",
  "slipway update",
];

const examples: readonly Example[] = [
  ...overviewVerb.examples,
  ...VERBS.flatMap((verb) => ("verbs" in verb ? verb.verbs : [verb])).flatMap((verb) => verb.examples),
];

let workspace: Workspace;
let env: Record<string, string>;

test.before(async () => {
  workspace = await Workspace.create();
  await mkdir(workspace.path("bin"));
  await writeFile(workspace.path("bin/slipway"), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, {
    mode: 0o755,
  });
  env = { ...workspace.env, PATH: `${workspace.path("bin")}:${workspace.env.PATH}` };
});
test.after(() => workspace.remove());

/** The reference catalogue on a branch with one change, beside a Dockerfile; `name` is a new directory. */
async function referenceCatalogue(name: string): Promise<string> {
  const directory = workspace.path(name);
  await mkdir(directory);
  for (const path of CATALOGUE) await cp(join(PROJECT, path), join(directory, path), { recursive: true });
  await writeFile(join(directory, "Dockerfile"), "FROM debian-base\nENV GREETING=hello\n");
  const git = (...args: readonly string[]) =>
    execa("git", ["-c", "user.name=T", "-c", "user.email=t@example.org", ...args], { cwd: directory });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "The reference catalogue");
  await git("switch", "--quiet", "--create", "change");
  return directory;
}

/** The words of a call, without redirections and what a shell does with the output. */
const wordsOf = (command: string) =>
  command
    .replace(/ > .*/, "")
    .replace(/^eval "\$\((.*)\)"$/, "$1")
    .split(" ")
    .slice(1);

/** A line for the start file of a shell is run by that shell. */
function shellFor(command: string): readonly [string, readonly string[]] {
  if (command.includes("completion zsh")) return ["zsh", ["-fc", `autoload -U compinit; compinit -D; ${command}`]];
  return [command.includes("completion bash") ? "bash" : "sh", ["-c", command]];
}

for (const { command, says } of examples) {
  test(`${command}: its options and arguments are known`, async () => {
    assert.match(command, /^(?:eval "\$\()?slipway( |$)/);
    assert.match(says, /^[a-z]|^CycloneDX|^SPDX/);
    const program = createProgram("0", new AbortController().signal);
    const called: string[] = [];
    const quiet = (of: typeof program) => {
      of.action(() => void called.push(of.name()));
      of.commands.forEach(quiet);
    };
    quiet(program);
    await program.parseAsync(wordsOf(command), { from: "user" });
    assert.is(called.length, 1);
  });
}

test("every other example does what it says, in one catalogue after another", async () => {
  assert.equal(
    PARSED_ONLY.filter((command) => !examples.some((example) => example.command === command)),
    [],
  );
  const directory = await referenceCatalogue("reference");
  for (const { command } of examples.filter((example) => !PARSED_ONLY.includes(example.command))) {
    const isNew = command === "slipway init";
    const cwd = isNew ? workspace.path("new") : directory;
    if (isNew) await mkdir(cwd);
    const { exitCode, stdout, stderr } = await execa(...shellFor(command), {
      cwd,
      env,
      extendEnv: false,
      reject: false,
    });
    assert.is(exitCode, 0, `${command}\n${stdout}\n${stderr}`);
  }
});

test.run();
