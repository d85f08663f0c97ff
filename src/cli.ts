import { CommanderError } from "commander";
import { complete } from "./commands/complete.js";
import { explainUsage } from "./commands/explain-usage.js";
import { createProgram } from "./commands/program.js";
import { UsageError } from "./commands/usage-error.js";
import { EXIT, expectedFailure } from "./exit.js";
import { colorIn, paletteOf } from "./terminal.js";

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
process.stdout.on("error", (error) => (isGone(error) ? endSilently() : process.exit(EXIT.done)));
process.stderr.on("error", (error) => {
  if (isGone(error)) endSilently();
});

/** Whether the terminal has disappeared. SIGHUP says so as well, and the work ends as with Ctrl-C. */
function isGone({ code }: NodeJS.ErrnoException): boolean {
  return code === "EIO";
}

/** At its end Node 20 gives terminals their settings back, and aborts with a core dump where it cannot. */
function endSilently(): void {
  process.once("exit", () => process.kill(process.pid, "SIGKILL"));
}

/** What the scripts of `slipway completion` call. */
const COMPLETE = "__complete";

const debugged = (error: unknown) => (process.env.SLIPWAY_DEBUG && error instanceof Error ? `\n${error.stack}` : "");

/** Milliseconds that what is still open may keep a process alive whose command has ended. */
const GRACE = 5000;

/** Runs the command line of this process, whose exit code it sets. `version`: of Slipway. */
export async function main(version: string): Promise<void> {
  try {
    const program = createProgram(version, controller.signal);
    const [first, ...rest] = process.argv.slice(2);
    if (first === COMPLETE) await complete(program, rest, controller.signal);
    else await program.parseAsync();
  } catch (thrown) {
    const error = thrown instanceof UsageError ? await explainUsage(thrown) : thrown;
    const failure = expectedFailure(error);
    const { failure: red, faint } = paletteOf(process.stderr, process.env, colorIn(process.argv));
    const say = (message: string, hint = "") =>
      process.stderr.write(`${red("slipway:")} ${message}\n${hint && `${faint(`hint: ${hint}`)}\n`}`);
    if (error instanceof CommanderError) {
      // Commander has printed the message.
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    } else if (controller.signal.aborted) {
      say("interrupted");
      process.exitCode = EXIT.interrupted;
    } else if (failure) {
      say(`${failure.message}${debugged(thrown)}`, failure.hint);
      process.exitCode = failure.exitCode;
    } else {
      const detail = debugged(error);
      const message = error instanceof Error ? error.message : error;
      say(`this is a bug: ${message}${detail}`, "SLIPWAY_DEBUG=1 shows where; please report it");
      process.exitCode = EXIT.failed;
    }
  }
  // A connection or a child process that a failure has left open must not keep the user waiting. Unlike others, this timer keeps nothing alive.
  setTimeout(() => process.exit(), GRACE).unref();
}
