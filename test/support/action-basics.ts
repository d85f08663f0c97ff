import type { Test } from "uvu";
import { ActionClient } from "./action-client.js";
import { ACTIVATION, type ActionSamples } from "./action-samples.js";
import type { StartRuntime } from "./runtime-process.js";
import { assert } from "./suite.js";
import { until } from "./until.js";

const NO_CODE = [
  "Missing main/no code to execute.",
  "The action failed to generate or locate a binary. See logs for details.",
];
const NO_RESULT = "The action did not return a dictionary or array.";
const ONCE = "Cannot initialize the action more than once.";

/** What OpenWhisk's test kit sends to /init. */
export const payload = (code: string | null, main = "main", more: Readonly<Record<string, unknown>> = {}) => ({
  code,
  main,
  binary: false,
  env: null,
  ...more,
});

/**
 * The cases that every runtime of OpenWhisk passes (BasicActionRunnerTests of apache/openwhisk): the same requests, statuses, sentences and
 * streams, with a marker in each stream for each activation.
 */
export function basicCases(test: Test, start: StartRuntime, samples: ActionSamples): void {
  const using = async (use: (client: ActionClient) => Promise<void>, env: Readonly<Record<string, string>> = {}) => {
    const client = new ActionClient(await start(env));
    try {
      await use(client);
    } finally {
      await client.runtime.stop();
    }
  };
  const loaded = (
    code: string,
    use: (client: ActionClient) => Promise<void>,
    { main = "main", env = {} }: { readonly main?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ) =>
    using(async (client) => {
      const { status, text } = await client.init(payload(code, main));
      assert.is(status, 200, text);
      await use(client);
    }, env);

  test("kit: initialization with no code, and with no content", () =>
    using(async (client) => {
      for (const body of [{ value: payload("", "") }, {}]) {
        const { status, json } = await client.send("/init", JSON.stringify(body));
        if (samples.stub) assert.is(status, 200);
        else {
          assert.is.not(status, 200);
          assert.ok(NO_CODE.includes((json as { error: string }).error), JSON.stringify(json));
        }
        if (samples.stub) return;
      }
    }));

  test("kit: what does not return a JSON object is an error", () =>
    loaded(samples.notJson, async (client) => {
      const { status, json, out, err } = await client.run({});
      assert.is(status, 502);
      assert.equal(json, { error: NO_RESULT });
      assert.is(out, samples.printsResult ? "not a json object\n" : "");
      if (samples.printsResult) assert.is(err, "");
    }));

  test("kit: a second init is refused, and the first one stays", () =>
    loaded(samples.echo, async (client) => {
      const { status, json } = await client.init(payload(samples.notJson));
      assert.is(status, 403);
      assert.equal(json, { error: ONCE });
      await until("it is in the logs", () => client.runtime.logs().stderr.includes(ONCE));
      assert.equal(client.markers(), { out: 0, err: 0 });
      assert.equal((await client.run({ value: { a: 1 } })).json, { a: 1 });
    }));

  test("kit: an entry point other than main", () =>
    loaded(
      samples.niam,
      async (client) => {
        const { status, json, out, err } = await client.run({ value: { string: "hello" } });
        assert.equal([status, json, out, err], [200, { string: "hello" }, "", ""]);
      },
      { main: "niam" },
    ));

  test("kit: arguments come back, and both streams are logs", () =>
    loaded(samples.hello, async (client) => {
      for (const value of [{ string: "hello" }, { string: "❄ ☃ ❄" }, { numbers: [42, 1] }, { object: { a: "A" } }]) {
        const { status, json, out, err } = await client.run({ value });
        assert.equal([status, json, out, err], [200, value, "hello stdout\n", "hello stderr\n"]);
      }
    }));

  test("kit: Unicode in the source, the argument, the logs and the result", () =>
    loaded(samples.unicode, async (client) => {
      const { json, out } = await client.run({ value: { delimiter: "❄" } });
      assert.equal(json, { winter: "❄ ☃ ❄" });
      assert.is(out, "❄ ☃ ❄\n");
    }));

  test("kit: variables of init are there when the code is loaded", () =>
    using(async (client) => {
      const env = { SOME_VAR: "xyz", ANOTHER_VAR: "" };
      assert.is((await client.init(payload(samples.parameters, "main", { env }))).status, 200);
      const { status, json, out, err } = await client.run({ value: {} });
      assert.equal([status, json, out, err], [200, env, "", ""]);
    }));

  test("kit: variables of the activation, and of the container", () =>
    loaded(
      samples.variables,
      async (client) => {
        const expected = { api_host: "xyz", ...ACTIVATION };
        for (const message of [
          { value: {}, ...ACTIVATION },
          { value: {}, activation: ACTIVATION },
        ]) {
          const { status, json, out, err } = await client.run(message);
          assert.equal([status, json, out, err], [200, expected, "", ""]);
        }
      },
      { env: { __OW_API_HOST: "xyz" } },
    ));

  test("kit: arguments of 1 MB and more come back", () =>
    loaded(samples.echo, async (client) => {
      for (const value of [{ arg: "a".repeat(1_048_561) }, { arg: "❄".repeat(1 << 20) }]) {
        const { status, json } = await client.run({ value });
        assert.is(status, 200);
        assert.equal(json, value);
      }
    }));

  test("kit: an array as argument and as result", () =>
    loaded(samples.echo, async (client) => {
      assert.equal((await client.run({ value: ["a", "b"] })).json, ["a", "b"]);
    }));

  test("kit: a run without a dictionary is 404, one whose body says nothing has {}", () =>
    loaded(samples.echo, async (client) => {
      const { status, out, err } = await client.run({ value: "A" });
      assert.equal([status, out, err], [404, "", ""]);
      for (const body of ["", "null", "nonsense", "{}"]) assert.equal((await client.run(body)).json, {}, body);
    }));
}
