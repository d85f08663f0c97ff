/** The code that the cases of OpenWhisk's common test kit run, in one language. */
export interface ActionSamples {
  /** Ends well, with text that is no JSON. */
  readonly notJson: string;
  /** Returns its argument, and prints nothing. */
  readonly echo: string;
  /** Returns its argument; prints `hello stdout` and `hello stderr`. */
  readonly hello: string;
  /** Returns its argument by a function that is called `niam`. */
  readonly niam: string;
  /** Prints and returns as `winter`: the argument's `delimiter`, a snowman, and the delimiter again. */
  readonly unicode: string;
  /** Returns `__OW_…` by their names in lower case. */
  readonly variables: string;
  /** Returns SOME_VAR and ANOTHER_VAR as they were when the code was loaded. */
  readonly parameters: string;
  /** Whether the runtime has code of its own, so that /init needs none. */
  readonly stub: boolean;
  /** Whether the line that is no result must be in the logs. */
  readonly printsResult: boolean;
}

/** The keys of an activation in OpenWhisk's tests. */
export const ACTIVATION = {
  api_key: "abc",
  namespace: "zzz",
  action_name: "xxx",
  action_version: "0.0.1",
  activation_id: "iii",
  deadline: "123",
};

const VARIABLES = ["api_host", ...Object.keys(ACTIVATION)];
const lines = (...text: readonly string[]) => `${text.join("\n")}\n`;
const table = (value: (name: string) => string) => VARIABLES.map((name) => `"${name}": ${value(name)}`).join(", ");
const variable = (name: string) => `__OW_${name.toUpperCase()}`;

export const shellSamples: ActionSamples = {
  notJson: lines("#!/bin/sh", "echo not a json object"),
  echo: lines("#!/bin/sh", "cat"),
  hello: lines("#!/bin/sh", "echo 'hello stdout'", "echo 'hello stderr' >&2", 'echo "$1"'),
  niam: lines("#!/bin/sh", "cat"),
  unicode: lines(
    "#!/bin/sh",
    `sep=$(printf %s "$1" | sed 's/.*"delimiter":"\\([^"]*\\)".*/\\1/')`,
    'echo "$sep ☃ $sep"',
    'echo "{\\"winter\\":\\"$sep ☃ $sep\\"}"',
  ),
  variables: lines("#!/bin/sh", "cat <<END", `{${table((name) => `"$${variable(name)}"`)}}`, "END"),
  parameters: lines(
    "#!/bin/sh",
    'echo "{\\"SOME_VAR\\":\\"$SOME_VAR\\",\\"ANOTHER_VAR\\":\\"${ANOTHER_VAR-unset}\\"}"',
  ),
  stub: true,
  printsResult: true,
};

export const nodejsSamples: ActionSamples = {
  notJson: 'function main(args) {\n  return "not a json object"\n}',
  echo: "function main(args) { return args }",
  hello: "function main(args) { console.log('hello stdout'); console.error('hello stderr'); return args }",
  niam: "function niam(args) { return args }",
  unicode:
    'function main(args) { var str = args.delimiter + " ☃ " + args.delimiter; console.log(str); return { winter: str } }',
  variables: `function main() { return {${table((name) => `process.env.${variable(name)}`)}} }`,
  parameters:
    "const found = { SOME_VAR: process.env.SOME_VAR, ANOTHER_VAR: process.env.ANOTHER_VAR }\nfunction main() { return found }",
  stub: false,
  printsResult: false,
};

export const pythonSamples: ActionSamples = {
  notJson: lines("def main(args):", '    return "not a json object"'),
  echo: lines("def main(args):", "    return args"),
  hello: lines(
    "from __future__ import print_function",
    "import sys",
    "def main(args):",
    "    print('hello stdout')",
    "    print('hello stderr', file=sys.stderr)",
    "    return args",
  ),
  niam: lines("def niam(args):", "  return args"),
  unicode: lines(
    "# encoding: utf-8",
    "def main(args):",
    "    sep = args['delimiter']",
    '    text = sep + u" ☃ " + sep',
    "    print(text)",
    '    return {"winter": text}',
  ),
  variables: lines(
    "import os",
    "def main(args):",
    `    return {${table((name) => `os.environ["${variable(name)}"]`)}}`,
  ),
  parameters: lines(
    "import os",
    "found = {name: os.environ[name] for name in ('SOME_VAR', 'ANOTHER_VAR')}",
    "def main(args):",
    "    return found",
  ),
  stub: false,
  printsResult: false,
};
