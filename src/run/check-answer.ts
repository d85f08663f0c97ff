import { isDeepStrictEqual } from "node:util";
import type { ExpectedAnswer } from "../model/definition.js";
import { mismatch } from "./mismatch.js";

export interface HttpAnswer {
  readonly status: number;
  /** By name in lower case; repeated headers are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is wrong with an answer, or undefined. */
export function answerProblem(answer: HttpAnswer, expected: ExpectedAnswer): string | undefined {
  if (answer.status !== expected.status) return `status ${answer.status}, expected ${expected.status}`;
  for (const [name, expectation] of Object.entries(expected.headers)) {
    const value = answer.headers[name];
    if (value === undefined) return `there is no header ${name}`;
    const wrong = mismatch(value, expectation);
    if (wrong) return `header ${name} ${wrong}: ${JSON.stringify(excerpt(value))}`;
  }
  const wrong = expected.body && mismatch(answer.body, expected.body);
  if (wrong) return `body ${wrong}`;
  return expected.json === undefined ? undefined : jsonProblem(answer.body, expected.json);
}

function jsonProblem(body: string, expected: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return "body is no JSON";
  }
  return isDeepStrictEqual(value, JSON.parse(expected)) ? undefined : `body is not ${excerpt(expected)}`;
}

/** UTF-16 units of an answer that are shown. */
const SHOWN = 300;

export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
}
