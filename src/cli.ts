#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { complete } from "./commands/complete.js";
import { explainUsage } from "./commands/explain-usage.js";
import { createProgram } from "./commands/program.js";
import { UsageError } from "./commands/usage-error.js";
import { EXIT, expectedFailure } from "./exit.js";

// A second Ctrl-C exits at once: unfinished work has temporary names only.
const controller = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  });
}
// The modes of written files must not depend on the shell's umask.
process.umask(0o022);
// `slipway plan | head` is not an error.
process.stdout.on("error", () => process.exit(EXIT.done));

/** What the scripts of `slipway completion` call. */
const COMPLETE = "__complete";

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

try {
  const program = createProgram(version(), controller.signal);
  const [first, ...rest] = process.argv.slice(2);
  if (first === COMPLETE) await complete(program, rest, controller.signal);
  else await program.parseAsync();
} catch (thrown) {
  const error = thrown instanceof UsageError ? await explainUsage(thrown) : thrown;
  const failure = expectedFailure(error);
  if (error instanceof CommanderError) {
    // Commander has printed the message.
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
