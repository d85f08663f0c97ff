import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import {
  type FunctionAnswer,
  type FunctionLanguage,
  type FunctionServer,
  functionDirectory,
  NODE,
  PYTHON,
  startFunction,
} from "../support/function-client.js";
import { runtimeDirectory } from "../support/runtime-process.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";

/** The same function in each language; its payload says what to do. */
const SOURCES = new Map<FunctionLanguage, string>([
  [
    NODE,
    `import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
class InputError extends Error { name = "InputError"; }
export async function handle(context, payload) {
  switch (payload?.do) {
    case "log":
      console.log("out", payload.n);
      await sleep(payload.n % 3);
      console.error("err", payload.n);
      await new Promise((done) => setTimeout(() => done(console.log("late", payload.n)), 1));
      return payload.n;
    case "bytes": process.stdout.write("a".repeat(3000) + "\\n"); return null;
    case "input": throw new InputError("no such thing");
    case "fail": return broken();
    case "throw": throw "a text";
    case "exit": process.exit(0);
    case "circular": { const a = {}; a.a = a; return a; }
    case "function": return () => 1;
    case "nothing": return undefined;
    case "context": context.changed = true; return context.given;
    case "wait": writeFileSync(payload.begun, ""); while (!existsSync(payload.go)) await sleep(10); return "done";
    default: return payload;
  }
}
function broken() { throw new RangeError("out of range"); }
`,
  ],
  [
    PYTHON,
    `import asyncio, concurrent.futures, os, sys, threading, time
class InputError(Exception): pass
POOL = concurrent.futures.ThreadPoolExecutor(2)
def handle(context, payload):
    do = payload.get("do") if isinstance(payload, dict) else None
    if do == "log":
        n = payload["n"]
        print("out", n)
        thread = threading.Thread(target=lambda: print("late", n))
        thread.start()
        thread.join()
        POOL.submit(print, "err", n, file=sys.stderr).result()
        return n
    if do == "parts":
        sys.stdout.write("in ")
        time.sleep(0.05)
        print("parts")
        return
    if do == "async": return later(payload["n"])
    if do == "bytes":
        print("a" * 3000)
        return None
    if do == "input": raise InputError("no such thing")
    if do == "fail": return broken()
    if do == "exit": sys.exit(0)
    if do == "circular":
        a = {}
        a["a"] = a
        return a
    if do == "function": return print
    if do == "nan": return float("nan")
    if do == "nothing": return
    if do == "context":
        context["changed"] = True
        return context["given"]
    if do == "wait":
        open(payload["begun"], "w").close()
        while not os.path.exists(payload["go"]): time.sleep(0.01)
        return "done"
    return payload
async def later(n):
    print("out", n)
    await asyncio.gather(deeper(n), deeper(n))
    return n
async def deeper(n):
    await asyncio.sleep(0.001 * (n % 3))
    print("deeper", n)
def broken():
    raise IndexError("out of range")
`,
  ],
]);

for (const [language, source] of SOURCES) declare(language, source);

function declare(language: FunctionLanguage, source: string): void {
  const test = suite(`runtimes: the function server for ${language.name}`);
  let server: FunctionServer;
  test.before(async () => {
    server = await startFunction(language, source, { FUNCTION_BODY_LIMIT: "3000000", FUNCTION_LOG_LIMIT: "2000" });
  });
  test.after(() => server.stop());

  const failed = ({ status, payload, context }: FunctionAnswer) => {
    assert.is(payload, null);
    return { status, ...context.error };
  };

  test("GET /healthz is 200 {}", async () => {
    const response = await fetch(`${server.url}/healthz`);
    assert.is(response.status, 200);
    assert.equal(await response.json(), {});
  });

  test("the handler is called with context and payload, and its result is the payload", async () => {
    for (const payload of [{ a: [1, null, "❄ 😀"] }, [1], "text", 0, false, null, { a: "é".repeat(1 << 20) }]) {
      const answer = await server.call(payload, { given: 1 });
      assert.is(answer.status, 200);
      assert.equal(answer.payload, payload);
      assert.equal(answer.context, { given: 1, logs: { stdout: [], stderr: [] }, error: null });
    }
    assert.is((await server.call({ do: "nothing" })).payload, null);
    assert.is((await server.post("{}")).payload, null);
    const changing = await server.call({ do: "context" }, { given: "a" });
    assert.is(changing.payload, "a");
    assert.equal(changing.context, { given: "a", logs: { stdout: [], stderr: [] }, error: null });
  });

  test("a wrong input is 400 InputError: not JSON, not a dictionary, a wrong context", async () => {
    const deep = `${"[".repeat(100_000)}`;
    const notUtf8 = Buffer.from([0x22, 0xff, 0x22]);
    for (const body of ["", "nonsense", "3", "null", "[]", '{"context":3}', '{"context":{"a":NaN}}', notUtf8, deep]) {
      const { status, type, message } = failed(await server.post(body));
      assert.is(status, 400);
      assert.is(type, "InputError");
      assert.ok(message);
    }
  });

  test("a function reports wrong input by throwing an InputError", async () => {
    const { status, type, message } = failed(await server.call({ do: "input" }));
    assert.equal([status, type, message], [400, "InputError", "no such thing"]);
  });

  test("a failing function is 500 FunctionError with its stack trace, without the server's", async () => {
    const { status, type, message, stacktrace = [] } = failed(await server.call({ do: "fail" }));
    assert.equal([status, type, message], [500, "FunctionError", "out of range"]);
    const trace = stacktrace.join("\n");
    assert.match(trace, /broken/);
    assert.ok(trace.includes(language.file));
    assert.not.match(trace, /function.server|function-nodejs/);
  });

  test("a function that ends its process has failed, and the server goes on", async () => {
    const { status, type } = failed(await server.call({ do: "exit" }));
    assert.equal([status, type], [500, "FunctionError"]);
    assert.is((await server.call(1)).payload, 1);
  });

  test("a result that cannot be serialised is 422", async () => {
    for (const what of language === PYTHON ? ["circular", "function", "nan"] : ["circular", "function"]) {
      const { status, type, message } = failed(await server.call({ do: what }));
      assert.equal([status, type], [422, "FunctionError"], what);
      assert.match(message ?? "", /^The result cannot be serialised as JSON: ./);
    }
  });

  test("each call has its own logs, including those of what it has started, while others run", async () => {
    const calls = Array.from({ length: 20 }, (_, n) => server.call({ do: "log", n }));
    for (const [n, { payload, context }] of (await Promise.all(calls)).entries()) {
      assert.is(payload, n);
      assert.equal(context.logs, { stdout: [`out ${n}`, `late ${n}`], stderr: [`err ${n}`] });
    }
    await until("they are in the container's logs, too", () => /^out 7$/m.test(server.logs().stdout));
  });

  test("long logs are cut", async () => {
    const { context } = await server.call({ do: "bytes" });
    assert.equal(context.logs.stdout, ["a".repeat(2000), "… (the rest is in the logs of the container)"]);
  });

  test("a body that is too large is 413", async () => {
    const { status, type } = failed(await server.call("a".repeat(3_000_000)));
    assert.equal([status, type], [413, "InputError"]);
  });

  test("other methods are 405, other paths 404, input that is not HTTP 400, all as JSON", async () => {
    const answer = async (path: string, method: string) => {
      const response = await fetch(server.url + path, { method });
      assert.type(((await response.json()) as { error: string }).error, "string");
      return response.status;
    };
    assert.is(await answer("/", "GET"), 405);
    assert.is(await answer("/", "PUT"), 405);
    assert.is(await answer("/healthz", "POST"), 405);
    assert.is(await answer("/other", "POST"), 404);
    const raw = await exchange(server, "nonsense\r\n\r\n");
    assert.match(raw, /^HTTP\/1\.1 400 [\s\S]*\{"error":/);
  });

  test("a body in chunks", async () => {
    const body = '{"payload":"in chunks"}';
    const chunks = `${body.slice(0, 5)}|${body.slice(5)}`.split("|").map((c) => `${c.length.toString(16)}\r\n${c}\r\n`);
    const head = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
    assert.match(await exchange(server, `${head}${chunks.join("")}0\r\n\r\n`), /^HTTP\/1\.1 200 [\s\S]*in chunks/);
    assert.match(await exchange(server, `${head}zz\r\n`), /^HTTP\/1\.1 400 /);
  });

  test("the server keeps working after a client disconnects", async () => {
    for (let n = 0; n < 5; n++) {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
      socket.on("error", () => {});
      socket.end("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{");
      await new Promise((resolve) => socket.on("close", resolve).resume());
    }
    assert.is((await server.call(1)).payload, 1);
  });

  test("after SIGTERM calls finish, new ones are refused, and then the server ends", async () => {
    const own = await startFunction(language, source);
    const directory = runtimeDirectory();
    const [begun, go] = [join(directory, "begun"), join(directory, "go")];
    const idle = connect(Number(new URL(own.url).port), "127.0.0.1");
    idle.on("error", () => {});
    const running = own.call({ do: "wait", begun, go });
    await until("the function runs", () => existsSync(begun));
    const end = own.end("SIGTERM");
    await until("it takes no more", () =>
      own.call(1).then(
        () => false,
        () => true,
      ),
    );
    await import("node:fs/promises").then(({ writeFile }) => writeFile(go, ""));
    assert.is((await running).payload, "done");
    assert.is(await end, 0);
    await own.stop();
  });

  test("the validator fails for a handler that is missing or wrong, and the server does not start with it", async () => {
    const wrong: readonly (readonly [string, RegExp])[] =
      language === PYTHON
        ? [
            ["", /no function named handle/],
            ["handle = 3", /no function named handle/],
            ["def handle(a): pass", /must take \(context, payload\)/],
            ["def handle(", /SyntaxError|was never closed/],
            ["import nothing_like_it", /nothing_like_it/],
          ]
        : [
            ["", /does not export a function named handle/],
            ["export const handle = 3;", /does not export a function named handle/],
            ["export function handle(a, b, c) {}", /takes 3 arguments/],
            ["export function handle(", /SyntaxError|Unexpected/],
            ['import "nothing-like-it";', /nothing-like-it/],
          ];
    for (const [text, why] of wrong) {
      const directory = functionDirectory(language, text);
      const { code, stderr } = await validate(language, { FUNCTION_DIRECTORY: directory });
      assert.is(code, 1, text);
      assert.match(stderr, why);
      const started = await startFunction(language, text).then(
        (unexpected) => unexpected.stop().then(() => "it started"),
        (error: Error) => error.message,
      );
      assert.match(started, why);
    }
    const missing = await validate(language, { FUNCTION_DIRECTORY: "/nowhere" });
    assert.is(missing.code, 1);
    assert.match(missing.stderr, /there is no function/);
    assert.match((await validate(language, { FUNCTION_HANDLER: "handler" })).stderr, /FUNCTION_HANDLER is "handler"/);
    const good = await validate(language, { FUNCTION_DIRECTORY: functionDirectory(language, source) });
    assert.equal([good.code, good.stderr], [0, ""]);
  });

  test("validating writes nothing, so that the image of a function needs nobody's leave for it", async () => {
    const directory = functionDirectory(language, source);
    const before = readdirSync(directory, { recursive: true });
    assert.is((await validate(language, { FUNCTION_DIRECTORY: directory })).code, 0);
    assert.equal(readdirSync(directory, { recursive: true }), before);
    if (language !== PYTHON) return;
    assert.is((await validate(language, { FUNCTION_DIRECTORY: directory }, "--compile")).code, 0);
    assert.match(readdirSync(directory, { recursive: true }).join("\n"), /__pycache__\/.*\.pyc$/m);
    const unknown = await validate(language, { FUNCTION_DIRECTORY: directory }, "--fast");
    assert.is(unknown.stderr, "usage: function-validate [--compile]\n");
  });

  if (language === PYTHON) {
    test("lines that are written in parts are whole in the container's logs", async () => {
      await Promise.all(Array.from({ length: 5 }, () => server.call({ do: "parts" })));
      const lines = () => server.logs().stdout.match(/^in parts$/gm)?.length;
      await until("they are there", () => /(?:in |parts\n){10}$/.test(server.logs().stdout));
      assert.is(lines(), 5);
    });
    test("a coroutine is awaited, and its logs belong to its call", async () => {
      const answers = await Promise.all([1, 2, 3].map((n) => server.call({ do: "async", n })));
      for (const [index, { payload, context }] of answers.entries()) {
        const n = index + 1;
        assert.is(payload, n);
        assert.equal(context.logs.stdout, [`out ${n}`, `deeper ${n}`, `deeper ${n}`]);
      }
    });
  } else
    test("the thrown value need not be an Error", async () => {
      const { status, message, stacktrace } = failed(await server.call({ do: "throw" }));
      assert.equal([status, message, stacktrace], [500, "a text", []]);
    });

  test.run();
}

/** The server's answer to these bytes, until it closes the connection. */
function exchange(server: FunctionServer, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () => socket.write(bytes));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

function validate(language: FunctionLanguage, env: Readonly<Record<string, string>>, ...more: readonly string[]) {
  const [program, ...args] = [...language.validator, ...more] as [string, ...string[]];
  return new Promise<{ code: number; stderr: string }>((resolve) => {
    execFile(program, args, { env: { PATH: process.env.PATH, ...env } }, (error, _stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stderr }),
    );
  });
}
