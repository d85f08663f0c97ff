import type { Test } from "uvu";
import { payload } from "./action-basics.js";
import { ActionClient } from "./action-client.js";
import type { StartRuntime } from "./runtime-process.js";
import { assert } from "./suite.js";
import { type ZipFile, zipOf } from "./zip.js";

const PACKAGE = JSON.stringify({ name: "wskaction", version: "1.0.0", main: "index.js" });
const errorOf = (json: unknown) => (json as { error?: unknown } | undefined)?.error;

/** The code of a case, what is sent to it, and what must come back. */
interface Case {
  readonly code: string | readonly ZipFile[];
  readonly main?: string;
  readonly value?: unknown;
  readonly status?: number;
  readonly json?: unknown;
  /** In the text of the answer. */
  readonly contains?: RegExp;
  /** Standard error; default: nothing. Standard output is empty but for `out`. */
  readonly err?: RegExp;
  readonly out?: string;
}

const LATER = "new Promise((resolve, reject) => setTimeout(() => resolve({ done: true }), 20))";

/** The cases of apache/openwhisk-runtime-nodejs: NodeJsActionContainerTests. */
const RUNS: Readonly<Record<string, Case>> = {
  "an exception": {
    code: 'function main() { throw "nooooo" }',
    status: 502,
    json: { error: "An error has occurred: nooooo" },
    err: /^nooooo\n$/,
  },
  "an error of the application": { code: 'function main() { return { error: "sorry" } }', json: { error: "sorry" } },
  "nothing at all": { code: "function main() { return }", json: {} },
  "a promise": { code: `function main() { return ${LATER} }`, json: { done: true } },
  "a rejected promise": {
    code: `function main() { return ${LATER.replace("=> resolve", "=> reject")} }`,
    json: { error: { done: true } },
  },
  "a promise that is rejected with nothing": {
    code: "function main() { return Promise.reject() }",
    json: { error: {} },
  },
  "a variable that was not declared": {
    code: "function main(params) { greeting = 'hello, ' + params.payload + '!'; console.log(greeting); return { payload: greeting } }",
    value: { payload: "test" },
    json: { payload: "hello, test!" },
    out: "hello, test!\n",
  },
  "a function of the global object": {
    code: "function foo() { return { bar: true } }\nglobal.main = foo",
    json: { bar: true },
  },
  "exports.main": { code: "exports.main = (params) => params", value: { a: 1 }, json: { a: 1 } },
  "module.exports.main": { code: "module.exports.main = (params) => params", value: { a: 1 }, json: { a: 1 } },
  "exports of another object": {
    code: "module.exports = { main: (params) => params }",
    value: { a: 1 },
    json: { a: 1 },
  },
  "a nested main": { code: "const a = { b: { c: () => ({ nested: true }) } }", main: "a.b.c", json: { nested: true } },
  "a comment at the end": { code: "function main() { return {} } // the end", json: {} },
  "a package that does not exist": {
    code: "function main() { require('.mildlyinvalidnameofanonexistentpackage') }",
    status: 502,
    contains: /An error has occurred: Error: Cannot find module/,
    err: /Error: Cannot find module/,
  },
  "large code": {
    code: `function main() { var x\n${`x = "I took the one less traveled by, and that has made all the difference."\n`.repeat(7000)}return { message: "world" } }`,
    json: { message: "world" },
  },
  "default parameters": {
    code: "function main() { return { isValid: (function (a, b = 2) { return a === 3 && b === 2 })(3) } }",
    json: { isValid: true },
  },
  "async and await": {
    code: "const fs = require('fs/promises')\nasync function main() { return fs.stat('.') }",
    contains: /"uid":/,
  },
  "an error of an async function": {
    code: "async function main() { return a.b.c }",
    contains: /ReferenceError: a is not defined/,
  },
  "an error that an async function throws": {
    code: "async function main() { throw new Error('app error') }",
    contains: /Error: app error/,
  },
  "a dynamic import": {
    code: "async function main() { return { sep: (await import('node:path')).sep } }",
    json: { sep: "/" },
  },
  "a number": {
    code: "function main() { return 3 }",
    status: 502,
    contains: /did not return/,
    err: /type "number": 3/,
  },
  null: { code: "function main() { return null }", status: 502, contains: /did not return/, err: /type "null"/ },

  "a package": { code: [{ name: "package.json", content: PACKAGE }, indexOf("main")], json: { from: "index.js" } },
  "a package whose main is elsewhere": {
    code: [
      { name: "package.json", content: '{"main": "lib/start.js"}' },
      { name: "lib/start.js", content: "exports.main = () => ({ from: 'lib' })" },
    ],
    json: { from: "lib" },
  },
  "a zip without package.json": { code: [indexOf("main")], json: { from: "index.js" } },
  "a zip with another entry point": { code: [indexOf("niam")], main: "niam", json: { from: "index.js" } },
  "another file of a zip": {
    code: [{ name: "other.js", content: "exports.niam = () => ({ from: 'other.niam' })" }],
    main: "other.niam",
    json: { from: "other.niam" },
  },
  "a nested main of another file": {
    code: [{ name: "other.js", content: "exports.niam = { xyz: () => ({ from: 'nested' }) }" }],
    main: "other.niam.xyz",
    json: { from: "nested" },
  },
  "another file beside a package": {
    code: [
      { name: "package.json", content: PACKAGE },
      indexOf("main"),
      { name: "other.js", content: "exports.niam = () => ({ from: 'other.js' })" },
    ],
    main: "other.niam",
    json: { from: "other.js" },
  },
  "a zip's own packages": {
    code: [
      { name: "package.json", content: '{"main": "main.js"}' },
      { name: "main.js", content: "exports.main = () => ({ message: require('abcxyz').name })" },
      { name: "node_modules/abcxyz/index.js", content: "exports.name = 'hello local library'" },
    ],
    json: { message: "hello local library" },
  },
  "the working directory of a zip": {
    code: [
      {
        name: "index.js",
        content:
          "exports.main = () => ({ text: require('fs').readFileSync('./test.txt', 'utf8'), same: __dirname === process.cwd() })",
      },
      { name: "test.txt", content: "test text" },
    ],
    json: { text: "test text", same: true },
  },
};

function indexOf(name: string): ZipFile {
  return { name: "index.js", content: `exports.${name} = () => ({ from: 'index.js' })` };
}

/** Code that init refuses: its answer, and standard error. */
const REFUSED: Readonly<Record<string, Case & { readonly binary?: string }>> = {
  "code that is no JavaScript": {
    code: ' 10 PRINT "Hello world!"\n 20 GOTO 10\n',
    contains: /^Initialization has failed due to: .*SyntaxError/s,
    err: /^Error during initialization:.*SyntaxError/s,
  },
  "code that breaks out of a function": { code: "}); (function () {", contains: /SyntaxError/, err: /SyntaxError/ },
  "no function": {
    code: "const main = 3",
    contains: /^Initialization has failed due to: Action entrypoint 'main' is not a function\.$/,
    err: /is not a function/,
  },
  "a main that is nowhere": {
    code: "function main() {}",
    main: "niam",
    contains: /'niam' is not a function/,
    err: /niam/,
  },
  "a main that is no name": {
    code: "function main() {}",
    main: "main;process.exit",
    contains: /Name of main function is not valid\./,
    err: /not valid/,
  },
  __proto__: { code: "function main() {}", main: "__proto__.toString", contains: /not valid/, err: /not valid/ },
  "a word of the language": {
    code: "function main() {}",
    main: "class",
    contains: /'class' is not a function/,
    err: /class/,
  },
  "an error at the top": { code: "throw new Error('too early')", contains: /too early/, err: /too early/ },
  "what is no zip": {
    code: "",
    binary: "Q2VjaSBuJ2VzdCBwYXMgdW4gemlwLgo=",
    contains: /error uncompressing the action archive\. The file type is unsupported/,
    err: /error.* uncompressing/,
  },
  "half a zip": {
    code: "",
    binary: zipOf(indexOf("main")).subarray(0, -30).toString("base64"),
    contains: /^Initialization has failed due to: There was an error uncompressing the action Zip archive\.$/,
    err: /end is missing/,
  },
  "a zip that is no action": {
    code: [{ name: "hello", content: "Hello world!" }],
    contains: /Zipped actions must contain either package\.json or index\.js at the root\./,
    err: /error.*zipped actions must contain either package\.json or index\.js at the root\./is,
  },
  "a zip that leads out": { code: [indexOf("main"), { name: "../out.js" }], contains: /Zip archive/, err: /outside/ },
};

/** Declares the cases of OpenWhisk's runtime for Node.js. */
export function nodejsCases(test: Test, start: StartRuntime): void {
  let client: ActionClient;
  test.before(async () => {
    client = new ActionClient(await start({ PROXY_ALLOW_REINIT: "1" }));
  });
  test.after(() => client.runtime.stop());
  const init = ({ code, main, binary }: Case & { readonly binary?: string }) => {
    const zip = typeof code === "string" ? binary : zipOf(...code).toString("base64");
    return client.init(zip === undefined ? payload(code as string, main) : payload(zip, main, { binary: true }));
  };

  for (const [what, wanted] of Object.entries(RUNS))
    test(`nodejs: ${what}`, async () => {
      const { status: made, text: said } = await init(wanted);
      assert.is(made, 200, said);
      const { status, json, text, out, err } = await client.run({ value: wanted.value ?? {} });
      assert.is(status, wanted.status ?? 200, text);
      if (wanted.json !== undefined) assert.equal(json, wanted.json);
      if (wanted.contains) assert.match(text, wanted.contains);
      assert.is(out, wanted.out ?? "");
      assert.match(err, wanted.err ?? /^$/);
    });

  for (const [what, wanted] of Object.entries(REFUSED))
    test(`nodejs: init refuses ${what}`, async () => {
      const { status, json, out, err } = await client.logged(() => init(wanted));
      assert.is(status, 502);
      assert.match(`${errorOf(json)}`, wanted.contains ?? /./);
      assert.is(out, "");
      assert.match(err, wanted.err ?? /./);
      assert.is((await client.run({})).status, 403);
    });

  test("nodejs: what the code keeps in memory lasts", async () => {
    await init({ code: "let n = 0\nfunction main() { return { n: ++n } }" });
    for (const n of [1, 2, 3]) assert.equal((await client.run({})).json, { n });
    await init({ code: "let n = 0\nfunction main() { return { n: ++n } }" });
    assert.equal((await client.run({})).json, { n: 1 });
  });

  test("nodejs: a run without an init is refused", async () => {
    const fresh = new ActionClient(await start());
    try {
      const { status, json, err } = await fresh.run({ value: {} });
      assert.equal([status, json], [403, { error: "System not initialized." }]);
      assert.match(err, /System not initialized\./);
    } finally {
      await fresh.runtime.stop();
    }
  });

  test("nodejs: a run during another one is refused, and has no marker", async () => {
    await init({
      code: "function main(args) { console.log('no concurrency'); return new Promise((resolve) => setTimeout(() => resolve({ args }), 1000)) }",
    });
    const send = (n: number) => client.send("/run", JSON.stringify({ value: { n } }));
    // At the same time, so either may be the first.
    let answers: Awaited<ReturnType<typeof send>>[] = [];
    const { out, err } = await client.logged(async () => {
      answers = await Promise.all([send(1), send(2)]);
      return answers[0] as (typeof answers)[0];
    });
    assert.equal(answers.map(({ status }) => status).sort(), [200, 403]);
    const refused = answers.find(({ status }) => status === 403);
    assert.equal(refused?.json, { error: "System not ready, status is running." });
    assert.is(out, "no concurrency\n");
    assert.is(err, "Internal system error: System not ready, status is running.\n");
  });
}
