import type { StartRuntime } from "./runtime-process.js";
import { assert } from "./suite.js";

/**
 * Checks over HTTP alone what every image with a function server must do. A base image has no function and must say so; the others
 * greet the person in the payload.
 */
export async function functionEssentials(name: string, start: StartRuntime): Promise<void> {
  if (!name.startsWith("greeting-")) {
    await assertNoFunction(start);
    return;
  }
  const server = await start();
  try {
    const send = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(server.url + path, init);
      const text = await response.text();
      return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
    };
    const post = (body: string) => send("/", { method: "POST", body });
    assert.equal(await send("/healthz"), { status: 200, json: {} });
    assert.equal(await post('{"context":{"trace":"t"},"payload":{"name":"Zoë ❄"}}'), {
      status: 200,
      json: {
        context: { trace: "t", logs: { stdout: ["greeting Zoë ❄"], stderr: [] }, error: null },
        payload: { greeting: "Hello, Zoë ❄!" },
      },
    });
    for (const body of ["nonsense", "[]", '{"context":3}', '{"payload":{}}']) {
      const { status, json } = await post(body);
      assert.equal([status, json.context.error.type, json.payload], [400, "InputError", null], body);
    }
    assert.is((await send("/", { method: "PUT", body: "{}" })).status, 405);
    assert.is((await send("/other")).status, 404);
    const many = await Promise.all(Array.from({ length: 20 }, (_, n) => post(`{"payload":{"name":"${n}"}}`)));
    assert.equal(
      many.map(({ json }) => [json.payload.greeting, json.context.logs.stdout]),
      many.map((_, n) => [`Hello, ${n}!`, [`greeting ${n}`]]),
    );
  } finally {
    await server.stop();
  }
}

/** Checks that it does not start, and says why. */
async function assertNoFunction(start: StartRuntime): Promise<void> {
  const said = await start().then(
    async (server) => {
      await server.stop();
      return "it runs";
    },
    (error: Error) => error.message,
  );
  assert.match(said, /there is no function/);
}
