import { readFile } from "node:fs/promises";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { PRESENCE } from "../../src/run/state-directory.js";
import { acquireMutex } from "../../src/system/mutex.js";
import { IMAGES, TestCatalogue } from "../support/catalogue.js";
import { Pty } from "../support/pty.js";
import { assert, suite } from "../support/suite.js";
import { processesOf, Workspace } from "../support/workspace.js";

/** `slipway build` in front of people: what can be seen on a terminal, without one, and in the log of a workflow. */
const test = suite("terminal");
const CLI = fileURLToPath(new URL("../../bin/cli.js", import.meta.url));
const VERSIONS = ["base 1.0", "side 1.0", "tools 1.0", "app 2.0", "blue 2.1", "green 2.1"];

let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
});
test.after(() => workspace.remove());
/** A failed test must not leave its build to the next one. */
test.after.each(async () => {
  for (const pty of opened.splice(0)) {
    pty.leave();
    await pty.ended;
  }
});

const opened: Pty[] = [];

function terminal(args: readonly string[], { columns = 80, rows = 24, env = {}, stdout = "" } = {}): Pty {
  workspace.track(catalogue.directory, workspace.env);
  const whole = { ...workspace.env, TERM: "xterm-256color", ...env };
  const options = { columns, rows, cwd: catalogue.directory, env: whole, stdout };
  const pty = new Pty([process.execPath, CLI, ...args], options);
  opened.push(pty);
  return pty;
}

/** How often a pattern matches. */
const times = (text: string, pattern: string) => [...text.matchAll(new RegExp(pattern, "gm"))].length;

const BREAK = [
  "images/tools/image.yaml",
  "echo tools >",
  "echo about to fail; ls /no-such-file; echo tools >",
] as const;

test("a build on a terminal: steps while it runs, then each result once, in colour, and nothing that was drawn", async () => {
  const pty = terminal(["build"]);
  await pty.seen(/^ {2}building +(?:tools|app) \d\.0 +step \d\/\d +\d+ s$/m);
  assert.not(pty.hasCursor);
  await pty.seen(/^ {2}\d of 6 done · \d+ s$/m);
  assert.is(await pty.ended, 0, pty.screen);
  for (const image of VERSIONS) assert.is(times(pty.screen, `^ {2}built +${image} +[0-9a-f]{12} `), 1, pty.screen);
  assert.match(pty.screen, /\n\n6 built in \d+\.\d s\.\n$/);
  assert.not.match(pty.screen, /done ·|building /);
  assert.match(pty.raw, "\u001b[32mbuilt\u001b[39m");
  assert.ok(pty.hasCursor);
});

test("the second time, what is left is estimated from the first", async () => {
  const pty = terminal(["build", "--registry", "oci:.slipway/second"]);
  await pty.seen(/^ {2}\w+ +base 1\.0 .* of ~\d+ s$/m);
  await pty.seen(/^ {2}0 of 6 done · \d+ s · about \d+ s left$/m);
  assert.is(await pty.ended, 0, pty.screen);
});

test("a failure stands at the end once, with the last lines of its log and a link to it", async () => {
  await catalogue.edit(...BREAK);
  const pty = terminal(["build"], { columns: 200, env: { TERM_PROGRAM: "vscode" } });
  assert.is(await pty.ended, 1, pty.screen);
  assert.is(times(pty.screen, "^ {2}failed +tools 1\\.0 +\\d+\\.\\d s$"), 1, pty.screen);
  assert.is(times(pty.screen, "exit status 1"), 1, pty.screen);
  assert.is(times(pty.screen, "^ {2}skipped +app 2\\.0 +tools failed$"), 1);
  assert.match(pty.screen, /^tools failed: .*exit status 1 in `RUN \/bin\/sh -ec echo about to fail;/m);
  assert.match(pty.screen, /^ {2}\| ls: \/no-such-file: No such file or directory\n {2}log: /m);
  const log = catalogue.path(".slipway/logs/tools.log");
  assert.match(pty.raw, `\u001b]8;;file://${log}\u001b\\${log}\u001b]8;;\u001b\\`);
});

test("without a terminal each result is a line on standard output, and what begins is one on standard error", async () => {
  const { stdout, stderr } = await catalogue.expect(1, ["build"]);
  assert.is(times(stdout, "^ {2}failed +tools "), 1, stdout);
  assert.is(times(stdout + stderr, "exit status 1"), 1, stdout + stderr);
  assert.is(stderr, "building   tools\n");
  assert.not.match(stdout, "\u001b");
  const forced = await catalogue.expect(1, ["build", "--color", "always"]);
  assert.match(forced.stdout, "\u001b[31mfailed\u001b[39m");
  assert.not.match(forced.stdout, "\u001b]8", "there is nobody to open a link");
  const json = await catalogue.expect(1, ["build", "--json", "--color", "always"]);
  assert.not.match(json.stdout, "\u001b");
});

test("--verbose: the logs, each line with its image", async () => {
  const { stderr } = await catalogue.expect(1, ["build", "--verbose"]);
  assert.is(times(stderr, "^tools \\| about to fail$"), 1, stderr);
  assert.is(times(stderr, "^tools \\| ls: /no-such-file"), 1);
  const pty = terminal(["build", "--verbose"], { env: { NO_COLOR: "1" } });
  assert.is(await pty.ended, 1, pty.screen);
  assert.is(times(pty.screen, "^tools \\| about to fail$"), 1, pty.screen);
  assert.not.match(pty.raw, "\u001b[36m");
});

test("in the log of a workflow the log of a failure is folded, and commands in it are not obeyed", async () => {
  await catalogue.edit("images/tools/image.yaml", "about to fail", "'::error::obey'");
  const env = { ...workspace.env, GITHUB_ACTIONS: "true" };
  const { stderr } = await catalogue.expect(1, ["build"], { env });
  const [, token] = /^::stop-commands::([\w-]+)$/m.exec(stderr) ?? [];
  const [, group = ""] = /^::group::log of tools\n([\s\S]*?)^::endgroup::$/m.exec(stderr) ?? [];
  assert.match(
    group,
    new RegExp(`^::stop-commands::${token}\n[\\s\\S]*^\\\\?:?\\\\::error::obey$[\\s\\S]*^::${token}::\n$`, "m"),
  );
  assert.not.match(stderr, /^::error/m);
  assert.is(times(stderr, "^::group::"), 1);
});

test("who waits for another build is told so, and sees its result", async () => {
  await catalogue.git.checkout(["--", "."]);
  const [{ key }] = (await catalogue.json<{ steps: { key: string }[] }>(["plan", "--registry", "oci:.slipway/third"]))
    .steps as [{ key: string }];
  const { signal } = new AbortController();
  // A run that finds itself alone would clear the mutexes away.
  const present = await acquireMutex(catalogue.path(".slipway/locks", PRESENCE), signal, "shared");
  const held = await acquireMutex(catalogue.path(".slipway/locks", `k-${key}`), signal);
  const pty = terminal(["build", "base", "--registry", "oci:.slipway/third"]);
  await pty.seen(/^ {2}waiting +base 1\.0 +for another build of it +\d+ s/m);
  const plain = catalogue.start(["build", "base", "--registry", "oci:.slipway/third"]);
  await plain.seen("waiting for another build of base\n");
  await held.release();
  await present.release();
  assert.equal([await pty.ended, (await plain.ended).code], [0, 0], pty.screen);
});

test("Ctrl-C: the cursor is shown again, and nothing that was drawn stays", async () => {
  await catalogue.edit("images/tools/image.yaml", "echo tools >", "sleep 1000; echo tools >");
  const pty = terminal(["build"]);
  await pty.seen(/building +tools 1\.0 +step 3\/3/);
  pty.type("\u0003");
  assert.is(await pty.ended, 130, pty.screen);
  assert.ok(pty.hasCursor);
  assert.not.match(pty.screen, /done ·|building /);
});

test("a terminal that changes its size keeps one drawing", async () => {
  const pty = terminal(["build"], { columns: 120 });
  await pty.seen(/building +tools 1\.0 +step 3\/3/);
  for (const columns of [64, 30, 20, 90]) {
    pty.resize(columns, 12);
    // Both lines, because a drawing can arrive in pieces.
    await pty.seen(
      columns < 60 ? /^tools 1\.0 step 3\/3[\s\S]*^\d\/\d/m : /^ {2}building +tools 1\.0 +step 3\/3[\s\S]* done · /m,
    );
    assert.is(times(pty.screen, "tools 1\\.0 +step"), 1, `${columns}\n${pty.screen}`);
    assert.is(times(pty.screen, columns < 60 ? "^\\d/\\d" : " done · "), 1, `${columns}\n${pty.screen}`);
  }
  pty.type("\u0003");
  assert.is(await pty.ended, 130, pty.screen);
});

test("a terminal that disappears interrupts the build, which ends as with Ctrl-C", async () => {
  const pty = terminal(["build"]);
  await pty.seen(/building +tools 1\.0 +step 3\/3/);
  pty.leave();
  assert.is(await pty.ended, 256 - constants.signals.SIGKILL, "and not of an abort");
  assert.equal(await processesOf(catalogue.directory), []);
});

test("each stream is judged by itself", async () => {
  await catalogue.git.checkout(["--", "."]);
  const stdout = catalogue.path("out.txt");
  const pty = terminal(["build", "--registry", "oci:.slipway/fourth"], { stdout });
  await pty.seen(/^ {2}\d of 6 done · /m);
  assert.is(await pty.ended, 0, pty.screen);
  const written = await readFile(stdout, "utf8");
  assert.not.match(written, "\u001b");
  for (const image of IMAGES) assert.is(times(written, `^ {2}built +${image} `), 1, written);
  assert.is(pty.screen, "\n");
});

test.run();
