import { type EnsureDeps, ensure, ForgeError, isRefusedByForge } from "../../src/github/ensure.js";
import { assert, suite } from "../support/suite.js";

const test = suite("steps on the forge");

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly message?: string;
}

/** An error as Octokit's. */
const failure = ({ status, headers = {}, message = `HTTP ${status}` }: Answer) =>
  Object.assign(new Error(message), { status, response: { headers } });

/** Runs a step that fails with these answers, one after the other, before it succeeds. */
async function attempt(answers: readonly Answer[], deps: Partial<EnsureDeps> = {}) {
  const waits: number[] = [];
  const left = [...answers];
  let calls = 0;
  const action = async () => {
    calls += 1;
    const next = left.shift();
    if (next) throw failure(next);
    return "done";
  };
  const sleep = async (milliseconds: number) => {
    waits.push(milliseconds);
  };
  const all = { signal: new AbortController().signal, sleep, now: () => 1_000_000, ...deps };
  const result = await ensure("write the comment", action, all).catch((error: unknown) => error);
  return { result, waits, calls };
}

test("a step that succeeds is done once", async () => {
  assert.equal(await attempt([]), { result: "done", waits: [], calls: 1 });
});

test("after server errors and lost connections the step is repeated, with doubled delays", async () => {
  const { result, waits } = await attempt([{ status: 500 }, { status: 502 }, { status: 503 }, { status: 500 }]);
  assert.is(result, "done");
  assert.equal(waits, [1000, 2000, 4000, 8000]);
});

test("after five attempts the error is the forge's", async () => {
  const { result, calls } = await attempt(Array.from({ length: 9 }, () => ({ status: 502 })));
  assert.instance(result, ForgeError);
  assert.is((result as ForgeError).message, "could not write the comment: HTTP 502");
  assert.is((result as ForgeError).status, 502);
  assert.is(calls, 5);
});

test("a rate limit is waited out for as long as it says", async () => {
  const secondary = {
    status: 403,
    headers: { "retry-after": "30" },
    message: "You have exceeded a secondary rate limit",
  };
  const primary = { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1090" } };
  const silent = { status: 403, message: "You have exceeded a secondary rate limit." };
  const { result, waits } = await attempt([
    secondary,
    primary,
    silent,
    { status: 429, headers: { "retry-after": "7" } },
  ]);
  assert.is(result, "done");
  assert.equal(waits, [30_000, 90_000, 60_000, 8000]);
});

test("a rate limit that outlasts a job is not waited out", async () => {
  const { result, waits } = await attempt([{ status: 429, headers: { "retry-after": "3600" } }]);
  assert.instance(result, ForgeError);
  assert.equal(waits, []);
});

test("a refusal is final", async () => {
  for (const status of [400, 401, 403, 404, 410, 422, 451, 501]) {
    const { result, calls } = await attempt([{ status }]);
    assert.instance(result, ForgeError);
    assert.is(calls, 1, String(status));
  }
});

test("a bug of ours is not reported as a failure of the forge", async () => {
  const bug = new TypeError("undefined is not a function");
  const deps = { signal: new AbortController().signal, sleep: async () => {}, now: () => 0 };
  const thrown = await ensure("x", () => Promise.reject(bug), deps).catch((error: unknown) => error);
  assert.is(thrown, bug);
});

test("an interrupt ends it, even while it waits", async () => {
  const controller = new AbortController();
  const sleep = async () => controller.abort(new Error("stop"));
  const { result, calls } = await attempt([{ status: 500 }, { status: 500 }], { signal: controller.signal, sleep });
  assert.is((result as Error).message, "stop");
  assert.is(calls, 1);
});

test("a refusal is distinguished from a rate limit", () => {
  assert.ok(isRefusedByForge(failure({ status: 403, message: "Resource not accessible by integration" })));
  assert.ok(isRefusedByForge(failure({ status: 404 })));
  assert.not(isRefusedByForge(failure({ status: 403, headers: { "retry-after": "1" } })));
  assert.not(isRefusedByForge(failure({ status: 500 })));
});

test.run();
