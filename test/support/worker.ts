/**
 * The process that runs test files, one after another: `worker.js [--list] FILE...`, started by run-files.ts with an IPC
 * channel. With --list it only reports what they declare.
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type FileReport, fileReport, listedFile } from "./file-report.js";

/** uvu's queue of one file: every `.run()` adds a function to it (uvu/dist/index.mjs, `setup`). */
type Queue = (() => Promise<unknown>)[];

const uvu = globalThis as unknown as { UVU_DEFER: number; UVU_INDEX: number; UVU_QUEUE: Queue[] };
// Set before uvu is imported, or uvu would run the suites automatically, at a time of its own choosing.
uvu.UVU_DEFER = 1;
uvu.UVU_INDEX = 0;
const { insideTest, takeRecords } = await import("./suite.js");

// If the runner has been killed, there is nothing to report to. Listening for that must not keep a finished file alive.
process.on("disconnect", () => process.exit(1));
process.channel?.unref();

const { values, positionals } = parseArgs({ allowPositionals: true, options: { list: { type: "boolean" } } });
for (const file of positionals) await send(await runFile(file));
process.exit(0);

async function runFile(file: string): Promise<FileReport> {
  const queue: Queue = [];
  uvu.UVU_QUEUE = [queue];
  takeRecords();
  const problems: string[] = [];
  const start = performance.now();
  try {
    await import(pathToFileURL(file).href);
  } catch (thrown) {
    problems.push(`the file cannot be loaded: ${describe(thrown)}`);
  }
  const suites = takeRecords();
  if (queue.length !== suites.reduce((sum, suite) => sum + suite.runs, 0)) {
    problems.push("the file uses uvu directly: import suite and assert from test/support/suite.ts");
  }
  if (values.list) return listedFile(file, suites, problems);
  const noted = () => suites.reduce((sum, suite) => sum + suite.problems.length, 0);
  for (const run of queue) {
    const before = noted();
    try {
      await withoutProgress(run);
    } catch (thrown) {
      // The suite has already recorded a throwing after hook; this catches everything unexpected.
      if (noted() === before) problems.push(`uvu failed: ${describe(thrown)}`);
    }
  }
  return fileReport(file, suites, problems, Math.round(performance.now() - start));
}

/** uvu writes dots and a count for each suite to stdout; the runner prints its own lines. */
async function withoutProgress(run: () => Promise<unknown>): Promise<void> {
  const write = process.stdout.write;
  const quiet = (...given: Parameters<typeof write>) => (insideTest() ? write.apply(process.stdout, given) : true);
  process.stdout.write = quiet as typeof write;
  try {
    await run();
  } finally {
    process.stdout.write = write;
  }
}

function send(report: FileReport): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(report, undefined, undefined, () => resolve());
  });
}

function describe(thrown: unknown): string {
  return thrown instanceof Error && thrown.stack ? thrown.stack : String(thrown);
}
