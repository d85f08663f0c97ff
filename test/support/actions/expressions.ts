import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";

/** JSON values. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** The contexts that expressions may read, by name: `github`, `env`, `steps` … */
export type Contexts = Readonly<Record<string, Value>>;

/** The state of the job or composite action so far; `if:` without one of these functions means success(). */
export interface Status {
  /** Not simply the opposite of `failed`: if a needed job was skipped, both are false. */
  readonly ok: boolean;
  readonly failed: boolean;
  readonly cancelled: boolean;
}

const STATUS_FUNCTIONS = ["success", "failure", "always", "cancelled"];

/** Evaluates one expression, without its braces, with GitHub's own evaluator, so `==` ignores case and null is "". */
export function evaluate(expression: string, contexts: Contexts, status: Status): Value {
  const functions = new Map(functionsOf(status).map((definition) => [definition.name.toLowerCase(), definition]));
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), [...functions.values()]).parse();
  const dictionary = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return JSON.parse(JSON.stringify(new Evaluator(tree, dictionary, functions).evaluate(), data.replacer)) as Value;
}

/** Evaluates a condition: the braces may be omitted, and without a status function it also requires success(). */
export function holds(condition: string | boolean | undefined, contexts: Contexts, status: Status): boolean {
  const text = String(condition ?? "success()").trim();
  const [whole] = partsOf(text);
  const expression = whole !== undefined && partsOf(text).length === 1 && whole.expression ? whole.text : text;
  const asks = new RegExp(`\\b(?:${STATUS_FUNCTIONS.join("|")})\\s*\\(`, "i").test(
    expression.replace(/'(?:''|[^'])*'/g, ""),
  );
  return truthy(evaluate(asks ? expression : `success() && (${expression})`, contexts, status));
}

/** Replaces the expressions in a text. A text that is a single expression keeps the type of its value. */
export function interpolate(text: string, contexts: Contexts, status: Status): Value {
  const parts = partsOf(text);
  const [only] = parts;
  if (only !== undefined && parts.length === 1 && only.expression) return evaluate(only.text, contexts, status);
  return parts.map((part) => (part.expression ? asText(evaluate(part.text, contexts, status)) : part.text)).join("");
}

/** Applies interpolate() to every text in a value. */
export function interpolateAll(value: Value, contexts: Contexts, status: Status): Value {
  if (typeof value === "string") return interpolate(value, contexts, status);
  if (Array.isArray(value)) return value.map((item) => interpolateAll(item, contexts, status));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolateAll(item, contexts, status)]));
}

export function asText(value: Value): string {
  return typeof value === "object" && value !== null ? "Object" : String(value ?? "");
}

function truthy(value: Value): boolean {
  return value !== null && value !== false && value !== "" && value !== 0;
}

/** A `}}` inside a string does not end the expression. */
function partsOf(text: string): { text: string; expression: boolean }[] {
  const pieces = text.split(/\$\{\{((?:'(?:''|[^'])*'|[^'])*?)\}\}/);
  return pieces
    .map((piece, at) => ({ text: piece, expression: at % 2 === 1 }))
    .filter((part) => part.expression || part.text !== "");
}

function functionsOf({ ok, failed, cancelled }: Status): FunctionDefinition[] {
  const given = (name: string, value: boolean): FunctionDefinition => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  });
  return [
    given("success", ok && !cancelled),
    given("failure", failed && !cancelled),
    given("cancelled", cancelled),
    given("always", true),
  ];
}
