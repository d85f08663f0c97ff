import fc from "fast-check";
import { ActionClient } from "./action-client.js";
import type { ActionLanguage } from "./action-protocol.js";
import { nodejsSamples, pythonSamples, shellSamples } from "./action-samples.js";
import type { StartRuntime } from "./runtime-process.js";
import { assert } from "./suite.js";
import { until } from "./until.js";

const base64 = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString("base64"));
const text = fc.oneof(fc.string({ unit: "binary", maxLength: 60 }), fc.constant("#!/bin/sh\ncat\n"), base64);
const initValue = fc.record(
  {
    name: fc.oneof(text, fc.jsonValue()),
    code: fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: fc.jsonValue() }),
    binary: fc.oneof(fc.boolean(), fc.jsonValue()),
    env: fc.oneof(fc.dictionary(text, fc.jsonValue()), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const runMessage = fc
  .tuple(fc.dictionary(text, fc.jsonValue()), fc.jsonValue())
  .map(([others, value]): object => ({ ...others, value }));

const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.json({ maxDepth: 6 }),
  fc.nat(40_000).map((length) => "[".repeat(length)),
  initValue.map((value) => JSON.stringify({ value })),
  runMessage.map((message) => JSON.stringify(message)),
);

/** Sends 1,000 random bodies to /init and /run: each gets an HTTP answer and any required marker, and the proxy survives. */
export async function randomBodies(start: StartRuntime, language: ActionLanguage = "executable"): Promise<void> {
  const runtime = await start({ PROXY_ALLOW_REINIT: "1", ACTION_BODY_LIMIT: "20000" });
  try {
    await sendAll(new ActionClient(runtime), SAMPLES[language].echo);
  } finally {
    await runtime.stop();
  }
}

const SAMPLES = { executable: shellSamples, nodejs: nodejsSamples, python3: pythonSamples };

async function sendAll(client: ActionClient, echo: string): Promise<void> {
  let [runs, failedInits] = [0, 0];
  const request = fc.tuple(fc.constantFrom("/init", "/run"), body);
  await fc.assert(
    fc.asyncProperty(request, async ([path, sent]) => {
      const { status, json, text: answer } = await client.send(path, sent);
      assert.ok([200, 400, 403, 404, 413, 500, 502].includes(status), `${path}: ${status} ${answer}`);
      if (status === 200 && path === "/init") assert.is(answer, "OK");
      else assert.type(json, "object");
      if (status !== 200) assert.type((json as { error?: unknown }).error, "string");
      if (path === "/run") runs += 1;
      else if (status !== 200) failedInits += 1;
    }),
    { numRuns: 1000 },
  );
  assert.ok(runs > 300 && failedInits > 100, `${runs} runs, ${failedInits} failed inits`);
  const expected = runs + failedInits;
  await until("a marker of each", () => client.markers().out >= expected && client.markers().err >= expected);
  assert.equal(client.markers(), { out: expected, err: expected });
  assert.equal((await client.script(echo, { value: { alive: true } })).json, { alive: true });
}
