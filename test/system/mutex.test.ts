import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { acquireMutex, isMutexHeld, tryMutex, withMutex } from "../../src/system/mutex.js";
import { assert, suite } from "../support/suite.js";

const MODULE = fileURLToPath(new URL("../../src/system/mutex.js", import.meta.url));
const signal = new AbortController().signal;
const test = suite("file lock");
let path: string;

test.before.each(async () => {
  path = join(await mkdtemp(join(tmpdir(), "slipway-lock-")), "lock");
});
test.after.each(async () => rm(join(path, ".."), { recursive: true }));

const failure = (action: Promise<unknown>) =>
  action.then(
    () => undefined,
    (error: unknown) => error,
  );

test("actions run one at a time, in the order they came, and a failed one lets the next go on", async () => {
  const events: string[] = [];
  const action = (name: string) => async () => {
    events.push(`${name} begins`);
    await sleep(5);
    events.push(`${name} ends`);
    if (name === "b") throw new Error("b failed");
    return name;
  };
  const results = await Promise.allSettled(["a", "b", "c"].map((name) => withMutex(path, signal, action(name))));
  assert.equal(
    results.map((result) => (result.status === "fulfilled" ? result.value : String(result.reason))),
    ["a", "Error: b failed", "c"],
  );
  assert.equal(
    events,
    ["a", "b", "c"].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
});

test("who waits for another process is told, and nobody else", async () => {
  let told = 0;
  const wait = () => {
    told += 1;
  };
  await withMutex(path, signal, async () => {}, wait);
  assert.is(told, 0);
  const first = await acquireMutex(path, signal);
  const second = withMutex(
    path,
    signal,
    async () => told,
    () => {
      wait();
      first.release();
    },
  );
  assert.is(await second, 1);
});

test("an aborted wait ends at once and does not let later ones pass", async () => {
  const first = await acquireMutex(path, signal);
  const stop = new AbortController();
  let entered = false;
  const waiting = failure(withMutex(path, stop.signal, async () => assert.unreachable()));
  const behind = withMutex(path, signal, async () => {
    entered = true;
  });
  stop.abort(new Error("enough"));
  assert.match(String(await waiting), /enough/);
  await sleep(30);
  assert.not(entered);
  await first.release();
  await behind;
  assert.ok(entered);
});

test("shared locks go together and keep out one that wants it alone", async () => {
  const shared = [await acquireMutex(path, signal, "shared"), await acquireMutex(path, signal, "shared")];
  assert.is(await tryMutex(path, signal), undefined);
  for (const lock of shared) await lock.release();
  const alone = await tryMutex(path, signal);
  assert.ok(alone);
  assert.is(await tryMutex(path, signal), undefined);
  await alone?.release();
});

test("the lock of a process goes away with kill -9", async () => {
  const code = `import(${JSON.stringify(MODULE)}).then(async ({ acquireMutex }) => {
    await acquireMutex(${JSON.stringify(path)}, new AbortController().signal);
    console.log("locked");
    setInterval(() => {}, 1000);
  })`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  assert.is(await tryMutex(path, signal), undefined);
  child.kill("SIGKILL");
  await withMutex(path, signal, async () => {});
});

test("a mutex that is never released does not keep its process alive", async () => {
  const code = `import(${JSON.stringify(MODULE)}).then(({ acquireMutex }) =>
    acquireMutex(${JSON.stringify(path)}, new AbortController().signal))`;
  const child = spawn(process.execPath, ["-e", code], { stdio: "ignore" });
  assert.is(await new Promise((resolve) => child.once("exit", resolve)), 0);
  const free = await tryMutex(path, signal);
  assert.ok(free);
  await free?.release();
});

test("a path that cannot be locked", async () => {
  const error = await failure(withMutex(join(path, "missing", "lock"), signal, async () => {}));
  assert.match(String(error), /ENOENT.*missing/);
  const directory = join(path, "..");
  assert.match(String(await failure(acquireMutex(directory, signal))), /EISDIR/);
});

test("whether it is held: asking makes no file, and two that ask do not see each other", async () => {
  assert.not(await isMutexHeld(path, signal));
  assert.not(existsSync(path));
  const mutex = await acquireMutex(path, signal);
  assert.equal(await Promise.all([isMutexHeld(path, signal), isMutexHeld(path, signal)]), [true, true]);
  await mutex.release();
  assert.equal(await Promise.all([isMutexHeld(path, signal), isMutexHeld(path, signal)]), [false, false]);
});

test.run();
