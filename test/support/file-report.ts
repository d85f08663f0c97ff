import { compare } from "uvu/diff";
import type { Failure, SuiteRecord } from "./suite.js";

/** The report that a worker sends for one test file, and that the runner prints. */
export interface FileReport {
  readonly file: string;
  readonly passed: number;
  /** The number of failed tests, plus one if the file itself failed. */
  readonly failed: number;
  readonly skipped: number;
  /** `suite › title` of each test, in the order they were declared. */
  readonly titles: readonly string[];
  /** Milliseconds from import to the end of the last suite. */
  readonly ms: number;
  /** Ready to print, one block for each failed test and each problem. */
  readonly failures: readonly string[];
}

/** The report for a file without one: its process died, hung, or could not load it. */
export function failedFile(file: string, problem: string, ms = 0): FileReport {
  return { file, passed: 0, failed: 1, skipped: 0, titles: [], ms, failures: [problem] };
}

export function withProblem(report: FileReport, problem: string): FileReport {
  return { ...report, failed: report.failed + 1, failures: [...report.failures, problem] };
}

/** Adds up the suites of a file; `problems` are those the worker found while loading and running it. */
export function fileReport(
  file: string,
  suites: readonly SuiteRecord[],
  problems: readonly string[],
  ms: number,
): FileReport {
  const total = (count: (suite: SuiteRecord) => number) => suites.reduce((sum, suite) => sum + count(suite), 0);
  const all = [...problems, ...suites.flatMap(suiteProblems)];
  // A broken file would only repeat the same message here.
  if (all.length === 0 && total((suite) => suite.declared.length + suite.skipped) === 0) {
    all.push("no test in this file: declare one with suite() of test/support/suite.ts");
  }
  return {
    file,
    passed: total((suite) => suite.passed),
    failed: total((suite) => suite.failures.length) + (all.length > 0 ? 1 : 0),
    skipped: total((suite) => suite.skipped),
    titles: titlesOf(suites),
    ms,
    failures: [...suites.flatMap((suite) => suite.failures.map((f) => failureText(suite.name, f))), ...all],
  };
}

/** The tests that a file declares, for a list; none has run. */
export function listedFile(file: string, suites: readonly SuiteRecord[], problems: readonly string[]): FileReport {
  return { ...failedFile(file, ""), failed: problems.length, titles: titlesOf(suites), failures: problems };
}

const titlesOf = (suites: readonly SuiteRecord[]) =>
  suites.flatMap(({ name, declared }) => declared.map((title) => `${name} › ${title}`));

function suiteProblems(suite: SuiteRecord): string[] {
  const problems = [...suite.problems];
  const lost = suite.declared.length - suite.passed - suite.failures.length;
  if (suite.runs === 0) {
    problems.push(`suite "${suite.name}" never ran: call .run() after its last test`);
  } else if (lost > 0) {
    problems.push(`suite "${suite.name}": ${lost} of ${suite.declared.length} tests did not run`);
  }
  return problems;
}

function failureText(suite: string, { title, error }: Failure): string {
  const operator = "operator" in error && typeof error.operator === "string" ? ` (${error.operator})` : "";
  const difference = diff(error);
  return [
    `${suite} > ${title}`,
    indent(`${error.message || error.name}${operator}`),
    ...(difference === "" ? [] : [indent(indent(difference))]),
    ...stackLines(error).map(indent),
  ].join("\n");
}

/** uvu's assertions come with a diff; for node:assert it is made here in the same way. */
function diff(error: Error): string {
  if ("details" in error && typeof error.details === "string") return error.details.trimEnd();
  if (!error.name.startsWith("AssertionError") || !("actual" in error) || !("expected" in error)) return "";
  try {
    return compare(error.actual, error.expected).trimEnd();
  } catch {
    return ""; // a value that uvu's diff cannot print; the message must be enough
  }
}

function stackLines(error: Error): string[] {
  const lines = (error.stack ?? "").split("\n").map((line) => line.trim());
  return lines.filter(
    (line) => line.startsWith("at ") && !/\(?node:|\/node_modules\/|\/support\/(?:suite|worker)\.js/.test(line),
  );
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "    ");
}
