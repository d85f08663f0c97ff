import { isDictionary, parseJson, readBody } from "../../runtime-http/lib/body.mjs";
import { Problem } from "../../runtime-http/lib/problem.mjs";

/**
 * @typedef {import("../../runtime-http/lib/serve.mjs").Answer} Answer
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 *
 * @typedef {object} CallError
 * @property {"InputError" | "FunctionError"} type
 * @property {string} message
 * @property {string[]} stacktrace
 *
 * @typedef {{status: number, payload: string, error: CallError | null}} Outcome payload: JSON
 */

const NO_LOGS = { stdout: [], stderr: [] };

/** The protocol of function servers; docs/functions.md. */
export class FunctionService {
  #handler;
  #settings;
  #logs;

  /**
   * @param {import("./load-function.mjs").Handler} handler
   * @param {import("./settings.mjs").Settings} settings
   * @param {import("./call-logs.mjs").CallLogs} logs
   */
  constructor(handler, settings, logs) {
    this.#handler = handler;
    this.#settings = settings;
    this.#logs = logs;
  }

  /**
   * @param {IncomingMessage} request
   * @param {string} path
   * @returns {Promise<Answer>}
   */
  async handle(request, path) {
    if (path === "/healthz") {
      if (request.method !== "GET" && request.method !== "HEAD")
        throw new Problem(405, "/healthz takes GET.", { allow: "GET, HEAD" });
      return { status: 200, body: "{}" };
    }
    if (path !== "/") throw new Problem(404, "There are / and /healthz.");
    if (request.method !== "POST") throw new Problem(405, "/ takes POST.", { allow: "POST" });
    let input;
    try {
      input = callInput(parseJson(await readBody(request, this.#settings.bodyLimit)).value);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return answer({}, NO_LOGS, { status: error.status, payload: "null", error: wrong("InputError", error.message) });
    }
    const { context, payload } = input;
    const { result, logs } = await this.#logs.of(() => this.#call(context, payload));
    return answer(input.echo, logs, result);
  }

  /**
   * @param {Record<string, unknown>} context
   * @param {unknown} payload
   * @returns {Promise<Outcome>}
   */
  async #call(context, payload) {
    let result;
    try {
      result = await this.#handler(context, payload);
    } catch (error) {
      return failure(error);
    }
    try {
      const json = JSON.stringify(result ?? null);
      if (json !== undefined) return { status: 200, payload: json, error: null };
      return notSerialisable(`a ${typeof result} is no JSON`);
    } catch (error) {
      return notSerialisable(error instanceof Error ? error.message : String(error));
    }
  }
}

/**
 * @param {unknown} body
 * @returns {{context: Record<string, unknown>, payload: unknown, echo: object}} throws a Problem
 */
function callInput(body) {
  if (!isDictionary(body)) throw new Problem(400, "The body must be a dictionary with `context` and `payload`.");
  const context = body.context ?? {};
  if (!isDictionary(context)) throw new Problem(400, "`context` must be a dictionary.");
  // The function may change the one it is given.
  return { context, payload: body.payload ?? null, echo: structuredClone(context) };
}

/**
 * @param {object} context
 * @param {{stdout: string[], stderr: string[]}} logs
 * @param {Outcome} outcome
 * @returns {Answer}
 */
function answer(context, logs, { status, payload, error }) {
  return { status, body: `{"context":${JSON.stringify({ ...context, logs, error })},"payload":${payload}}` };
}

/**
 * @param {unknown} error thrown by the function
 * @returns {Outcome}
 */
function failure(error) {
  // By its name, so that a function need not import a class from here.
  const input = error instanceof Error && error.name === "InputError";
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? String(error.stack ?? "").split("\n") : [];
  const own = stack.filter((line) => !line.includes("/function-nodejs/server/"));
  return {
    status: input ? 400 : 500,
    payload: "null",
    error: wrong(input ? "InputError" : "FunctionError", message, own),
  };
}

/**
 * @param {CallError["type"]} type
 * @param {string} message
 * @param {string[]} stacktrace
 * @returns {CallError}
 */
const wrong = (type, message, stacktrace = []) => ({ type, message, stacktrace });

/**
 * @param {string} why
 * @returns {Outcome}
 */
const notSerialisable = (why) => ({
  status: 422,
  payload: "null",
  error: wrong("FunctionError", `The result cannot be serialised as JSON: ${why}`),
});
