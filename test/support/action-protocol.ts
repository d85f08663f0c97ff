import type { Test } from "uvu";
import { basicCases } from "./action-basics.js";
import { ActionClient } from "./action-client.js";
import { nodejsCases } from "./action-nodejs-cases.js";
import { pythonCases } from "./action-python-cases.js";
import { nodejsSamples, pythonSamples, shellSamples } from "./action-samples.js";
import type { StartRuntime } from "./runtime-process.js";
import { assert } from "./suite.js";
import { FILE, zipOf } from "./zip.js";

const ONCE = "Cannot initialize the action more than once.";
const NOT_MADE = "The action failed to generate or locate a binary. See logs for details.";
const NOT_FOUND = "The action failed to locate a binary. See logs for details.";
const NO_RESULT = "The action did not return a dictionary or array.";
const ECHO = "#!/bin/sh\necho 'a log'\necho 'an error' >&2\ncat\n";

const base64 = (zip: Buffer) => zip.toString("base64");
const errorOf = (json: unknown) => (json as { error?: string } | undefined)?.error ?? "";
const shell = (...lines: readonly string[]) => ["#!/bin/sh", ...lines, ""].join("\n");

/** What a runtime of actions takes: executables, or source code in a language (label `example.action` of images). */
export type ActionLanguage = "executable" | "nodejs" | "python3";

/**
 * Declares the tests that every runtime of actions must pass, including derived images: those of OpenWhisk's common test kit, and
 * those of its runtime for the same code. They use only HTTP and the logs.
 */
export function actionProtocol(test: Test, start: StartRuntime, language: ActionLanguage = "executable"): void {
  if (language === "nodejs") {
    basicCases(test, start, nodejsSamples);
    nodejsCases(test, start);
  } else if (language === "python3") {
    basicCases(test, start, pythonSamples);
    pythonCases(test, start);
  } else {
    basicCases(test, start, shellSamples);
    executableCases(test, start);
  }
}

/** They need only `/bin/sh`. */
function executableCases(test: Test, start: StartRuntime): void {
  let client: ActionClient;
  test.before(async () => {
    client = new ActionClient(await start({ PROXY_ALLOW_REINIT: "1" }));
  });
  test.after(() => client.runtime.stop());

  initTests(test, () => client);
  runTests(test, () => client);
  environmentTests(test, () => client);
  nonsenseTests(test, () => client);

  test("a second init is 403, and the first one stays", async () => {
    const fresh = new ActionClient(await start());
    try {
      assert.is((await fresh.init({ code: ECHO })).status, 200);
      const second = await fresh.init({ code: shell("echo '{}'") });
      assert.is(second.status, 403);
      assert.equal(second.json, { error: ONCE });
      assert.equal((await fresh.run({ value: { a: 1 } })).json, { a: 1 });
      assert.ok(fresh.runtime.logs().stderr.includes(ONCE));
      assert.equal(fresh.markers(), { out: 1, err: 1 });
    } finally {
      await fresh.runtime.stop();
    }
  });

  test("an init that failed may be tried again", async () => {
    const fresh = new ActionClient(await start());
    try {
      const failed = await fresh.logged(() => fresh.init({ code: "AAAA", binary: true }));
      assert.is(failed.status, 502);
      assert.equal((await fresh.script(ECHO, { value: { a: 1 } })).json, { a: 1 });
    } finally {
      await fresh.runtime.stop();
    }
  });
}

type Client = () => ActionClient;

function initTests(test: Test, client: Client): void {
  test("init answers OK", async () => {
    const { status, text } = await client().init({ name: "a", main: "main", code: ECHO, binary: false, env: {} });
    assert.is(status, 200);
    assert.is(text, "OK");
  });

  test("variables of init are visible to the action as text, and those of an earlier init are not", async () => {
    const env = { TEXT: "a b", NUMBER: 3, YES: true, NOTHING: null, LIST: ["a"], TABLE: { a: 1 } };
    await client().init({ code: shell("env | sort", "echo '{}'"), env });
    const { out } = await client().run({ value: {} });
    for (const line of ["TEXT=a b", "NUMBER=3", "YES=true", "NOTHING=", 'LIST=["a"]', 'TABLE={"a":1}'])
      assert.ok(out.split("\n").includes(line), `${line} in ${out}`);
    const again = await client().script(shell("env", "echo '{}'"));
    assert.not.match(again.out, /^TEXT=/m);
  });

  test("a zip is unpacked with its modes", async () => {
    const zip = zipOf(
      { name: "exec", content: shell('echo "{\\"tool\\":\\"$(lib/tool)\\"}"'), mode: FILE | 0o755 },
      { name: "lib/tool", content: shell("stat -c %a lib/data"), mode: FILE | 0o700 },
      { name: "lib/data", content: "x", mode: FILE | 0o640 },
    );
    assert.is((await client().init({ code: base64(zip), binary: true })).status, 200);
    assert.equal((await client().run({ value: {} })).json, { tool: "640" });
  });

  const FAILING: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
    ["text that is not a zip", { code: base64(Buffer.from("no zip at all")), binary: true }, /zip/],
    [
      "a zip that was cut off",
      { code: base64(zipOf({ name: "exec", content: ECHO }).subarray(0, -30)), binary: true },
      /zip/,
    ],
    ["a zip without a program", { code: base64(zipOf({ name: "readme", content: "x" })), binary: true }, /not there/],
    [
      "a zip whose program must not be executed",
      { code: base64(zipOf({ name: "exec", content: ECHO, mode: FILE | 0o644 })), binary: true },
      /not executable/,
    ],
    [
      "a zip that leads out of its directory",
      { code: base64(zipOf({ name: "../outside", content: "x", mode: FILE | 0o644 })), binary: true },
      /outside/,
    ],
  ];
  for (const [what, value, why] of FAILING) {
    test(`init with ${what} is 502, and says why`, async () => {
      const { status, json, err } = await client().logged(() => client().init(value));
      assert.is(status, 502);
      assert.equal(json, { error: NOT_MADE });
      assert.match(err, why);
    });
  }

  test("without a program a run is 502", async () => {
    await client().logged(() => client().init({ code: base64(zipOf()), binary: true }));
    const { status, json, err } = await client().run({ value: {} });
    assert.is(status, 502);
    assert.equal(json, { error: NOT_FOUND });
    assert.match(err, /exec is not there, or not executable/);
  });
}

function runTests(test: Test, client: Client): void {
  const VALUES: Readonly<Record<string, string>> = {
    "an object": '{"a":{"b":[1,2,null,true]}}',
    "an array": '["a",{"b":1}]',
    "no members": "{}",
    Unicode: '{"winter":"❄ ☃ ❄","pair":"😀","quote":"\\"\\\\"}',
    "numbers longer than JavaScript's": '{"id":12345678901234567890,"pi":3.14159265358979323846264}',
    "just less than the longest argument": `{"a":"${"a".repeat(131_071 - 8)}"}`,
    "just more than the longest argument": `{"a":"${"a".repeat(131_072 - 8)}"}`,
    "more than 1 MB": `{"a":"${"é".repeat(1 << 20)}"}`,
    "an array of more than 1 MB": `[${"1234567,".repeat(1 << 18)}0]`,
  };
  for (const [what, value] of Object.entries(VALUES)) {
    test(`the argument goes to standard input, and the last line is the result: ${what}`, async () => {
      const { status, text, out, err } = await client().script(ECHO, `{"action_name":"a","value":${value}}`);
      assert.is(status, 200);
      assert.is(text, value);
      assert.is(out, "a log\n");
      assert.is(err, "an error\n");
    });
  }

  test("the argument is also the first of the command line, if it fits", async () => {
    const count = shell("cat > /dev/null", 'printf \'{"count":%d,"bytes":%d}\' "$#" "$(printf %s "$1" | wc -c)"');
    const bytes = async (length: number) =>
      (await client().script(count, { value: { a: "a".repeat(length - 8) } })).json;
    assert.equal(await bytes(100), { count: 1, bytes: 100 });
    assert.equal(await bytes(131_071), { count: 1, bytes: 131_071 });
    assert.equal(await bytes(131_072), { count: 0, bytes: 0 });
  });

  test("without a value the argument is an empty object", async () => {
    assert.is((await client().script(shell("cat"), "{}")).text, "{}");
  });

  test("an action may ignore a long argument", async () => {
    const { json } = await client().script(shell("echo '{}'"), { value: { a: "a".repeat(4 << 20) } });
    assert.equal(json, {});
  });

  // What it printed, and what standard error says about it.
  const WRONG: readonly (readonly [string, string, RegExp, RegExp])[] = [
    ["nothing", "true", /^error: .* empty\n$/, /^$/],
    ["text", "echo a; echo not a json object", /^a\nnot a json object\n$/, /^$/],
    ["a number", "echo 3", /^3\n$/, /^$/],
    ["an empty last line", "echo '{}'; echo", /^\{\}\n\nerror: .* empty\n$/, /^$/],
    ["half an object", "printf '{\"a\":'", /^\{"a":\n$/, /^$/],
    ["text that is not UTF-8", 'printf \'{"a":"\\377"}\'', /^\{"a":/, /^The last line .* not UTF-8\.\n$/],
    ["nothing and fails", "exit 3", /^error: .* empty\n$/, /^The action ended with exit code 3\.\n$/],
    ["nothing and is killed", "kill -KILL $$", /^error: .* empty\n$/, /^The action ended with signal SIGKILL\.\n$/],
  ];
  for (const [what, code, printed, why] of WRONG) {
    test(`an action that prints ${what} is 502, and the logs have the line`, async () => {
      const { status, json, out, err } = await client().script(shell(code));
      assert.is(status, 502);
      assert.equal(json, { error: NO_RESULT });
      assert.match(out, printed);
      assert.match(err, why);
    });
  }

  test("a script whose interpreter does not exist is 502", async () => {
    const { status, json, out } = await client().script("#!/no/such/program\n");
    assert.is(status, 502);
    assert.equal(json, { error: NO_RESULT });
    assert.match(out, /^error: .*interpreter/);
  });

  test("a program for another architecture is 502", async () => {
    const { status, json } = await client().script("\x7fELF\x02\x01\x01\n");
    assert.is(status, 502);
    assert.equal(json, { error: NO_RESULT });
  });

  test("no code is a bad script, whose run is 502", async () => {
    assert.is((await client().init({ code: "", main: "main", binary: false, env: null })).status, 200);
    const { status, json, out } = await client().run("null");
    assert.is(status, 502);
    assert.equal(json, { error: NO_RESULT });
    assert.match(out, /error/);
  });

  test("logs that are not UTF-8 do no harm", async () => {
    const { status, json, out } = await client().script(shell("printf 'a\\377b\\n'", "echo '{}'"));
    assert.is(status, 200);
    assert.equal(json, {});
    assert.match(out, /^a.+b\n$/);
  });

  test("a result without a line break, and a last log line without one", async () => {
    const { json, out, err } = await client().script(shell("echo first", "printf end >&2", "printf '{\"a\":1}'"));
    assert.equal(json, { a: 1 });
    assert.is(out, "first\n");
    assert.is(err, "end\n");
  });

  test("a run that outlives its deadline is killed, with everything it has started, and the next one works", async () => {
    // Both would run for longer than this file may.
    const deadline = Date.now() + 300;
    const { status, json } = await client().script(shell("sleep 600 & sleep 600"), { value: {}, deadline });
    assert.is(status, 502);
    assert.match(errorOf(json), /deadline/);
    assert.equal((await client().script(shell("echo '{}'"))).json, {});
  });

  test("deadlines without effect: in the past, as text, not a number", async () => {
    for (const deadline of ["123", 123, String(Date.now() + 60_000), 1e300, "soon", null])
      assert.is((await client().script(shell("echo '{}'"), { value: {}, deadline })).status, 200, `${deadline}`);
  });

  test("background processes end with the run", async () => {
    const { json, out } = await client().script(shell("(sleep 600; echo late) &", "echo '{\"a\":1}'"));
    assert.equal(json, { a: 1 });
    assert.is(out, "");
  });
}

function environmentTests(test: Test, client: Client): void {
  test("every other key is a variable of this run only", async () => {
    const code = shell("env | grep ^__OW_ | sort", "echo '{}'");
    const message = {
      value: {},
      api_key: "key",
      namespace: "guest",
      action_name: "/guest/a",
      action_version: "0.0.1",
      activation_id: "abc",
      deadline: String(Date.now() + 60_000),
      camelCase: { a: [1] },
      nothing: null,
    };
    const { out } = await client().script(code, message);
    assert.equal(out.trimEnd().split("\n"), [
      "__OW_ACTION_NAME=/guest/a",
      "__OW_ACTION_VERSION=0.0.1",
      "__OW_ACTIVATION_ID=abc",
      "__OW_API_KEY=key",
      '__OW_CAMELCASE={"a":[1]}',
      `__OW_DEADLINE=${message.deadline}`,
      "__OW_NAMESPACE=guest",
      "__OW_NOTHING=",
    ]);
    assert.is((await client().run({ value: {}, activation_id: "def" })).out, "__OW_ACTIVATION_ID=def\n");
  });

  test("with `activation`, its keys are the variables, and no others; its deadline is the run's", async () => {
    await client().init({ code: shell("env | grep ^__OW_ | sort", "cat") });
    const activation = { activation_id: "abc", namespace: "guest", value: "not a variable" };
    const inside = await client().run({ value: { a: 1 }, activation, namespace: "other" });
    assert.equal(inside.json, { a: 1 });
    assert.is(inside.out, "__OW_ACTIVATION_ID=abc\n__OW_NAMESPACE=guest\n");
    assert.is((await client().run({ value: {}, activation: null, namespace: "other" })).out, "");
    assert.is((await client().run({ value: {}, activation: 3 })).status, 400);
    const late = await client().script(shell("sleep 600"), { value: {}, activation: { deadline: Date.now() + 200 } });
    assert.match(errorOf(late.json), /deadline/);
  });
}

function nonsenseTests(test: Test, client: Client): void {
  test("other methods are 405, other paths 404", async () => {
    for (const path of ["/init", "/run"])
      for (const method of ["GET", "PUT", "DELETE", "PATCH", "HEAD"]) {
        const { status, json } = await client().send(path, "{}", method);
        assert.is(status, 405, `${method} ${path}`);
        if (method !== "HEAD") assert.type(errorOf(json), "string");
      }
    assert.is((await client().send("/other", "{}")).status, 404);
  });

  // What OpenWhisk's proxy, which is Python, takes for false, and what it cannot read.
  const NOTHING = ["", " ", "nonsense", "{", "null", "0", "false", '""', "[]", "{}", Buffer.from([0xff, 0x7b])];
  test("a body that is not JSON or says nothing is {}: init leaves the action that is there, and run runs it", async () => {
    await client().init({ code: shell('cat; echo " "; cat; echo "{\\"first\\":$1}"') });
    for (const body of NOTHING) {
      const { status, text } = await client().send("/init", body);
      assert.equal([status, text], [200, "OK"], `/init ${body}`);
      const { json, err } = await client().run(body);
      assert.equal(json, { first: {} }, `/run ${body}`);
      assert.is(err, "");
    }
  });

  const WRONG = ["3", '"a"', "[1]", "true", '{"value":3}', '{"value":null}', '{"value":"A"}'];
  for (const [path, more] of [
    ["/init", '{"value":[]}'],
    ["/run", '{"value":false}'],
  ] as const) {
    test(`${path} that has no dictionary is 404, and the logs have nothing but the marker`, async () => {
      for (const body of [...WRONG, more]) {
        const { status, json, out, err } = await client().logged(() => client().send(path, body));
        assert.is(status, 404, body);
        assert.match(errorOf(json), /^The action did not receive a dictionary /);
        assert.equal([out, err], ["", ""]);
      }
    });
  }

  test("invalid values of init are 400", async () => {
    for (const value of [
      { code: 3 },
      { code: "a", binary: "yes" },
      { env: [] },
      { env: { "a=b": "c" } },
      { env: { a: "\0" } },
    ]) {
      const { status, json } = await client().logged(() => client().init(value));
      assert.is(status, 400, JSON.stringify(value));
      assert.ok(errorOf(json).length > 0);
    }
  });
}
