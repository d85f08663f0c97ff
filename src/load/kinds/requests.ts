import type { ExpectedAnswer, TestRequest, TextExpectation } from "../../model/definition.js";
import type { YamlValue } from "../yaml/value.js";
import { ANSWER, REQUEST } from "./schema/image-tests.js";
import { asMapping, asNumber, asText, optional, readList } from "./value.js";

/** Reads what a text must be, at a JSON pointer. What no text can be compared with is reported. */
export type ExpectationReader = (value: YamlValue | undefined, pointer: string) => TextExpectation | undefined;

export interface RequestReading {
  readonly expect: ExpectationReader;
  /** Reports what a schema cannot express, at a JSON pointer. */
  readonly report: (pointer: string, message: string) => void;
}

/** Reads the requests to a server. JSON is written as text: YAML has other numbers, and other words for true. */
export function readRequests(
  value: YamlValue | undefined,
  pointer: string,
  reading: RequestReading,
): readonly TestRequest[] {
  return readList(value, (entry, index): TestRequest => {
    const request = asMapping(entry);
    const place = `${pointer}/${index}`;
    const json = readJson(request.json, `${place}/json`, reading);
    const body = json ?? request.body;
    const headers = lowerCase(asMapping(request.headers), asText);
    return {
      method: asText(request.method) || (body === undefined ? "GET" : "POST"),
      path: asText(request.path) || REQUEST.properties.path.default,
      headers: json === undefined ? headers : { "content-type": "application/json", ...headers },
      ...optional("body", body),
      answer: readAnswer(request.answer, `${place}/answer`, reading),
    };
  });
}

function readAnswer(value: YamlValue | undefined, pointer: string, reading: RequestReading): ExpectedAnswer {
  const answer = asMapping(value);
  const body = reading.expect(answer.body, `${pointer}/body`);
  const headers = lowerCase(asMapping(answer.headers), (expected, name): TextExpectation => {
    return reading.expect(expected, `${pointer}/headers/${name}`) ?? {};
  });
  return {
    status: asNumber(answer.status, ANSWER.properties.status),
    headers,
    ...(body === undefined ? {} : { body }),
    ...optional("json", readJson(answer.json, `${pointer}/json`, reading)),
  };
}

function lowerCase<T>(headers: Readonly<Record<string, YamlValue>>, read: (value: YamlValue, name: string) => T) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), read(value, name)]));
}

function readJson(value: YamlValue | undefined, pointer: string, { report }: RequestReading): string | undefined {
  if (value === undefined) return undefined;
  const text = asText(value);
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    report(pointer, `\`json\` is not JSON: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}
