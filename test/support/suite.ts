import { inspect } from "node:util";
import { type Callback, type Test, suite as uvuSuite } from "uvu";

export * as assert from "uvu/assert";

/** The results of one suite. uvu reports too little to trust its exit code, so the wrapper keeps its own record. */
export interface SuiteRecord {
  readonly name: string;
  /** Titles in the order of declaration. */
  readonly declared: string[];
  passed: number;
  skipped: number;
  /** How often `.run()` was called. */
  runs: number;
  readonly failures: Failure[];
  /** What fails the file as a file: a throwing hook, `.only`. */
  readonly problems: string[];
}

export interface Failure {
  readonly title: string;
  readonly error: Error;
}

let records: SuiteRecord[] = [];
let depth = 0;

/** Returns the suites declared since the last call; the worker calls it once before and once after each file. */
export function takeRecords(): SuiteRecord[] {
  const taken = records;
  records = [];
  return taken;
}

/** True while a test or a hook is running; output to stdout is then the test's, not uvu's progress. */
export function insideTest(): boolean {
  return depth > 0;
}

/** uvu's suite() with uvu's API; every way in which uvu loses a failure is written to the suite's record. */
export function suite(name: string): Test {
  const inner = uvuSuite(name);
  const record: SuiteRecord = { name, declared: [], passed: 0, skipped: 0, runs: 0, failures: [], problems: [] };
  records.push(record);

  const declare = (title: string, body: Callback): void => {
    record.declared.push(title);
    inner(
      title,
      guarded(body, {
        passed: () => {
          record.passed += 1;
        },
        failed: (error) => record.failures.push({ title, error }),
      }),
    );
  };
  const hook = (what: string, body: Callback): Callback =>
    guarded(body, {
      failed: (error) => record.problems.push(`the ${what} hook of suite "${name}" threw ${error.stack}`),
    });

  const before = (body: Callback): void => inner.before(hook("before", body));
  before.each = (body: Callback): void => inner.before.each(hook("before.each", body));
  const after = (body: Callback): void => inner.after(hook("after", body));
  after.each = (body: Callback): void => inner.after.each(hook("after.each", body));
  const only = (title: string, body: Callback): void => {
    // Declared as a plain test: the run fails anyway, and this way the others are still reported.
    record.problems.push(`test.only("${title}") in suite "${name}": remove .only, it would hide every other test`);
    declare(title, body);
  };
  const skip = (): void => {
    record.skipped += 1;
    inner.skip();
  };
  const run = (): void => {
    record.runs += 1;
    inner.run();
  };
  return Object.assign(declare, { before, after, only, skip, run });
}

/** Runs a body so that whatever it throws reaches uvu as an Error; on anything else uvu crashes, and then reports success. */
function guarded(body: Callback, on: { passed?: () => void; failed: (error: Error) => void }): Callback {
  return async (context) => {
    depth += 1;
    try {
      await body(context);
      on.passed?.();
    } catch (thrown) {
      const error = asError(thrown);
      on.failed(error);
      throw error;
    } finally {
      depth -= 1;
    }
  };
}

function asError(thrown: unknown): Error {
  if (thrown instanceof Error && typeof thrown.name === "string" && typeof thrown.stack === "string") return thrown;
  return new Error(`something was thrown that is not an Error: ${inspect(thrown)}`);
}
