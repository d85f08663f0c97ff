import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type ClientRequest, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { ActionClient } from "../support/action-client.js";
import { type ActionProcess, type ActionProxy, startActionProxy } from "../support/action-runtime.js";
import { MODULES, runtimeDirectory } from "../support/runtime-process.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";
import { DIRECTORY, FILE, LINK, type ZipFile, zipOf } from "../support/zip.js";

const test = suite("runtimes: the action proxy as a process");

const started: ActionProcess[] = [];
test.after.each(async () => {
  await Promise.all(started.splice(0).map((runtime) => runtime.stop()));
});

async function start(options: ActionProxy = {}): Promise<ActionClient & { runtime: ActionProcess }> {
  const runtime = await startActionProxy(options);
  started.push(runtime);
  return Object.assign(new ActionClient(runtime), { runtime });
}

const shell = (...lines: readonly string[]) => ["#!/bin/sh", ...lines, ""].join("\n");
const errorOf = (json: unknown) => (json as { error?: string } | undefined)?.error ?? "";

/** Starts a run without waiting for the answer. */
function post(url: string, body: string): ClientRequest {
  const sent = request(`${url}/run`, { method: "POST" });
  sent.on("error", () => {});
  sent.end(body);
  return sent;
}

/** Unique, because another run of these tests may be running at the same time. */
const RUN = randomUUID();

/** The processes with this text in their environment: the runs of one test. */
function processesWith(text: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(text);
    } catch {
      return false;
    }
  });
}

test("the stub reports that it is a stub: without init, and after an init without code", async () => {
  const client = await start();
  const stub = { error: "This is a stub action. Replace it with custom logic." };
  const first = await client.run({ value: {} });
  assert.equal(first.json, stub);
  assert.match(first.out, /stub action/);
  assert.is((await client.init({})).status, 200);
  assert.equal((await client.run({ value: {} })).json, stub);
});

test("it runs as the user who started it, in the directory of the action", async () => {
  const client = await start();
  const { json } = await client.script(shell(`echo "{\\"user\\":$(id -u),\\"directory\\":\\"$PWD\\"}"`));
  assert.equal(json, { user: statSync(client.runtime.directory).uid, directory: client.runtime.directory });
});

test("after the first SIGTERM runs finish, new ones are refused, and then the proxy ends", async () => {
  const client = await start();
  await client.init({ code: shell("touch begun; while [ ! -e go ]; do sleep 0.02; done", "echo '{\"a\":1}'") });
  const { directory, url } = client.runtime;
  const running = client.send("/run", '{"value":{}}');
  const idle = connect(Number(new URL(url).port), "127.0.0.1");
  idle.on("error", () => {});
  await until("the action runs", () => existsSync(join(directory, "begun")));
  const end = client.runtime.end("SIGTERM");
  await until("it takes no more", () =>
    client.send("/init", "", "GET").then(
      () => false,
      () => true,
    ),
  );
  writeFileSync(join(directory, "go"), "");
  assert.equal((await running).json, { a: 1 });
  assert.is(await end, 0);
});

test("the second SIGTERM ends the run, and leaves nothing of it", async () => {
  const client = await start({ env: { OF_THIS_TEST: `hurry-${RUN}` } });
  await client.init({ code: shell("touch begun; sleep 600") });
  const running = client.send("/run", '{"value":{}}');
  await until("the action runs", () => existsSync(join(client.runtime.directory, "begun")));
  process.kill(client.runtime.pid, "SIGTERM");
  await until("it takes no more", () =>
    client.send("/init", "", "GET").then(
      () => false,
      () => true,
    ),
  );
  const end = client.runtime.end("SIGTERM");
  assert.is((await running).status, 502);
  assert.is(await end, 0);
  await until("nothing is left", () => processesWith(`hurry-${RUN}`).length === 0);
});

test("a client that disconnects ends its run; the marker is written, and the next run works", async () => {
  const client = await start({ env: { OF_THIS_TEST: `gone-${RUN}` } });
  await client.init({ code: shell('[ "$__OW_GONE" ] || exec echo "{}"', "touch begun", "sleep 600 & sleep 600") });
  const { directory, url } = client.runtime;
  const sent = post(url, '{"value":{},"gone":"1"}');
  await until("the action runs", () => existsSync(join(directory, "begun")));
  sent.destroy();
  await until("the marker is written", () => client.markers().out === 1 && client.markers().err === 1);
  await until("nothing is left", () => processesWith(`gone-${RUN}`).length === 1);
  assert.equal((await client.run({ value: {} })).json, {});
});

test("a run whose client disconnects before its turn is not started", async () => {
  const client = await start();
  await client.init({
    code: shell("touch begun; echo >> count", "while [ ! -e go ]; do sleep 0.02; done", "echo '{}'"),
  });
  const { directory, url } = client.runtime;
  const first = client.send("/run", "{}");
  await until("the action runs", () => existsSync(join(directory, "begun")));
  const second = post(url, "{}");
  await until("the second has been sent", () => second.writableFinished);
  second.destroy();
  writeFileSync(join(directory, "go"), "");
  assert.is((await first).status, 200);
  assert.is((await client.run({})).status, 200);
  assert.is(readFileSync(join(directory, "count"), "utf8"), "\n\n");
});

test("simultaneous requests run one after another, each with its own logs and variables", async () => {
  const client = await start();
  await client.init({
    code: shell("echo begin $__OW_N", "sleep 0.01", "echo end $__OW_N >&2", 'echo "{\\"n\\":$__OW_N}"'),
  });
  const numbers = Array.from({ length: 12 }, (_, n) => n);
  const answers = await Promise.all(numbers.map((n) => client.send("/run", JSON.stringify({ value: {}, n }))));
  assert.equal(
    answers.map(({ json }) => (json as { n: number }).n),
    numbers,
  );
  await until("all markers are there", () => client.markers().out === 12 && client.markers().err === 12);
  assert.match(client.runtime.logs().stdout, /^(begin \d+\nXXX\w+\n){12}$/);
  assert.match(client.runtime.logs().stderr, /^listening.*\n(end \d+\nXXX\w+\n){12}$/);
});

test("bodies and results have limits", async () => {
  const client = await start({ env: { ACTION_BODY_LIMIT: "1000" } });
  await client.init({ code: shell("head -c $(cat | tr -dc 0-9) /dev/zero | tr '\\0' a", "echo", "echo '{}'") });
  const large = await client.run({ value: { a: "a".repeat(1000) } });
  assert.is(large.status, 413);
  assert.match(errorOf(large.json), /larger than 1000 bytes/);
  const { status, out } = await client.run({ value: { lineOf: 5_000_000 } });
  assert.is(status, 200);
  assert.is(out.length, 5_000_001);
  const line = await client.logged(() => client.send("/run", '{"value":{"a":2000}}'));
  assert.is(line.status, 200);
  await client.runtime.stop();
  const long = await start({ env: { ACTION_BODY_LIMIT: "1000" } });
  const { json, err } = await long.script(
    shell('printf \'{"a":"\'', "head -c 2000 /dev/zero | tr '\\0' a", "printf '\"}'"),
  );
  assert.match(errorOf(json), /did not return/);
  assert.match(err, /too long/);
});

test("input that is not HTTP gets an answer, and other requests continue", async () => {
  const client = await start();
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(Number(new URL(client.runtime.url).port), "127.0.0.1");
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve(text));
    socket.write("nonsense\r\n\r\n");
  });
  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*\{"error":/);
  assert.is((await client.run({})).status, 200);
});

test("a custom runner: epilogue, build, verify and env", async () => {
  const modules = runtimeDirectory();
  for (const name of ["action-proxy", "runtime-http"])
    cpSync(join(MODULES, name), join(modules, name), { recursive: true });
  writeFileSync(
    join(modules, "action-proxy/runner.mjs"),
    `import { appendFile, chmod, rename } from "node:fs/promises";
import { join } from "node:path";
import { ActionRunner } from "./proxy/action-runner.mjs";
export class Runner extends ActionRunner {
  constructor(settings, logs) {
    super(settings, logs);
    this.source = join(this.directory, "source");
    this.binary = join(this.directory, "built");
  }
  async epilogue({ main }) {
    if (main === "none") return false;
    await appendFile(this.source, main + "\\n");
  }
  async build() {
    await rename(this.source, this.binary);
    await chmod(this.binary, 0o755);
  }
  async verify() {
    return process.env.NEVER !== "1" && (await super.verify());
  }
  env(message) {
    return { ...super.env(message), ADDED: "by the runner" };
  }
}
`,
  );
  const main = join(modules, "action-proxy/proxy/main.mjs");
  try {
    const client = await start({ main });
    const failed = await client.logged(() => client.init({ code: "#!/bin/sh\n", main: "none" }));
    assert.is(failed.status, 502);
    assert.match(failed.err, /epilogue/);
    await client.init({ code: "#!/bin/sh\n", main: 'echo "{\\"added\\":\\"$ADDED\\",\\"id\\":\\"$__OW_ID\\"}"' });
    assert.equal((await client.run({ value: {}, id: "1" })).json, { added: "by the runner", id: "1" });
    const never = await start({ main, env: { NEVER: "1" } });
    assert.is((await never.init({ code: "#!/bin/sh\n", main: "true" })).status, 502);
    assert.is((await never.run({})).status, 502);
  } finally {
    await rm(modules, { recursive: true });
  }
});

test("an invalid runner ends the start with a message", async () => {
  const modules = runtimeDirectory();
  try {
    for (const name of ["action-proxy", "runtime-http"])
      cpSync(join(MODULES, name), join(modules, name), { recursive: true });
    for (const text of ["export {};\n", "export class Runner {}\n"]) {
      writeFileSync(join(modules, "action-proxy/runner.mjs"), text);
      const { status, stderr } = spawnSync(process.execPath, [join(modules, "action-proxy/proxy/main.mjs")], {
        encoding: "utf8",
        timeout: 10_000,
      });
      assert.is(status, 1);
      assert.match(stderr, /^action-proxy: \S+runner\.mjs does not export a class Runner that extends ActionRunner\n$/);
    }
  } finally {
    await rm(modules, { recursive: true });
  }
});

test("zips that must not be unpacked leave nothing behind", async () => {
  const client = await start({ env: { PROXY_ALLOW_REINIT: "1", ACTION_UNPACKED_LIMIT: "1000000" } });
  const zeros = Buffer.alloc(900_000);
  const exec = { name: "exec", content: shell("echo '{}'"), mode: FILE | 0o755 };
  const REFUSED: readonly (readonly [RegExp, ...ZipFile[]])[] = [
    [/outside/, { name: "a/../../outside" }],
    [/outside/, { name: "/etc/outside" }],
    [/name/, { name: "a\\..\\outside" }],
    [/leads out/, { name: "link", content: "../outside", mode: LINK | 0o777 }],
    [/leads out/, { name: "link", content: "/etc/passwd", mode: LINK | 0o777 }],
    [/already/, { name: "a/b" }, { name: "a/./b" }],
    [/neither/, { name: "pipe", mode: 0o010644 }],
    [/more than 1000000 bytes/, { name: "a", content: zeros }, { name: "b", content: zeros }],
    [/broken/, { name: "a", content: zeros, claim: { size: 10 } }],
    [/broken/, { name: "a", content: "abc", claim: { crc: 1 } }],
    [/broken/, { name: "a", content: "abc", stored: true, claim: { size: 2 } }],
    [/method 12/, { name: "a", content: "abc", claim: { method: 12 } }],
    [/encrypted/, { name: "a", content: "abc", claim: { flags: 1 } }],
    [/zip64/, { name: "a", content: "abc", claim: { size: 0xffffffff } }],
  ];
  for (const [why, ...files] of REFUSED) {
    const code = zipOf(exec, ...files).toString("base64");
    const { status, err } = await client.logged(() => client.init({ code, binary: true }));
    assert.is(status, 502, `${why}`);
    assert.match(err, why);
    assert.is(existsSync(join(client.runtime.directory, "exec")), false, `${why}`);
    assert.is(existsSync(join(client.runtime.directory, "../outside")), false, `${why}`);
  }
});

test("a zip with directories, links, and files not made on Unix", async () => {
  const client = await start();
  const code = zipOf(
    { name: "bin/", mode: DIRECTORY | 0o750 },
    { name: "bin/tool", content: shell("echo tool"), mode: FILE | 0o4755, stored: true },
    { name: "link", content: "bin/tool", mode: LINK | 0o777 },
    { name: "exec", content: shell('echo "{\\"tool\\":\\"$(./link)\\"}"') },
    { name: "data.txt", content: "❄" },
  ).toString("base64");
  assert.is((await client.init({ code, binary: true })).text, "OK");
  assert.equal((await client.run({})).json, { tool: "tool" });
  const mode = (name: string) => (statSync(join(client.runtime.directory, name)).mode & 0o7777).toString(8);
  assert.equal(["bin", "bin/tool", "exec", "data.txt"].map(mode), ["750", "755", "755", "644"]);
});

test("200 runs leave no process behind, and memory does not grow", async () => {
  const client = await start({ env: { OF_THIS_TEST: `many-${RUN}` } });
  await client.init({ code: shell("sleep 600 &", "cat") });
  const memory = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${client.runtime.pid}/status`, "utf8"))?.[1]);
  for (let n = 0; n < 50; n++) await client.send("/run", '{"value":{"a":1}}');
  const before = memory();
  for (let n = 0; n < 200; n++) assert.is((await client.send("/run", '{"value":{"a":1}}')).status, 200);
  assert.ok(memory() - before < 30_000, `${before} kB, then ${memory()} kB`);
  await until("only the proxy is left", () => processesWith(`many-${RUN}`).length === 1);
});

test("invalid settings are refused at the start", async () => {
  const wrong = await startActionProxy({ env: { PORT: "many" } }).then(
    () => "it started",
    (error: Error) => error.message,
  );
  assert.match(wrong, /action-proxy: PORT is "many"; it must be a whole number from 0 to 65535/);
});

test.run();
