/**
 * The test runner: `runner.js DIR [--unit] [--without FOLDER] [--list] [--jobs N] [--timeout SECONDS] [PATTERN...]`. It runs the files
 * below DIR (or the file DIR) whose path contains one of the patterns; a pattern may also be the path of a source, `test/cli/fmt.test.ts`.
 *
 * uvu exits 0 for a forgotten `.run()`, for no test files at all, a throwing hook, a thrown non-Error, and `.only`. Here
 * each of them fails the run, as does a file whose process hangs, crashes or exits early: tests count by the reports
 * that workers send, and a file without a report has failed.
 */
import { readdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type FileOutcome, runFiles } from "./run-files.js";
import { type Group, isIsolated, schedule, usualJobs } from "./schedule-files.js";
import { removeAbandoned } from "./scratch.js";

const LIST_TIMEOUT = 60; // s to load one file

interface Arguments {
  readonly files: readonly string[];
  readonly jobs: number;
  /** Prints every test and runs none. */
  readonly list: boolean;
  /** Seconds; undefined for the defaults. */
  readonly timeout: number | undefined;
}

const counts = { files: 0, passed: 0, failed: 0 };
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupted.abort());
process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const given = parse(argv);
  if (typeof given === "string") {
    fail(given);
  } else {
    if (given.list) return list(given);
    await runAll(given);
    if (interrupted.signal.aborted) console.log("interrupted");
    else if (counts.files !== given.files.length) fail(`only ${counts.files} of ${given.files.length} files ran`);
    else if (counts.passed + counts.failed === 0) fail("every test was skipped");
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  if (interrupted.signal.aborted) return 130;
  return counts.failed > 0 ? 1 : 0;
}

function fail(message: string): void {
  console.log(`FAIL ${message}`);
  counts.failed += 1;
}

/** The test files to run, or the reason why there are none, because a run without tests must never look like a success. */
function parse(argv: readonly string[]): Arguments | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        unit: { type: "boolean" },
        without: { type: "string" },
        list: { type: "boolean" },
        jobs: { type: "string" },
        timeout: { type: "string" },
      },
    });
    const [root, ...patterns] = positionals;
    if (root === undefined || !exists(root)) return `no such directory: ${root ?? "(none given)"}`;
    const isLeftOut = (file: string) =>
      (values.unit && isIsolated(file)) || (values.without && file.includes(`/${values.without}/`));
    const files = testFiles(root).filter((file) => isWanted(file, patterns) && !isLeftOut(file));
    if (files.length === 0) return `no test file (*.test.js) among: ${argv.join(" ")}`;
    const jobs = Number(values.jobs ?? usualJobs(availableParallelism(), process.availableMemory()));
    const timeout = values.timeout === undefined ? undefined : Number(values.timeout);
    if (!(Number.isInteger(jobs) && jobs > 0)) return `--jobs ${values.jobs}: a whole number from 1`;
    if (timeout !== undefined && !(timeout > 0)) return `--timeout ${values.timeout}: a number of seconds`;
    return { files, jobs, timeout, list: values.list === true };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Prints `FILE › SUITE › TITLE` for every test, in the order of files: two such lists show what a change dropped or added. */
async function list({ files, timeout = LIST_TIMEOUT }: Arguments): Promise<number> {
  let tests = 0;
  const onFile = ({ report: { file, titles, failed, failures } }: FileOutcome) => {
    tests += titles.length;
    counts.failed += failed;
    for (const title of titles) console.log(`${relative(process.cwd(), file)} › ${title}`);
    for (const failure of failures) console.log(`FAIL ${relative(process.cwd(), file)}: ${failure}`);
  };
  await runFiles(files, { timeout: timeout * 1000, list: true, signal: interrupted.signal, onFile });
  console.log(`${tests} tests in ${files.length} files`);
  return counts.failed > 0 ? 1 : 0;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function testFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [resolve(path)];
  const names = readdirSync(path, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(".test.js"))
    .map((name) => resolve(join(path, name)))
    .sort();
}

function isWanted(file: string, patterns: readonly string[]): boolean {
  return patterns.length === 0 || patterns.some((pattern) => file.includes(pattern.replace(/\.ts$/, ".js")));
}

async function runAll({ files, jobs, timeout }: Arguments): Promise<void> {
  const { together, alone } = schedule(files, jobs, timeout);
  for (const path of await removeAbandoned()) console.log(`a killed run left what cannot be removed: ${path}`);
  await runGroups(together, jobs);
  await runGroups(alone, 1);
}

/** Each group begins as soon as there is room for it, and never before one that stands in front of it. */
async function runGroups(groups: readonly Group[], jobs: number): Promise<void> {
  const running = new Set<Promise<void>>();
  let free = jobs;
  for (const { files, timeout, slots: wanted = 1 } of groups) {
    const slots = Math.min(wanted, jobs);
    while (free < slots) await Promise.race(running);
    free -= slots;
    const run = runFiles(files, { timeout, signal: interrupted.signal, onFile: print }).finally(() => {
      free += slots;
      running.delete(run);
    });
    running.add(run);
  }
  await Promise.all(running);
}

function print({ report, output, processorTime }: FileOutcome): void {
  const { passed, failed, skipped, ms, failures } = report;
  counts.files += 1;
  counts.passed += passed;
  counts.failed += failed;
  const tests = `${passed} passed${failed > 0 ? `, ${failed} failed` : ""}${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  const time = processorTime === undefined ? "" : ` (${processorTime.toFixed(1)} s of processor time)`;
  console.log(`${failed > 0 ? "FAIL" : "ok  "} ${relative(process.cwd(), report.file)}  ${tests}  ${ms} ms${time}`);
  for (const failure of failures) console.log(`\n  ${failure.replaceAll("\n", "\n  ")}\n`);
  if (output.trim() !== "") console.log(`  output of its process:\n${output.trimEnd()}\n`);
}
