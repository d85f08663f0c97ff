import { isDictionary, parseJson, readBody } from "../../runtime-http/lib/body.mjs";
import { Problem } from "../../runtime-http/lib/problem.mjs";
import { errorAnswer } from "../../runtime-http/lib/serve.mjs";
import { memberText } from "./member-text.mjs";

/**
 * @typedef {import("../../runtime-http/lib/serve.mjs").Answer} Answer
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 * @typedef {import("./action-runner.mjs").InitValue} InitValue
 */

const ONCE = "Cannot initialize the action more than once.";

/** The protocol between OpenWhisk's invoker and an action; docs/actions.md. */
export class ActionService {
  #initialized = false;
  /** Logs have no other order than that of the activations, so one begins when the one before has ended. @type {Promise<unknown>} */
  #last = Promise.resolve();
  #hurry = new AbortController();
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
    return await this.#inTurn(() => {
      const parse = () => {
        if ("failed" in received) throw received.failed;
        return parseJson(received.body);
      };
      return path === "/init" ? this.#init(parse) : this.#run(parse, arrived, signal);
    });
  }

  /** Ends the action that is running. */
  hurry() {
    this.#hurry.abort();
  }

  /**
   * @param {() => {text: string, value: unknown}} parse
   * @returns {Promise<Answer>}
   */
  async #init(parse) {
    if (this.#initialized && !this.#settings.allowReinit) {
      // Nothing has been begun, so nothing ends: no marker here, as in OpenWhisk.
      this.#logs.say(ONCE);
      return errorAnswer(403, ONCE);
    }
    try {
      const value = initValue(parse().value);
      if (!(await this.#runner.init(value))) throw new Error(this.#notThere());
      this.#initialized = true;
      return { status: 200, body: "OK", type: "text/plain" };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#logs.say(reason);
      this.#logs.endActivation();
      if (error instanceof Problem) throw error;
      return errorAnswer(502, `The action failed to generate or locate a binary. See logs for details: ${reason}`);
    }
  }

  /**
   * @param {() => {text: string, value: unknown}} parse
   * @param {number} arrived milliseconds since 1970
   * @param {AbortSignal} signal
   * @returns {Promise<Answer>}
   */
  async #run(parse, arrived, signal) {
    // Nobody is there any more who would read the answer or the logs.
    if (signal.aborted) return errorAnswer(499, "The client has gone.");
    try {
      const { message, argument } = runMessage(parse());
      if (!(await this.#runner.verify())) {
        const reason = this.#notThere();
        this.#logs.say(reason);
        return errorAnswer(502, `The action failed to locate a binary. See logs for details: ${reason}`);
      }
      const env = await this.#runner.env(message);
      const deadline = deadlineOf(message, arrived);
      const result = await this.#runner.run(argument, env, { deadline, signal: either(signal, this.#hurry.signal) });
      if (result.error === undefined) return { status: 200, body: result.json };
      this.#logs.say(result.error);
      return errorAnswer(502, result.error);
    } catch (error) {
      this.#logs.say(error instanceof Problem ? error.message : String(error instanceof Error ? error.stack : error));
      throw error;
    } finally {
      this.#logs.endActivation();
    }
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
 * @param {unknown} message
 * @returns {InitValue} throws a Problem
 */
function initValue(message) {
  const value = isDictionary(message) ? (message.value ?? {}) : undefined;
  if (!isDictionary(value)) throw new Problem(404, "The action did not receive a dictionary to be initialized with.");
  const { code, binary, env } = value;
  if (code !== undefined && code !== null && typeof code !== "string") throw new Problem(400, "`code` must be a text.");
  if (typeof (binary ?? false) !== "boolean") throw new Problem(400, "`binary` must be true or false.");
  if (!isDictionary(env ?? {})) throw new Problem(400, "`env` must be a dictionary.");
  return value;
}

/**
 * @param {{text: string, value: unknown}} body
 * @returns {{message: Record<string, unknown>, argument: string}} throws a Problem
 */
function runMessage({ text, value: message }) {
  const argument = isDictionary(message) && (Object.hasOwn(message, "value") ? message.value : {});
  // 404 is what OpenWhisk's proxy says here.
  if (typeof argument !== "object" || argument === null || !isDictionary(message))
    throw new Problem(404, "The action did not receive a dictionary or array as an argument.");
  return { message, argument: memberText(text, "value") ?? "{}" };
}

/**
 * @param {Record<string, unknown>} message
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

/** AbortSignal.any() came with Node 20. @param {...AbortSignal} signals */
function either(...signals) {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort();
    else signal.addEventListener("abort", () => controller.abort(), { signal: controller.signal, once: true });
  }
  return controller.signal;
}
