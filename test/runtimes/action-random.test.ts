import fc from "fast-check";
import { ActionClient } from "../support/action-client.js";
import { type ActionProcess, startActionProxy } from "../support/action-runtime.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";

const test = suite("runtimes: random bodies");

let runtime: ActionProcess;
let client: ActionClient;
test.before(async () => {
  runtime = await startActionProxy({ env: { PROXY_ALLOW_REINIT: "1", ACTION_BODY_LIMIT: "20000" } });
  client = new ActionClient(runtime);
});
test.after(() => runtime.stop());

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

test("1,000 random bodies to /init and /run: always an HTTP answer, and the proxy is alive afterwards", async () => {
  let [runs, failedInits] = [0, 0];
  const request = fc.tuple(fc.constantFrom("/init", "/run"), body);
  await fc.assert(
    fc.asyncProperty(request, async ([path, sent]) => {
      const { status, json, text: answer } = await client.send(path, sent);
      assert.ok([200, 400, 404, 413, 502].includes(status), `${path}: ${status} ${answer}`);
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
  assert.equal((await client.script("#!/bin/sh\ncat\n", { value: { alive: true } })).json, { alive: true });
});

test.run();
