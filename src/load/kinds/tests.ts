import type { Command, ImageTest, TextExpectation } from "../../model/definition.js";
import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import type { YamlSource } from "../yaml/source.js";
import type { YamlMapping, YamlValue } from "../yaml/value.js";
import { readCommand } from "./command.js";
import { type ExpectationReader, readRequests } from "./requests.js";
import { COMMAND_TEST, FILE_TEST, TIMEOUT } from "./schema/image-tests.js";
import { asFlag, asMapping, asNumber, asText, optional, readList } from "./value.js";

/** UTF-16 units of a command that serves as the name of a test without one. */
const MAX_NAME = 60;

/** Reads the list of tests. Invalid regular expressions and JSON are reported, and the expectation is left out. */
export function readTests(
  value: YamlValue | undefined,
  source: YamlSource,
  diagnostics: Diagnostic[],
): readonly ImageTest[] {
  const report = (pointer: string, message: string) =>
    void diagnostics.push(errorAt(source.at(pointer), "invalid-value", message));
  const expect: ExpectationReader = (expected, pointer) => {
    const problem = regexProblem(expected);
    if (problem === undefined) return readExpectation(expected);
    report(`${pointer}/matches`, `\`matches\` is not a regular expression: ${problem}`);
    return undefined;
  };
  return readList(value, (entry, index) => {
    const test = asMapping(entry);
    const pointer = `/tests/${index}`;
    if (test.file !== undefined) return readFileTest(test);
    const expectationOf = (key: "stdout" | "stderr") => {
      const expectation = expect(test[key], `${pointer}/${key}`);
      return expectation === undefined ? {} : { [key]: expectation };
    };
    const common = { ...expectationOf("stdout"), ...expectationOf("stderr"), timeout: asNumber(test.timeout, TIMEOUT) };
    if (test.serve === undefined) return { ...readCommandTest(test), ...common };
    const requests = readRequests(test.requests, `${pointer}/requests`, { expect, report });
    return { ...readServeTest(test), requests, ...common };
  });
}

function readCommandTest(test: YamlMapping) {
  const command = readCommand(test.command ?? "");
  return {
    type: "command",
    name: asText(test.name) || nameOf(command),
    command,
    exit: asNumber(test.exit, COMMAND_TEST.properties.exit),
    ...optional("user", test.user),
  } as const;
}

function readServeTest(test: YamlMapping) {
  const serve = asMapping(test.serve);
  const port = Number(serve.port ?? 0);
  return {
    type: "serve",
    name: asText(test.name) || `port ${port}`,
    port,
    ...optional("ready", serve.ready),
    ...(test.exit === undefined ? {} : { exit: Number(test.exit) }),
  } as const;
}

function readFileTest(test: YamlMapping): ImageTest {
  const path = asText(test.file);
  return {
    type: "file",
    name: asText(test.name) || path,
    path,
    exists: asFlag(test.exists, FILE_TEST.properties.exists),
    ...optional("mode", test.mode),
    ...optional("contains", test.contains),
  };
}

function readExpectation(value: YamlValue | undefined): TextExpectation | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return { contains: value };
  const parts = asMapping(value);
  return {
    ...optional("equals", parts.equals),
    ...optional("contains", parts.contains),
    ...optional("matches", parts.matches),
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
