import { isDictionary, parseJson, readBody } from "../../runtime-http/lib/body.mjs";
import { Problem } from "../../runtime-http/lib/problem.mjs";
import { errorAnswer } from "../../runtime-http/lib/serve.mjs";
import { memberText } from "./member-text.mjs";

/**
 * @typedef {import("../../runtime-http/lib/serve.mjs").Answer} Answer
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 * @typedef {import("./action-runner.mjs").InitValue} InitValue
 * @typedef {{text: string, value: unknown}} Message a body, as it was sent and what it says
 */

// OpenWhisk's own sentences, which its tests compare as wholes.
const ONCE = "Cannot initialize the action more than once.";
const NOT_MADE = "The action failed to generate or locate a binary. See logs for details.";
const NOT_FOUND = "The action failed to locate a binary. See logs for details.";

/** The protocol between OpenWhisk's invoker and an action; docs/actions.md. */
export class ActionService {
  #initialized = false;
  /** Runs that have arrived and not ended. */
  #runs = 0;
  /** Logs have no other order than that of the activations, so one begins when the one before has ended. @type {Promise<unknown>} */
  #last = Promise.resolve();
  #hurried = false;
  /** Ends the init or the run that is going on. @type {AbortController | undefined} */
  #current;
  #runner;
  #settings;
  #logs;

  /**
   * @param {import("./action-runner.mjs").ActionRunner} runner
   * @param {import("./settings.mjs").Settings} settings
   * @param {import("./activation-logs.mjs").ActivationLogs} logs
   */
  constructor(runner, settings, logs) {
    this.#runner = runner;
    this.#settings = settings;
    this.#logs = logs;
  }

  /**
   * @param {IncomingMessage} request
   * @param {string} path
   * @param {AbortSignal} signal
   * @returns {Promise<Answer>}
   */
  async handle(request, path, signal) {
    if (path !== "/init" && path !== "/run") throw new Problem(404, "There are /init and /run.");
    if (request.method !== "POST") throw new Problem(405, `${path} takes POST.`, { allow: "POST" });
    const arrived = Date.now();
    /** @type {{body: Buffer} | {failed: unknown}} */
    const received = await readBody(request, this.#settings.bodyLimit).then(
      (body) => ({ body }),
      (failed) => ({ failed }),
    );
    const read = () => {
      if ("failed" in received) throw received.failed;
      return readMessage(received.body);
    };
    if (path === "/init") return await this.#inTurn(() => this.#init(read, signal));
    const refused = this.#runs > 0 ? this.#runner.busy() : undefined;
    if (refused !== undefined) throw refused;
    this.#runs += 1;
    try {
      return await this.#inTurn(() => this.#run(read, arrived, signal));
    } finally {
      this.#runs -= 1;
    }
  }

  /** Ends the action that is running, and those that have not begun. */
  hurry() {
    this.#hurried = true;
    this.#current?.abort();
  }

  /**
   * @param {() => Message} read
   * @param {AbortSignal} signal
   * @returns {Promise<Answer>}
   */
  async #init(read, signal) {
    if (this.#initialized && !this.#settings.allowReinit) {
      // Nothing has been begun, so nothing ends: no marker here, as in OpenWhisk.
      this.#logs.say(ONCE);
      return errorAnswer(403, ONCE);
    }
    try {
      if (!(await this.#runner.init(initValue(read().value), { signal: this.#begin(signal) })))
        throw new Error(this.#notThere());
      this.#initialized = true;
      return { status: 200, body: "OK", type: "text/plain" };
    } catch (error) {
      const answer = this.#failure(error, NOT_MADE);
      this.#logs.endActivation();
      return answer;
    }
  }

  /**
   * @param {() => Message} read
   * @param {number} arrived milliseconds since 1970
   * @param {AbortSignal} signal
   * @returns {Promise<Answer>}
   */
  async #run(read, arrived, signal) {
    // Nobody is there any more who would read the answer or the logs.
    if (signal.aborted) return errorAnswer(499, "The client has gone.");
    try {
      const { activation, argument } = runMessage(read());
      if (!(await this.#runner.verify())) return this.#failure(new Error(this.#notThere()), NOT_FOUND);
      const env = await this.#runner.env(activation);
      const result = await this.#runner.run(argument, env, {
        deadline: deadlineOf(activation, arrived),
        signal: this.#begin(signal),
      });
      return result.error === undefined
        ? { status: 200, body: result.json }
        : errorAnswer(result.status ?? 502, result.error);
    } catch (error) {
      return this.#failure(error, `Internal error. ${error instanceof Error ? error.message : error}`, 500);
    } finally {
      this.#logs.endActivation();
    }
  }

  /**
   * A Problem is an answer as it is. The reason of anything else is in the logs, and only there: OpenWhisk's answers are these sentences.
   *
   * @param {unknown} error
   * @param {string} sentence
   * @param {number} [status]
   * @returns {Answer}
   */
  #failure(error, sentence, status = 502) {
    if (error instanceof Problem) return { ...errorAnswer(error.status, error.message), headers: error.headers };
    this.#logs.say(
      error instanceof Error ? (status === 500 ? (error.stack ?? error.message) : error.message) : `${error}`,
    );
    return errorAnswer(status, sentence);
  }

  /**
   * @param {AbortSignal} client says that nobody waits for the answer any more
   * @returns {AbortSignal} says that what begins now must end
   */
  #begin(client) {
    const controller = new AbortController();
    if (client.aborted || this.#hurried) controller.abort();
    client.addEventListener("abort", () => controller.abort(), { once: true });
    this.#current = controller;
    return controller.signal;
  }

  #notThere() {
    return `${this.#runner.binary} is not there, or not executable`;
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #inTurn(work) {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

/**
 * OpenWhisk's proxy takes a body that it cannot read for `{}`, and also JSON that Python takes for false.
 *
 * @param {Buffer} body
 * @returns {Message}
 */
function readMessage(body) {
  try {
    const message = parseJson(body);
    const { value } = message;
    if (value && !(Array.isArray(value) && value.length === 0)) return message;
  } catch {
    // It cannot be read.
  }
  return { text: "{}", value: {} };
}

/**
 * @param {unknown} message
 * @returns {InitValue} throws a Problem
 */
function initValue(message) {
  const value = isDictionary(message) && (Object.hasOwn(message, "value") ? message.value : {});
  if (!isDictionary(value)) throw new Problem(404, "The action did not receive a dictionary to be initialized with.");
  const { main, code, binary, env } = value;
  for (const [key, text] of Object.entries({ main, code }))
    if (typeof (text ?? "") !== "string") throw new Problem(400, `\`${key}\` must be a text.`);
  if (typeof (binary ?? false) !== "boolean") throw new Problem(400, "`binary` must be true or false.");
  if (!isDictionary(env ?? {})) throw new Problem(400, "`env` must be a dictionary.");
  return value;
}

/**
 * @param {Message} message
 * @returns {{activation: Record<string, unknown>, argument: string}} throws a Problem
 */
function runMessage({ text, value: message }) {
  const argument = isDictionary(message) && (Object.hasOwn(message, "value") ? message.value : {});
  // 404 is what OpenWhisk's proxy says here.
  if (typeof argument !== "object" || argument === null || !isDictionary(message))
    throw new Problem(404, "The action did not receive a dictionary or array as an argument.");
  // With `activation`, only what is in it is about the activation.
  const activation = Object.hasOwn(message, "activation") ? message.activation || {} : message;
  if (!isDictionary(activation)) throw new Problem(400, "`activation` must be a dictionary.");
  return { activation, argument: memberText(text, "value") ?? "{}" };
}

/**
 * @param {Record<string, unknown>} activation
 * @param {number} arrived milliseconds since 1970
 * @returns {number | undefined} milliseconds since 1970
 */
function deadlineOf({ deadline }, arrived) {
  if (typeof deadline !== "number" && typeof deadline !== "string") return undefined;
  const time = deadline === "" ? Number.NaN : Number(deadline);
  if (!Number.isFinite(time)) return undefined;
  // One that was over before the run arrived says nothing; see ActionRunner.run.
  return time > arrived ? Math.max(time, Date.now() + 1) : 0;
}
