import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { payload } from "../support/action-basics.js";
import { ActionClient, MARKER } from "../support/action-client.js";
import { type ActionProcess, sourceProxy, startActionProxy } from "../support/action-runtime.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";
import { zipOf } from "../support/zip.js";

const test = suite("runtimes: hostile sources");
const MAIN = { nodejs: sourceProxy("nodejs"), python3: sourceProxy("python3") };
type Language = keyof typeof MAIN;
const NO_RESULT = { error: "The action did not return a dictionary or array." };

const started: ActionProcess[] = [];
test.after.each(async () => {
  await Promise.all(started.splice(0).map((runtime) => runtime.stop()));
});

async function start(language: Language, env: Readonly<Record<string, string>> = {}) {
  const runtime = await startActionProxy({ main: MAIN[language], env: { PROXY_ALLOW_REINIT: "1", ...env } });
  started.push(runtime);
  return Object.assign(new ActionClient(runtime), { runtime });
}

const lines = (...text: readonly string[]) => `${text.join("\n")}\n`;
const RUN = randomUUID();
/** The processes with this text in their environment. */
const processesWith = (text: string) =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(text);
    } catch {
      return false;
    }
  });

interface Attack {
  readonly code: string;
  /** JSON. */
  readonly value?: string;
  readonly status: number;
  readonly json?: unknown;
  readonly text?: RegExp;
  readonly err?: RegExp;
}

const AFTER = { nodejs: "function main(args) { return args }", python3: lines("def main(args):", "    return args") };

const ATTACKS: Readonly<Record<Language, Readonly<Record<string, Attack>>>> = {
  nodejs: {
    "ends the process": {
      code: "function main() { process.exit(3) }",
      status: 400,
      json: { error: "command exited: exit code 3" },
    },
    "throws when nobody waits": {
      code: "function main() { setTimeout(() => { throw new Error('late') }); return new Promise(() => {}) }",
      status: 400,
      json: { error: "command exited: exit code 1" },
      err: /Error: late/,
    },
    "rejects when nobody waits": {
      code: "function main() { Promise.reject(new Error('stray')); return new Promise(() => {}) }",
      status: 400,
      err: /Error: stray/,
    },
    "writes to the runtime's descriptor": {
      code: "function main() { require('fs').writeSync(3, 'hello\\n'); return {} }",
      status: 502,
      json: NO_RESULT,
      err: /file descriptor 3/,
    },
    "closes the runtime's descriptor": {
      code: "function main() { require('fs').closeSync(3); return {} }",
      status: 400,
      text: /command exited/,
    },
    "returns a BigInt": {
      code: "function main() { return { n: 1n } }",
      status: 502,
      text: /An error has occurred: TypeError: .*BigInt/,
      err: /BigInt/,
    },
    "returns a circle": {
      code: "function main() { const a = {}; a.a = a; return a }",
      status: 502,
      text: /An error has occurred: TypeError: .*circular/,
    },
    "rejects with a circle": {
      code: "async function main() { const e = new Error('round'); e.e = e; e.n = 1n; throw e }",
      status: 200,
      text: /"message":"round".*"e":"\[Circular\]","n":"1"/,
    },
    "returns what is nothing in JSON": {
      code: "function main() { return { toJSON() {} } }",
      status: 502,
      json: NO_RESULT,
    },
    "returns NaN and half a surrogate pair": {
      code: "function main() { return { n: NaN, s: '\\ud800' } }",
      status: 200,
      text: /^\{"n":null,"s":"\\ud800"\}$/,
    },
    "returns __proto__": {
      code: "function main(args) { return { back: args.__proto__, keys: Object.keys(args) } }",
      value: '{"__proto__": {"a": 1}}',
      status: 200,
      json: { back: { a: 1 }, keys: ["__proto__"] },
    },
    "throws what is no text": {
      code: "function main() { throw Object.create(null) }",
      status: 502,
      json: { error: "An error has occurred: object" },
    },
    "replaces what the runtime needs": {
      code: "function main() { console.log('seen'); process.stdout.write = () => true; JSON.stringify = () => 'x'; JSON.parse = () => 3; console.error = () => {}; return { a: 1 } }",
      status: 200,
      json: { a: 1 },
    },
    "nests more deeply than the stack": {
      code: "function main() { let a = {}; for (let i = 0; i < 100000; i++) a = { a }; return a }",
      status: 502,
      text: /An error has occurred: RangeError/,
    },
    "forges a marker": { code: `function main() { console.log("${MARKER}"); return {} }`, status: 200, json: {} },
  },
  python3: {
    "ends the process": {
      code: lines("import os", "def main(args):", "    os._exit(3)"),
      status: 400,
      json: { error: "command exited: exit code 3" },
    },
    "kills the process": {
      code: lines("import os", "def main(args):", "    os.kill(os.getpid(), 9)"),
      status: 400,
      json: { error: "command exited: signal SIGKILL" },
    },
    "writes to every descriptor": {
      code: lines(
        "import os",
        "def main(args):",
        "    for fd in range(3, 100):",
        "        try: os.write(fd, b'hello\\n')",
        "        except OSError: pass",
        "    return {}",
      ),
      status: 502,
      json: NO_RESULT,
      err: /file descriptor 3/,
    },
    "closes every descriptor": {
      code: lines("import os", "def main(args):", "    os.closerange(0, 100)", "    return {}"),
      status: 400,
      text: /command exited/,
    },
    "closes its outputs": {
      code: lines(
        "import sys",
        "def main(args):",
        "    sys.stdout.close()",
        "    sys.stderr.close()",
        "    return {'a': 1}",
      ),
      status: 200,
      json: { a: 1 },
    },
    "returns a set": {
      code: lines("def main(args):", "    return {'a': {1}}"),
      status: 502,
      json: NO_RESULT,
      err: /TypeError: Object of type set/,
    },
    "returns a circle": {
      code: lines("def main(args):", "    a = {}", "    a['a'] = a", "    return a"),
      status: 502,
      json: NO_RESULT,
      err: /Circular reference/,
    },
    "returns NaN": {
      code: lines("def main(args):", "    return {'n': float('nan')}"),
      status: 502,
      json: NO_RESULT,
      err: /JSON/,
    },
    "returns half a surrogate pair": {
      code: lines("def main(args):", "    print('\\ud800')", "    return {'s': '\\ud800', 'w': '❄'}"),
      status: 200,
      text: /^\{"s": "\\ud800", "w": "\\u2744"\}$/,
    },
    "raises what has no text": {
      code: lines(
        "class Odd(Exception):",
        "    def __str__(self): raise ValueError",
        "def main(args):",
        "    raise Odd()",
      ),
      status: 200,
      json: { error: "Odd" },
    },
    "replaces what the runtime needs": {
      code: lines(
        "import json, sys, os",
        "json.dumps = json.loads = print",
        "sys.stdout = sys.stderr = None",
        "def main(args):",
        "    return args",
      ),
      value: '{"a": 1}',
      status: 200,
      json: { a: 1 },
    },
    "is given more nesting than Python can read": {
      code: AFTER.python3,
      value: `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`,
      status: 200,
      text: /recursion/,
      err: /RecursionError/,
    },
    "forges a marker": {
      code: lines("def main(args):", `    print("${MARKER}")`, "    return {}"),
      status: 200,
      json: {},
    },
    "reads standard input": {
      code: lines("import sys", "def main(args):", "    return {'read': sys.stdin.read()}"),
      status: 200,
      json: { read: "" },
    },
  },
};

for (const [language, attacks] of Object.entries(ATTACKS) as [Language, Readonly<Record<string, Attack>>][])
  for (const [what, { code, value = "{}", status, json, text, err }] of Object.entries(attacks))
    test(`${language}: an action that ${what}, and the next activation`, async () => {
      const client = await start(language);
      assert.is((await client.init(payload(code))).status, 200);
      const answer = await client.send("/run", `{"value":${value}}`);
      assert.is(answer.status, status, answer.text);
      if (json !== undefined) assert.equal(answer.json, json);
      if (text) assert.match(answer.text, text);
      const own = what === "forges a marker" ? 1 : 0;
      await until("the markers are there", () => client.markers().out === 1 + own && client.markers().err === 1);
      if (err) assert.match(client.runtime.logs().stderr, err);
      assert.is((await client.init(payload(AFTER[language]))).status, 200);
      assert.equal((await client.run({ value: { alive: true } })).json, { alive: true });
    });

const ENDLESS = { nodejs: "while (true) {}", python3: "while True: pass" };
const endlessRun = {
  nodejs: `let n = 0\nfunction main(args) { n += 1; if (args.end) ${ENDLESS.nodejs}; return { n } }`,
  python3: lines(
    "n = 0",
    "def main(args):",
    "    global n",
    "    n += 1",
    `    if args.get('end'):`,
    "        while True: pass",
    "    return {'n': n}",
  ),
};

for (const language of Object.keys(MAIN) as Language[]) {
  test(`${language}: an endless run ends at its deadline, and the code is loaded again`, async () => {
    const client = await start(language);
    await client.init(payload(endlessRun[language]));
    assert.equal((await client.run({})).json, { n: 1 });
    const { status, json, err } = await client.run({ value: { end: true }, deadline: Date.now() + 300 });
    assert.is(status, 502);
    assert.match((json as { error: string }).error, /deadline/);
    assert.match(err, /deadline/);
    assert.equal((await client.run({})).json, { n: 1 });
  });

  test(`${language}: an endless init ends when its client goes, and leaves nothing`, async () => {
    const client = await start(language, { OF_THIS_TEST: `${language}-${RUN}` });
    const begun = join(client.runtime.directory, "begun");
    const code = {
      nodejs: `require('fs').writeFileSync('../begun', '')\n${ENDLESS.nodejs}`,
      python3: lines("open('../begun', 'w').close()", ENDLESS.python3),
    }[language];
    const sent = request(`${client.runtime.url}/init`, { method: "POST" });
    sent.on("error", () => {});
    sent.end(JSON.stringify({ value: payload(code) }));
    await until("the code is being loaded", () => existsSync(begun));
    sent.destroy();
    await until("the marker is written", () => client.markers().err === 1);
    await until("nothing is left", () => processesWith(`${language}-${RUN}`).length === 1);
    assert.is((await client.init(payload(AFTER[language]))).status, 200);
    assert.equal((await client.run({ value: { a: 1 } })).json, { a: 1 });
    await client.runtime.end("SIGTERM");
    assert.equal(processesWith(`${language}-${RUN}`), []);
  });

  test(`${language}: what is printed before the answer stands before the marker, however much it is`, async () => {
    const client = await start(language);
    const code = {
      nodejs:
        "function main({ n }) { console.log('x'.repeat(n)); console.error('e'); process.stdout.write('end'); return { n } }",
      python3: lines(
        "import sys",
        "def main(args):",
        "    print('x' * args['n'])",
        "    print('e', file=sys.stderr)",
        "    print('end', end='')",
        "    return args",
      ),
    }[language];
    await client.init(payload(code));
    for (const n of [1, 60_000, 300_000, 20_000_000, 5]) {
      const { status, out, err } = await client.run({ value: { n } });
      assert.is(status, 200);
      assert.is(out.length, n + 5);
      assert.ok(out.endsWith("x\nend\n"));
      assert.is(err, "e\n");
    }
    for (let n = 1; n < 100; n++) assert.is((await client.run({ value: { n } })).out.length, n + 5);
  });

  test(`${language}: variables of one run are gone in the next, those that the code sets stay`, async () => {
    const client = await start(language, { __OW_API_HOST: "host" });
    const code = {
      nodejs:
        "process.env.MINE = 'yes'\nfunction main() { const { __OW_A = null, __OW_API_HOST, MINE } = process.env; return { a: __OW_A, host: __OW_API_HOST, mine: MINE } }",
      python3: lines(
        "import os",
        "os.environ['MINE'] = 'yes'",
        "def main(args):",
        "    return {'a': os.environ.get('__OW_A'), 'host': os.environ['__OW_API_HOST'], 'mine': os.environ['MINE']}",
      ),
    }[language];
    await client.init(payload(code));
    assert.equal((await client.run({ a: "1", api_host: "other" })).json, { a: "1", host: "other", mine: "yes" });
    assert.equal((await client.run({})).json, { a: null, host: "host", mine: "yes" });
  });

  test(`${language}: an answer that is too long is none`, async () => {
    const client = await start(language, { ACTION_BODY_LIMIT: "2000" });
    const code = {
      nodejs: "function main({ n }) { return { a: 'a'.repeat(n) } }",
      python3: lines("def main(args):", "    return {'a': 'a' * args['n']}"),
    }[language];
    await client.init(payload(code));
    const { status, json, err } = await client.run({ value: { n: 5_000_000 } });
    assert.equal([status, json], [502, NO_RESULT]);
    assert.match(err, /too long/);
    assert.is((await client.run({ value: { n: 1000 } })).status, 200);
  });

  test(`${language}: a zip that unpacks to too much is refused, and leaves nothing`, async () => {
    const client = await start(language, { ACTION_UNPACKED_LIMIT: "100000" });
    const name = { nodejs: "index.js", python3: "__main__.py" }[language];
    const code = zipOf({ name, content: AFTER[language] }, { name: "zeros", content: Buffer.alloc(200_000) });
    const { status, err } = await client.logged(() =>
      client.init(payload(code.toString("base64"), "main", { binary: true })),
    );
    assert.is(status, 502);
    assert.match(err, /more than 100000 bytes/);
    assert.equal(readdirSync(join(client.runtime.directory, "code")), []);
  });

  test(`${language}: code that the image brings runs without code, with an init and without one`, async () => {
    const client = await start(language);
    const name = { nodejs: "index.js", python3: "__main__.py" }[language];
    const code = { nodejs: "exports.main = (args) => args", python3: AFTER.python3 }[language];
    writeFileSync(join(client.runtime.directory, name), code);
    assert.equal((await client.run({ value: { a: 1 } })).json, { a: 1 });
    assert.is((await client.init(payload(null))).status, 200);
    assert.equal((await client.run({ value: { a: 2 } })).json, { a: 2 });
  });
}

test.run();
