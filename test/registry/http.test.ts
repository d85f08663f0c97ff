import { httpExchange } from "../../src/registry/http.js";
import type { HttpError, HttpExchange } from "../../src/registry/http-exchange.js";
import { retrying } from "../../src/registry/retry.js";
import { assert, suite } from "../support/suite.js";
import { type Answer, startFakeServer } from "./fake-server.js";

const test = suite("registry HTTP");
const plain = (timeout?: number) => httpExchange({ tlsVerify: false, env: {}, ...(timeout && { timeout }) });
const get = (exchange: HttpExchange, host: string, headers = {}) =>
  exchange({ method: "GET", url: new URL(`https://${host}/x`), headers });
const codeOf = (action: Promise<unknown>) =>
  action.then(
    () => "no error",
    (error: HttpError) => error.code,
  );

/** Answers in order, the last one for ever. */
const inOrder = (answers: readonly (Answer | "hang" | "reset")[]) => {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] as Answer;
};

/** A sleep that only writes down how long it should have been. */
function recorder() {
  const waits: number[] = [];
  return { waits, sleep: async (milliseconds: number) => void waits.push(milliseconds) };
}

test("without TLS only where that is allowed, and over one connection", async () => {
  const server = await startFakeServer(() => ({ status: 200, body: "yes" }));
  try {
    const exchange = plain();
    assert.is((await get(exchange, server.host)).body.toString(), "yes");
    await get(exchange, server.host);
    assert.is(server.seen.length, 2);
    assert.is(await codeOf(get(httpExchange({ tlsVerify: true, env: {} }), server.host)), "EPROTO");
  } finally {
    await server.stop();
  }
});

test("redirects: credentials stay with their host", async () => {
  const storage = await startFakeServer(() => ({ status: 200, body: "blob" }));
  const server = await startFakeServer(({ path }) => {
    if (path === "/x") return { status: 307, headers: { location: "/y" } };
    return { status: 302, headers: { location: `http://${storage.host}/z` } };
  });
  try {
    const answer = await get(plain(), server.host, { authorization: "Basic c2VjcmV0", accept: "a" });
    assert.is(answer.body.toString(), "blob");
    assert.is(server.seen[1]?.headers.authorization, "Basic c2VjcmV0");
    assert.is(storage.seen[0]?.headers.authorization, undefined);
    assert.is(storage.seen[0]?.headers.accept, "a");
  } finally {
    await server.stop();
    await storage.stop();
  }
});

test("redirects end, and a PUT is not redirected", async () => {
  const server = await startFakeServer(() => ({ status: 302, headers: { location: "/x" } }));
  try {
    assert.is(await codeOf(get(plain(), server.host)), "REDIRECTS");
    const put = {
      method: "PUT",
      url: new URL(`https://${server.host}/x`),
      headers: {},
      body: Buffer.from("b"),
    } as const;
    assert.is((await plain()(put)).status, 302);
  } finally {
    await server.stop();
  }
});

test("an answer that does not come, breaks off or is too large", async () => {
  const answers = inOrder(["hang", "reset", { status: 200, body: Buffer.alloc(4 * 1024 * 1024 + 1) }]);
  const server = await startFakeServer(answers);
  try {
    const exchange = plain(300);
    assert.is(await codeOf(get(exchange, server.host)), "ETIMEDOUT");
    assert.is(await codeOf(get(exchange, server.host)), "ECONNRESET");
    assert.is(await codeOf(get(exchange, server.host)), "TOO_LARGE");
  } finally {
    await server.stop();
  }
});

test("an aborted request fails with the signal's reason", async () => {
  const server = await startFakeServer(() => "hang");
  try {
    const stop = new AbortController();
    const url = new URL(`https://${server.host}/x`);
    const waiting = plain()({ method: "GET", url, headers: {}, signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 20);
    assert.is(await waiting.catch((error: Error) => error.message), "enough");
  } finally {
    await server.stop();
  }
});

const errors = (code: string) => JSON.stringify({ errors: [{ code }] });

test("retries wait longer each time, and as long as the server says", async () => {
  const now = () => Date.parse("2026-01-01T00:00:00Z");
  const later = "Thu, 01 Jan 2026 00:00:07 GMT";
  const cases: [readonly (Answer | "reset")[], readonly number[], number][] = [
    [[{ status: 503 }, { status: 500 }, "reset", { status: 200 }], [500, 1000, 2000], 200],
    [[{ status: 502 }], [500, 1000, 2000], 502],
    [[{ status: 429, headers: { "retry-after": "3" } }, { status: 200 }], [3000], 200],
    [[{ status: 503, headers: { "retry-after": later } }, { status: 200 }], [7000], 200],
    [[{ status: 429, headers: { "retry-after": "3600" } }], [], 429],
    [[{ status: 404 }], [], 404],
    [[{ status: 400, body: errors("DIGEST_INVALID") }, { status: 200 }], [500], 200],
    [[{ status: 400, body: errors("NAME_INVALID") }], [], 400],
    [[{ status: 501 }], [], 501],
  ];
  for (const [answers, waits, status] of cases) {
    const server = await startFakeServer(inOrder(answers));
    try {
      const clock = recorder();
      const answer = await get(retrying(plain(), clock.sleep, now), server.host);
      assert.is(answer.status, status);
      assert.equal(clock.waits, waits);
    } finally {
      await server.stop();
    }
  }
});

test("a manifest whose blobs are just being written is put again, a blob with another digest is not", async () => {
  const cases: [string, string, number][] = [
    ["manifests/latest", "MANIFEST_BLOB_UNKNOWN", 2],
    ["manifests/latest", "MANIFEST_INVALID", 1],
    ["blobs/uploads/1", "DIGEST_INVALID", 1],
  ];
  for (const [path, code, requests] of cases) {
    const server = await startFakeServer(inOrder([{ status: 400, body: errors(code) }, { status: 201 }]));
    try {
      const url = new URL(`https://${server.host}/v2/team/base/${path}`);
      const put = { method: "PUT", url, headers: {}, body: Buffer.from("{}") } as const;
      await retrying(plain(), recorder().sleep, Date.now)(put);
      assert.is(server.seen.length, requests, path);
    } finally {
      await server.stop();
    }
  }
});

test("a server that is not there is tried again, a name that does not exist is not", async () => {
  const clock = recorder();
  const refuse = (code: string) => async () => {
    throw Object.assign(new Error(code), { code });
  };
  const server = await startFakeServer(() => ({ status: 200 }));
  await server.stop();
  assert.is(await codeOf(get(retrying(plain(), clock.sleep, Date.now), server.host)), "ECONNREFUSED");
  assert.is(clock.waits.length, 3);
  assert.is(await codeOf(get(retrying(refuse("ENOTFOUND"), clock.sleep, Date.now), "x")), "ENOTFOUND");
  assert.is(clock.waits.length, 3);
});

test.run();
