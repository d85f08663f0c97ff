import type { Test } from "uvu";
import { payload } from "./action-basics.js";
import { ActionClient } from "./action-client.js";
import type { StartRuntime } from "./runtime-process.js";
import { assert } from "./suite.js";
import { type ZipFile, zipOf } from "./zip.js";

const NOT_MADE = { error: "The action failed to generate or locate a binary. See logs for details." };
const NOT_STARTED = { error: "Cannot start action. Check logs for details." };
const lines = (...text: readonly string[]) => `${text.join("\n")}\n`;

/** The code of a case, what is sent to it, and what must come back. */
interface Case {
  readonly code: string | readonly ZipFile[];
  readonly main?: string;
  readonly value?: unknown;
  readonly status?: number;
  readonly json?: unknown;
  readonly contains?: RegExp;
  /** Standard error; default: nothing. Standard output is empty but for `out`. */
  readonly err?: RegExp;
  readonly out?: string;
}

const AGENT: readonly ZipFile[] = [
  {
    name: "__main__.py",
    content: lines("from agents import AGENT", "def main(args):", "    return {'agent': AGENT}", "naim = main"),
  },
];
const ACTIVATE = lines(
  "import os, sys",
  "base = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))",
  "sys.path.insert(0, os.path.join(base, 'packages'))",
);
const ACTIVATED: readonly ZipFile[] = [
  ...AGENT,
  { name: "virtualenv/bin/activate_this.py", content: ACTIVATE },
  { name: "virtualenv/packages/agents.py", content: "AGENT = 'activated'" },
];

/** The cases of apache/openwhisk-runtime-python: PythonBasicTests, PythonAdvancedTests and Python3Tests. */
const RUNS: Readonly<Record<string, Case>> = {
  "another entry point of a zip, with a module beside it": {
    code: [
      { name: "__main__.py", content: lines("from echo import echo", "def niam(args):", "    return echo(args)") },
      { name: "echo.py", content: lines("def echo(args):", '  return {"echo": args}') },
    ],
    main: "niam",
    value: { msg: "it works" },
    json: { echo: { msg: "it works" } },
  },
  "a file beside the code": {
    code: [
      {
        name: "__main__.py",
        content: lines("def main(args):", "    with open('workfile') as f:", "        return {'file': f.read()}"),
      },
      { name: "workfile", content: "this is a test string" },
    ],
    json: { file: "this is a test string" },
  },
  "an exception": {
    code: lines("def div(x, y):", "    return x/y", "def main(args):", '    return {"divBy0": div(5,0)}'),
    json: { error: "division by zero" },
    err: /^Traceback[\s\S]*__main__\.py", line 4, in main[\s\S]*ZeroDivisionError: division by zero\n$/,
  },
  "an error of the application": {
    code: lines("def main(args):", '    return {"error": "sorry"}'),
    json: { error: "sorry" },
  },
  "sys.executable": {
    code: lines("import sys", "def main(args):", "    return {'sys': sys.executable}"),
    contains: /python/,
  },
  "an array": { code: lines("def main(args):", '    return ["a", "b"]'), json: ["a", "b"] },
  "a tuple": { code: lines("def main(args):", '    return "a", "b"'), json: ["a", "b"] },
  "numbers longer than JavaScript's": {
    code: lines("def main(args):", "    return {'id': 12345678901234567890}"),
    contains: /^\{"id": 12345678901234567890\}$/,
  },
  nothing: {
    code: lines("def main(args):", "    pass"),
    status: 502,
    contains: /did not return a dictionary or array\./,
  },
  "a virtual environment that has a script": { code: ACTIVATED, json: { agent: "activated" } },
  "a virtual environment and another entry point": { code: ACTIVATED, main: "naim", json: { agent: "activated" } },
  "a virtual environment without a script": {
    code: [...AGENT, { name: "virtualenv/lib/python3.11/site-packages/agents.py", content: "AGENT = 'venv'" }],
    json: { agent: "venv" },
  },
  "a zip that OpenWhisk has prepared": {
    code: [
      { name: "exec", content: "#!/bin/bash\nexec nothing exec__.py\n", mode: 0o100755 },
      { name: "exec__.py", content: "raise SystemExit(1)\n" },
      { name: "main__.py", content: lines("def main(args):", "    return {'prepared': True}") },
    ],
    json: { prepared: true },
  },
  "the end of the process": {
    code: lines("import sys", "def main(args):", "  sys.exit(1)"),
    status: 400,
    json: { error: "command exited: exit code 1" },
  },
};

/** Code that init refuses: its answer, and standard error. */
const REFUSED: Readonly<Record<string, Case>> = {
  "code that is no Python": {
    code: ' 10 PRINT "Hello!"\n 20 GOTO 10\n',
    json: NOT_MADE,
    err: /^Traceback[\s\S]*Error: unexpected indent\n$/,
  },
  "code that is not text": { code: "def main(args):\n    return {}\n\0", json: NOT_MADE, err: /null bytes/ },
  "a package that is not there": {
    code: lines("import iamnotsupported", "def main(args):", "    return {}"),
    json: NOT_STARTED,
    err: /^Traceback[\s\S]*ModuleNotFoundError/,
  },
  "a main that is not there": {
    code: lines("def main(args):", "    return {}"),
    main: "niam",
    json: NOT_STARTED,
    err: /no function 'niam'/,
  },
  "a main that is no function": { code: "main = 3\n", json: NOT_STARTED, err: /no function 'main'/ },
  __class__: { code: "main = 3\n", main: "__class__", json: NOT_STARTED, err: /no function/ },
  "the end of the process": {
    code: lines("import sys", "sys.exit(1)", "def main(args):", "   pass"),
    json: NOT_STARTED,
    err: /^Command exited abruptly during initialization\.\n$/,
  },
  "a zip without the file": {
    code: [{ name: "echo.py", content: "def echo(args):\n  return {}\n" }],
    main: "echo",
    json: NOT_MADE,
    err: /^Zip file does not include/,
  },
  "a prepared zip without the file": {
    code: [{ name: "exec__.py", content: "" }],
    json: NOT_STARTED,
    err: /^Zip file does not include/,
  },
  "a virtual environment that is none": {
    code: [...AGENT, { name: "virtualenv/invalidvirtualenv.md", content: "invalid" }],
    json: NOT_MADE,
    err: /^Invalid virtualenv\. Zip file does not include 'activate_this\.py'\.\n$/,
  },
  "a zip that leads out": { code: [...AGENT, { name: "../out.py" }], json: NOT_MADE, err: /outside/ },
};

/** Declares the cases of OpenWhisk's runtime for Python. */
export function pythonCases(test: Test, start: StartRuntime): void {
  let client: ActionClient;
  test.before(async () => {
    client = new ActionClient(await start({ PROXY_ALLOW_REINIT: "1" }));
  });
  test.after(() => client.runtime.stop());
  const init = ({ code, main }: Case) =>
    client.init(
      typeof code === "string"
        ? payload(code, main)
        : payload(zipOf(...code).toString("base64"), main, { binary: true }),
    );

  for (const [what, wanted] of Object.entries(RUNS))
    test(`python3: ${what}`, async () => {
      const { status: made, text: said } = await init(wanted);
      assert.is(made, 200, `${said}\n${client.runtime.logs().stderr.slice(-2000)}`);
      const { status, json, text, out, err } = await client.run({ value: wanted.value ?? {} });
      assert.is(status, wanted.status ?? 200, text);
      if (wanted.json !== undefined) assert.equal(json, wanted.json);
      if (wanted.contains) assert.match(text, wanted.contains);
      assert.is(out, wanted.out ?? "");
      assert.match(err, wanted.err ?? /^$/);
    });

  for (const [what, wanted] of Object.entries(REFUSED))
    test(`python3: init refuses ${what}`, async () => {
      const { status, json, out, err } = await client.logged(() => init(wanted));
      assert.is(status, 502);
      assert.equal(json, wanted.json);
      assert.is(out, "");
      assert.match(err, wanted.err ?? /./);
      assert.is((await client.run({})).status, 500);
    });

  test("python3: what is printed at init is in the logs, and variables of init are there", async () => {
    const code = lines("import os", "print(os.getenv('X'))", "def main(args):", '    return {"body": "ok"}');
    assert.is((await client.init(payload(code, "main", { env: { X: "xyz" } }))).status, 200);
    const { json } = await client.run({});
    assert.equal(json, { body: "ok" });
    assert.match(client.runtime.logs().stdout, /\nxyz\n/);
  });

  test("python3: what the code keeps in memory lasts, until its process ends", async () => {
    const code = lines(
      "import os",
      "n = 0",
      "def main(args):",
      "    global n",
      "    n += 1",
      "    if args.get('end'): os._exit(7)",
      "    return {'n': n}",
    );
    await init({ code });
    for (const n of [1, 2, 3]) assert.equal((await client.run({})).json, { n });
    const { status, json } = await client.run({ value: { end: true } });
    assert.equal([status, json], [400, { error: "command exited: exit code 7" }]);
    assert.equal((await client.run({})).json, { n: 1 });
  });
}
