import { MARKER } from "./action-client.js";

type Language = "nodejs" | "python3";

const NO_RESULT = { error: "The action did not return a dictionary or array." };
const lines = (...text: readonly string[]) => `${text.join("\n")}\n`;

/** An action that does what none should: its code, and what the run answers. */
export interface Attack {
  readonly code: string;
  /** JSON. */
  readonly value?: string;
  readonly status: number;
  readonly json?: unknown;
  readonly text?: RegExp;
  readonly err?: RegExp;
}

/** What runs well, afterwards. */
export const AFTER = {
  nodejs: "function main(args) { return args }",
  python3: lines("def main(args):", "    return args"),
};

export const ATTACKS: Readonly<Record<Language, Readonly<Record<string, Attack>>>> = {
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
