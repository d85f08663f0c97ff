import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Group, schedule, usualJobs } from "../support/schedule-files.js";
import { assert, suite } from "../support/suite.js";

const RUNNER = fileURLToPath(new URL("../support/runner.js", import.meta.url));
const SUITE = new URL("../support/suite.js", import.meta.url).href;
const GOOD = 'const t = suite("good"); t("one", () => {}); t("two", async () => { assert.is(1, 1); }); t.run();';

interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly lastLine: string;
}

let dir = "";

/** Writes the files, each with `suite` and `assert` at hand, and runs the runner on their directory. */
function runner(files: Record<string, string>, ...args: string[]): Run {
  const root = mkdtempSync(join(dir, "fixture-"));
  for (const [name, body] of Object.entries(files)) write(root, name, body);
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUNNER, root, ...args], { encoding: "utf8" });
  const output = stdout + stderr;
  return { code: status, output, lastLine: output.trimEnd().split("\n").at(-1) ?? "" };
}

function write(root: string, name: string, body: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), `import { assert, suite } from ${JSON.stringify(SUITE)};\n${body}\n`);
}

function assertFails(run: Run, message: string, counts: string): void {
  assert.match(run.output, message);
  assert.match(run.output, /^FAIL .*bad\.test\.js {2}/m);
  assert.is(run.lastLine, counts);
  assert.is(run.code, 1);
}

const test = suite("test runner");

test.before(() => {
  dir = mkdtempSync(join(tmpdir(), "slipway-runner-"));
  // The fixtures are ES modules, although they have no package.json.
  writeFileSync(join(dir, "package.json"), '{"type":"module"}');
});
test.after(() => rmSync(dir, { recursive: true, force: true }));

test("counts what passed, in shared processes and in processes of their own", () => {
  const files = { "a.test.js": GOOD, "b.test.js": GOOD, "test/cli/c.test.js": GOOD, "test/e2e/d.test.js": GOOD };
  const run = runner({ ...files, "not-a-test.js": "throw new Error();" });
  assert.is(run.lastLine, "8 passed, 0 failed");
  assert.is(run.code, 0);
  assert.is(run.output.match(/^ok /gm)?.length, 4);
});

test("--unit leaves out tests that start programs; files are selected by patterns, or by the paths of their sources", () => {
  const files = { "a.test.js": GOOD, "b.test.js": GOOD, "test/cli/c.test.js": GOOD, "test/e2e/d.test.js": GOOD };
  assert.is(runner({ ...files, "test/integration/e.test.js": GOOD }, "--unit").lastLine, "4 passed, 0 failed");
  assert.is(runner(files, "b.test").lastLine, "2 passed, 0 failed");
  assert.is(runner(files, "b.test", "test/cli/c.test.ts").lastLine, "4 passed, 0 failed");
  assert.is(runner(files, "--without", "e2e").lastLine, "6 passed, 0 failed");
  // A path that exists is a pattern like any other, and selects nothing here.
  assert.is(runner(files, RUNNER).code, 1);
});

test("--list prints every test with its file and suite, and runs none", () => {
  const body = 'const t = suite("s"); t("one", () => process.exit(1)); t("two", () => {}); t.run();';
  const run = runner({ "a.test.js": body, "test/e2e/b.test.js": GOOD }, "--list");
  assert.is(run.code, 0);
  const lines = run.output.trimEnd().split("\n");
  assert.equal(
    lines.map((line) => line.replace(/^\S*\/fixture-[^/]*\//, "")),
    [
      "a.test.js › s › one",
      "a.test.js › s › two",
      "test/e2e/b.test.js › good › one",
      "test/e2e/b.test.js › good › two",
      "4 tests in 2 files",
    ],
  );
  assert.is(runner({ "bad.test.js": 'import "./nowhere.js";' }, "--list").code, 1);
});

test("tests that fail quickly run first, then slow ones; tests that need the machine to themselves run last", () => {
  const files = ["cli/a", "e2e/b", "e2e/kill", "load/c", "load/d", "load/e"].map((name) => `/x/test/${name}.test.js`);
  const names = (groups: readonly Group[]) =>
    groups.map((group) => group.files.map((file) => file.replace(/^.*\/(.*)\.test\.js$/, "$1")).join(" "));
  const { together, alone } = schedule(files, 2);
  assert.equal(names(together), ["c e", "d", "b", "a"]);
  assert.equal(names(alone), ["kill"]);
  const long = schedule(
    ["e2e/b", "e2e/hostile-c", "e2e/reference"].map((name) => `/x/test/${name}.test.js`),
    3,
  );
  assert.equal(
    long.together.map(({ files: [file = ""], slots = 1 }) => `${file.slice(12, -8)} ${slots}`),
    ["hostile-c 1", "reference 2", "b 1"],
  );
  assert.ok(
    [...schedule(files, 2, 7).together, ...schedule(files, 2, 7).alone].every((group) => group.timeout === 7000),
  );
});

test("a skipped test is named, and a run with only skipped tests fails", () => {
  const skips = 'const t = suite("s"); t.skip("later", () => {}); t.run();';
  const some = runner({ "skips.test.js": skips, "good.test.js": GOOD });
  assert.match(some.output, "skips.test.js  0 passed, 1 skipped");
  assert.is(some.code, 0);
  const all = runner({ "skips.test.js": skips });
  assert.match(all.output, "every test was skipped");
  assert.is(all.code, 1);
});

test("a failed assertion shows uvu's diff and the failing line", () => {
  const run = runner({
    "good.test.js": GOOD,
    "bad.test.js":
      'const t = suite("sum"); t("adds", () => {\n assert.equal({ n: 1 }, { n: 2 }); }); t("ok", () => {}); t.run();',
  });
  assertFails(run, "sum > adds", "3 passed, 1 failed");
  assert.match(run.output, /Actual:\n +--.*"n":.1\n +Expected:\n +\+\+.*"n":.2/);
  assert.match(run.output, /bad\.test\.js:3:/);
});

const falseGreens: Record<string, { body: string; message: string; counts: string }> = {
  "a forgotten run()": {
    body: 'const t = suite("s"); t("one", () => {});',
    message: 'suite "s" never ran: call .run() after its last test',
    counts: "0 passed, 1 failed",
  },
  "a test declared after run()": {
    body: 'const t = suite("s"); t("one", () => {}); t.run(); t("two", () => {});',
    message: 'suite "s": 1 of 2 tests did not run',
    counts: "1 passed, 1 failed",
  },
  "a file without tests": { body: "", message: "no test in this file", counts: "0 passed, 1 failed" },
  "a throwing before hook": {
    body: 'const t = suite("s"); t.before(() => { throw new Error("no database"); }); t("one", () => {}); t.run();',
    message: 'the before hook of suite "s" threw Error: no database',
    counts: "0 passed, 1 failed",
  },
  "a throwing before.each hook": {
    body: 'const t = suite("s"); t.before.each(() => { throw new Error("no"); }); t("one", () => {}); t.run();',
    message: 'the before.each hook of suite "s" threw Error: no',
    counts: "0 passed, 1 failed",
  },
  "a throwing after.each hook": {
    body: 'const t = suite("s"); t.after.each(() => { throw 1; }); t("one", () => {}); t("two", () => {}); t.run();',
    message: 'suite "s": 1 of 2 tests did not run',
    counts: "1 passed, 1 failed",
  },
  "a throwing after hook": {
    body: 'const t = suite("s"); t.after(() => { throw undefined; }); t("one", () => {}); t.run();',
    message: 'the after hook of suite "s" threw Error: something was thrown that is not an Error: undefined',
    counts: "1 passed, 1 failed",
  },
  "a test that throws a non-Error": {
    body: 'const t = suite("s"); t("one", () => { throw "text"; }); t("two", () => {}); t.run();',
    message: "something was thrown that is not an Error: 'text'",
    counts: "1 passed, 1 failed",
  },
  "a test that rejects with nothing": {
    body: 'const t = suite("s"); t("one", () => Promise.reject()); t("two", () => {}); t.run();',
    message: "something was thrown that is not an Error: undefined",
    counts: "1 passed, 1 failed",
  },
  "test.only": {
    body: 'const t = suite("s"); t.only("one", () => {}); t("two", () => {}); t.run();',
    message: 'test.only("one") in suite "s": remove .only',
    counts: "2 passed, 1 failed",
  },
  "a file that cannot be loaded": {
    body: 'import "./nowhere.js";',
    message: "the file cannot be loaded: Error [ERR_MODULE_NOT_FOUND]: Cannot find module",
    counts: "0 passed, 1 failed",
  },
  "a process that exits early with 0": {
    body: 'const t = suite("s"); t("one", () => {}); t("two", () => process.exit(0)); t("three", () => {}); t.run();',
    message: "the process ended with exit code 0 before the file was done",
    counts: "0 passed, 1 failed",
  },
  "a process that exits while the file is loaded": {
    body: "process.exit(0);",
    message: "the process ended with exit code 0 before the file was done",
    counts: "0 passed, 1 failed",
  },
  "a crash": {
    body: 'const t = suite("s"); t("one", () => process.kill(process.pid, "SIGSEGV")); t.run();',
    message: "the process ended with SIGSEGV",
    counts: "0 passed, 1 failed",
  },
  "an unhandled rejection": {
    body: 'const t = suite("s"); t("one", () => { Promise.reject(new Error("lost")); }); t("two", () => new Promise(setImmediate)); t.run();',
    message: "the process ended with exit code 1",
    counts: "0 passed, 1 failed",
  },
  "a temporary directory that is left behind": {
    body: `import { mkdtempSync } from "node:fs"; import { tmpdir } from "node:os";
      const t = suite("s"); t("one", () => { mkdtempSync(tmpdir() + "/forgotten-"); }); t.run();`,
    message: "left behind in the temporary directory: forgotten-",
    counts: "1 passed, 1 failed",
  },
  "a promise that nothing can settle": {
    body: 'const t = suite("s"); t("one", () => new Promise(() => {})); t.run();',
    message: "a promise that nothing can settle",
    counts: "0 passed, 1 failed",
  },
};

for (const [name, { body, message, counts }] of Object.entries(falseGreens)) {
  test(`${name} fails the run`, () => assertFails(runner({ "bad.test.js": body }), message, counts));
}

test("no test file, no directory, a nonsense option: each fails the run", () => {
  const none = runner({ "readme.js": "" });
  assert.match(none.output, "no test file (*.test.js)");
  assert.is(none.lastLine, "0 passed, 1 failed");
  assert.is(none.code, 1);
  assert.is(runner({ "good.test.js": GOOD }, "no-such-pattern").code, 1);
  assert.is(runner({ "good.test.js": GOOD }, "--jobs", "none").code, 1);
  assert.is(runner({ "good.test.js": GOOD }, "--nonsense").code, 1);
  assert.is(spawnSync(process.execPath, [RUNNER, join(dir, "nowhere")]).status, 1);
});

test("a hanging file fails after its time-out, its children die, and the files after it run", () => {
  const pidFile = join(dir, "sleeper.pid");
  const hang = `import { spawn } from "node:child_process"; import { writeFileSync } from "node:fs";
    const t = suite("s"); t("hangs", () => {
      writeFileSync(${JSON.stringify(pidFile)}, String(spawn("sleep", ["600"]).pid));
      return new Promise((resolve) => setTimeout(resolve, 600_000));
    }); t.run();`;
  const run = runner({ "bad.test.js": hang, "good.test.js": GOOD }, "--timeout", "1", "--jobs", "1");
  assertFails(run, "timed out after 1 s", "2 passed, 1 failed");
  assert.not(running(Number(readFileSync(pidFile, "utf8"))));
});

test("processes that a passing test leaves running are ended", () => {
  const pidFile = join(dir, "left.pid");
  const body = `import { spawn } from "node:child_process"; import { writeFileSync } from "node:fs"; const t = suite("s");
    t("leaves", () => writeFileSync(${JSON.stringify(pidFile)}, String(spawn("sleep", ["600"]).pid))); t.run();`;
  assert.is(runner({ "leaves.test.js": body }).code, 0);
  assert.not(running(Number(readFileSync(pidFile, "utf8"))));
});

test("a file that blocks its process is killed as well", () => {
  const run = runner({ "bad.test.js": "for (;;);" }, "--timeout", "0.5");
  assertFails(run, "timed out after 0.5 s", "0 passed, 1 failed");
});

test("a file that crashes a shared process fails no other file", () => {
  const run = runner({ "a.test.js": GOOD, "bad.test.js": "process.exit(0);", "c.test.js": GOOD }, "--jobs", "1");
  assertFails(run, "exit code 0", "4 passed, 1 failed");
});

test("a failing file's output is shown, uvu's dots are not", () => {
  const body = 'const t = suite("s"); t("one", () => { console.log("a hint"); throw new Error("x"); }); t.run();';
  const run = runner({ "bad.test.js": body });
  assertFails(run, "a hint", "0 passed, 1 failed");
  assert.not.match(run.output, "✘");
});

test("a suite made by uvu itself is refused", () => {
  const uvu = import.meta.resolve("uvu");
  const run = runner({ "bad.test.js": `import { test as t } from "${uvu}"; t("one", () => {}); t.run();` });
  assertFails(run, "the file uses uvu directly", "0 passed, 1 failed");
});

test("an interrupt ends the run with 130 and leaves no process behind", async () => {
  const pidFile = join(dir, "interrupted.pid");
  const body = `import { writeFileSync } from "node:fs"; const t = suite("s"); t("hangs", () => {
    writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
    return new Promise((resolve) => setTimeout(resolve, 600_000));
  }); t.run();`;
  write(dir, "interrupt/hang.test.js", body);
  const child = spawn(process.execPath, [RUNNER, join(dir, "interrupt")], { stdio: "ignore" });
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  while (!existsSync(pidFile) || readFileSync(pidFile, "utf8") === "") await sleep(20);
  child.kill("SIGINT");
  assert.is(await ended, 130);
  assert.not(running(Number(readFileSync(pidFile, "utf8"))));
});

function running(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A killed process that its parent has not reaped yet is still listed.
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

test("one file more than processors runs at a time, as far as there is memory", () => {
  const GIB = 2 ** 30;
  const jobs = [usualJobs(2, 24 * GIB), usualJobs(64, 24 * GIB), usualJobs(4, 16 * GIB), usualJobs(2, GIB)];
  assert.equal(jobs, [3, 4, 3, 1]);
});

test.run();
