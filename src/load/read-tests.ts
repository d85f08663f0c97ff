import type { Command, ImageTest, TextExpectation } from "../model/definition.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import { readCommand } from "./read-command.js";
import { asFlag, asMapping, asNumber, asText, optional, readList } from "./read-value.js";
import type { YamlSource } from "./yaml-source.js";
import type { YamlMapping, YamlValue } from "./yaml-value.js";

/** UTF-16 units of a command that stand for a test without a name. */
const MAX_NAME = 60;
/** Seconds. */
const DEFAULT_TIMEOUT = 60;

/** Reads the list of tests. A regular expression that does not compile is reported, and the expectation kept out. */
export function readTests(
  value: YamlValue | undefined,
  source: YamlSource,
  diagnostics: Diagnostic[],
): readonly ImageTest[] {
  return readList(value, (entry, index) => {
    const test = asMapping(entry);
    const expect = (key: "stdout" | "stderr") => {
      const problem = regexProblem(test[key]);
      if (problem !== undefined) {
        diagnostics.push(
          errorAt(
            source.at(`/tests/${index}/${key}/matches`),
            "invalid-value",
            `\`matches\` is not a regular expression: ${problem}`,
          ),
        );
      }
      return readExpectation(key, problem === undefined ? test[key] : undefined);
    };
    return test.file === undefined ? readCommandTest(test, expect) : readFileTest(test);
  });
}

function readCommandTest(test: YamlMapping, expect: (key: "stdout" | "stderr") => object): ImageTest {
  const command = readCommand(test.command ?? "");
  return {
    type: "command",
    name: asText(test.name) || nameOf(command),
    command,
    exit: asNumber(test.exit, 0),
    ...expect("stdout"),
    ...expect("stderr"),
    ...optional("user", test.user),
    timeout: asNumber(test.timeout, DEFAULT_TIMEOUT),
  };
}

function readFileTest(test: YamlMapping): ImageTest {
  const path = asText(test.file);
  return {
    type: "file",
    name: asText(test.name) || path,
    path,
    exists: asFlag(test.exists, true),
    ...optional("mode", test.mode),
    ...optional("contains", test.contains),
  };
}

function readExpectation(
  key: "stdout" | "stderr",
  value: YamlValue | undefined,
): { readonly [P in typeof key]?: TextExpectation } {
  if (value === undefined) return {};
  if (typeof value === "string") return { [key]: { contains: value } };
  const parts = asMapping(value);
  return {
    [key]: {
      ...optional("equals", parts.equals),
      ...optional("contains", parts.contains),
      ...optional("matches", parts.matches),
    },
  };
}

function regexProblem(value: YamlValue | undefined): string | undefined {
  const pattern = asMapping(value).matches;
  if (pattern === undefined) return undefined;
  try {
    new RegExp(asText(pattern));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function nameOf(command: Command): string {
  const text = command.form === "shell" ? command.text : command.argv.join(" ");
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > MAX_NAME ? `${line.slice(0, MAX_NAME - 1)}…` : line;
}
