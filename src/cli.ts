#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { type Context, createContext, type GlobalOptions } from "./context.js";
import { EXIT, expectedFailure } from "./exit.js";

// A second Ctrl-C leaves at once: what is half done stands under temporary names only.
const controller = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  });
}
// Modes of what is written must not depend on whose shell this is.
process.umask(0o022);
// `slipway plan | head` is no error.
process.stdout.on("error", () => process.exit(EXIT.done));

/** The verbs. Each is imported when it is called: imports are most of a short command's time. */
type Verb = (context: Context, options: never, argument: never) => Promise<number>;

function add(program: Command, usage: string, description: string, load: () => Promise<{ run: Verb }>): Command {
  return program
    .command(usage)
    .description(description)
    .option("--catalogue <dir>", "the catalogue's directory (default: the current one)")
    .option("--json", "one JSON document on standard output, nothing else there")
    .action(async (...args: unknown[]) => {
      const command = args.pop() as Command;
      const options = command.opts<GlobalOptions>();
      const { run } = await load();
      const context = createContext(options, controller.signal);
      process.exitCode = await run(context, options as never, args[0] as never);
    });
}

const registryOptions = (command: Command) =>
  command
    .option("--registry <ref>", "oci:DIR or docker://HOST[:PORT][/PREFIX] (default: slipway.yaml)")
    .option("--tls-verify <bool>", "false: accept any certificate, or none (default: true)", boolean);

const READ_FROM = ["--read-from <ref>", "what this registry has is not built again; it is only read"] as const;

const planOptions = (command: Command) =>
  registryOptions(command)
    .option("--base <ref>", "compare with this Git ref instead of the registry")
    .option("--since <ref>", "compare with the commit where the head left this branch")
    .option("--head <ref>", "plan for this Git ref (default: the working tree)");

const gateOptions = (command: Command) =>
  command
    .option("--base <ref>", "judge the change from this branch to the head, by the branch's policies")
    .option("--head <ref>", "the change (default: HEAD)")
    .option("--out <dir>", "where report.json and report.md go (default: .slipway/gate)")
    .option("--build", "build and test the affected images as well; nothing is published")
    .option(...READ_FROM)
    .option("--tls-verify <bool>", "false: accept any certificate, or none (default: true)", boolean)
    .option("-j, --jobs <n>", "images at a time (default: one a processor)", upTo(9999))
    .option("--results <files...>", "what other jobs have built: files of slipway build --json")
    .option("--publish <file>", "publish a report.json on its pull request: comment, check, label, summary")
    .option("--pull <n>", "the pull request's number (default: what the workflow_run event says)", upTo(999_999_999))
    .option("--codeowners", "print CODEOWNERS as policies/roles.yaml has it")
    .option("--check", "with --codeowners: exit 3 when .github/CODEOWNERS is not up to date");

const lockOptions = (command: Command) =>
  registryOptions(command)
    .option("--update [packages...]", "let these packages move, and what is made of the same source; alone: everything")
    .option("--check", "change nothing, ask nobody; exit 3 and name the images that are stale or missing")
    .option("--all", "take every image in that can be")
    .option("--remove <images...>", "take these images out: their builds resolve again")
    .option("-j, --jobs <n>", "images at a time (default: one a processor)", upTo(9999))
    .addHelpText(
      "after",
      `
Without names: every image where there is no slipway.lock yet; else the images that are in it, and those
that are new on a parent that is in it. With names these images; of their ancestors those that are in it.`,
    );

const importOptions = (command: Command) =>
  command
    .option("--name <name>", "the image's name, where the file says none (default: its folder's)")
    .option("--parent <name>", "the image of the catalogue that it derives from, instead of what the file says")
    .option("--overrides <file...>", "descriptors that are merged over an image descriptor, in order")
    .option("--force", "replace files that are there already")
    .option("--dry-run", "say what would be written, write nothing");

function createProgram(): Command {
  const program = new Command("slipway")
    .description("Declarative builds of container images from Git.")
    .version(version(), "-V, --version")
    .showHelpAfterError("(slipway COMMAND --help tells more)")
    .exitOverride();
  const refOption = (command: Command) =>
    command.option("--ref <ref>", "read this Git ref (default: the working tree)");
  refOption(
    add(program, "validate", "check every definition: shape, graph, policy", () => import("./commands/validate.js")),
  );
  const policy = program.command("policy").description("what the policies say");
  refOption(
    add(
      policy,
      "test [files...]",
      "whether the policies say of the images in policies/tests what they should",
      () => import("./commands/policy-test.js"),
    ),
  );
  refOption(
    add(program, "graph", "the images and what they are built from", () => import("./commands/graph.js")),
  ).option("--format <format>", "text, json, mermaid, dot or svg", "text");
  refOption(add(program, "render <image>", "print an image's Containerfile", () => import("./commands/render.js")));
  planOptions(add(program, "plan", "what a build would do, and why", () => import("./commands/plan.js")))
    .option(...READ_FROM)
    .option(
      "--matrix <n>",
      "spread it over at most n jobs (up to 256): one line of JSON for a workflow's matrix",
      upTo(256),
    );
  planOptions(add(program, "why <image>", "why an image would (not) be rebuilt", () => import("./commands/why.js")));
  const build = add(
    program,
    "build [images...]",
    "build, test and publish what the plan says",
    () => import("./commands/build.js"),
  );
  registryOptions(refOption(build))
    .option(...READ_FROM)
    .option("--plan <file>", "apply a saved plan (slipway plan --json)")
    .option("--dry-run", "say what would be done, change nothing")
    .option("--results <file>", "write the results to a file as well, as --json prints them")
    .option("-j, --jobs <n>", "images at a time (default: one a processor)", upTo(9999));
  registryOptions(
    add(
      program,
      "vendor [images...]",
      "store the packages of slipway.lock in the registry",
      () => import("./commands/vendor.js"),
    ),
  );
  registryOptions(
    refOption(
      add(program, "sbom <image>", "what is in an image, as CycloneDX or SPDX", () => import("./commands/sbom.js")),
    ),
  )
    .option("--format <format>", "cyclonedx or spdx", "cyclonedx")
    .option("--out <file>", "write it to a file instead of standard output");
  registryOptions(
    refOption(add(program, "status", "each image as the registry has it", () => import("./commands/status.js"))),
  );
  lockOptions(
    add(
      program,
      "lock [images...]",
      "write slipway.lock: exactly what each image installs",
      () => import("./commands/lock.js"),
    ),
  );
  questions(program);
  gateOptions(
    add(program, "gate", "the report of a change: what it does, who must approve", () => import("./commands/gate.js")),
  );
  registryOptions(
    add(
      program,
      "update",
      "newer digests of bases and newer versions, as edits or pull requests",
      () => import("./commands/update.js"),
    ),
  )
    .option("--dry-run", "say what is newer, change nothing")
    .option("--publish", "one branch and pull request a group (GITHUB_TOKEN, GITHUB_REPOSITORY), no edits here")
    .option("--group <names...>", "only these groups");
  add(program, "init [dir]", "start a catalogue; nothing is overwritten", () => import("./commands/init.js"));
  add(program, "fmt [files...]", "one layout: order of keys, indentation, quotes", () => import("./commands/fmt.js"))
    .option("--check", "change nothing; exit 3 and name the files that would change")
    .option("--stdin", "format standard input; the file's name, if any, says what kind of file it is");
  add(
    program,
    "schema [kind]",
    "the JSON Schema of a kind of file, or which kinds there are",
    () => import("./commands/schema.js"),
  ).option("--out <dir>", "write <kind>.schema.json files, all or the one");
  importOptions(
    add(
      program,
      "import <files...>",
      "turn foreign descriptions of images into definitions",
      () => import("./commands/import.js"),
    ),
  );
  add(program, "doctor", "what this machine has for building, and what it lacks", () => import("./commands/doctor.js"));
  return program;
}

/** What is in the images, and what that means. */
function questions(program: Command): void {
  const contentsOptions = (command: Command) =>
    registryOptions(command).option("--scan", "pull and look into images that nobody has looked into yet");
  const tableOptions = (command: Command) =>
    contentsOptions(command).option("--csv", "comma-separated values instead of a table");
  contentsOptions(
    add(
      program,
      "audit [images...]",
      "known vulnerabilities of what is in the images, worst first",
      () => import("./commands/audit.js"),
    ),
  ).option("--update", "fetch the advisories from the mirror of policies/vulnerabilities.yaml first");
  contentsOptions(
    add(
      program,
      "impact <targets...>",
      "which images have a package, an advisory, an image or a base in them, and what to change",
      () => import("./commands/impact.js"),
    ),
  );
  tableOptions(
    add(program, "licenses", "licences of all that is in the images", () => import("./commands/licenses.js")),
  );
  tableOptions(
    add(program, "packages", "all packages, their versions and images", () => import("./commands/packages.js")),
  )
    .option("--unused", "approved packages that no image has")
    .option("--differing", "packages that images have in different versions");
}

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function upTo(most: number): (text: string) => number {
  return (text) => {
    if (/^[1-9][0-9]*$/.test(text) && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  };
}

function boolean(text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw new InvalidArgumentError("It must be true or false.");
}

try {
  await createProgram().parseAsync();
} catch (error) {
  const failure = expectedFailure(error);
  if (error instanceof CommanderError) {
    // Commander has said it already.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  } else if (controller.signal.aborted) {
    process.stderr.write("slipway: interrupted\n");
    process.exitCode = EXIT.interrupted;
  } else if (failure) {
    process.stderr.write(`slipway: ${failure.message}\n${failure.hint ? `hint: ${failure.hint}\n` : ""}`);
    process.exitCode = failure.exitCode;
  } else {
    const detail = process.env.SLIPWAY_DEBUG && error instanceof Error ? `\n${error.stack}` : "";
    process.stderr.write(`slipway: this is a bug: ${error instanceof Error ? error.message : error}${detail}\n`);
    process.stderr.write("hint: SLIPWAY_DEBUG=1 shows where; please report it\n");
    process.exitCode = EXIT.failed;
  }
}
