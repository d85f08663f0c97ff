import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { AFTER, ATTACKS, type Attack } from "../support/action-attacks.js";
import { payload } from "../support/action-basics.js";
import { ActionClient } from "../support/action-client.js";
import { type ActionProcess, sourceProxy, startActionProxy } from "../support/action-runtime.js";
import { runtimeDirectory } from "../support/runtime-process.js";
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

  test(`${language}: action-try runs text and zips, with another main`, () => {
    const directory = runtimeDirectory();
    const name = { nodejs: "index.js", python3: "__main__.py" }[language];
    const zip = { nodejs: "exports.niam = (args) => args", python3: lines("def niam(args):", "    return args") }[
      language
    ];
    writeFileSync(join(directory, "text"), AFTER[language]);
    writeFileSync(join(directory, "zip"), zipOf({ name, content: zip }));
    const tryOut = (...args: readonly string[]) => {
      const program = join(dirname(MAIN[language]), "try.mjs");
      const { status, stdout } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
      return [status, stdout.replaceAll(": ", ":")];
    };
    assert.equal(tryOut("--code", join(directory, "text"), '{"a":1}'), [0, '200 {"a":1}\n']);
    assert.equal(tryOut("--code", join(directory, "zip"), "--main", "niam", '{"a":1}'), [0, '200 {"a":1}\n']);
    assert.is(tryOut("--code", join(directory, "zip"))[0], 1);
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

test("python3: a launcher that is not there is said", async () => {
  const client = await start("python3", { PATH: "/nowhere" });
  const { status, json, err } = await client.logged(() => client.init(payload(AFTER.python3)));
  assert.equal([status, json], [502, { error: "Cannot start action. Check logs for details." }]);
  assert.match(err, /^error: the action cannot be started: python3: .*is not there/);
});

test.run();
