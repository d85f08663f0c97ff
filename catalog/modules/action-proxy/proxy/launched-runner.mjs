import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../../runtime-http/lib/problem.mjs";
import { ActionRunner, timeLeft } from "./action-runner.mjs";
import { LaunchedProcess } from "./launched-process.mjs";
import { isResult, NO_RESULT, stoppedResult } from "./run-result.mjs";

/**
 * @typedef {import("./action-runner.mjs").InitValue} InitValue
 * @typedef {import("./environment.mjs").Environment} Environment
 * @typedef {import("./run-result.mjs").RunResult} RunResult
 *
 * @typedef {object} Entry what the launcher is told to load
 * @property {string} main the function
 * @property {boolean} zip whether the code came as one
 */

/**
 * A runner of source code. A launcher, which is a program in the code's language, loads it at /init and stays for all activations, so that what
 * the code keeps in memory lasts, as in OpenWhisk's own runtimes. Where the launcher has ended, the next run starts another one.
 *
 * A subclass has `command` and overrides some of `sourceName`, `hasOwn` and the hooks of ActionRunner.
 */
export class LaunchedRunner extends ActionRunner {
  /** Starts the launcher, in the directory of the code. @type {readonly [string, ...string[]]} */
  command = ["false"];
  /** The file that code which is text is written to. */
  sourceName = "exec";
  #image;
  /** @type {Entry | undefined} */
  #entry;
  #tried = false;
  /** @type {LaunchedProcess | undefined} */
  #process;
  /** @type {Environment} */
  #launchedWith = {};

  /** @param {ConstructorParameters<typeof ActionRunner>} given */
  constructor(...given) {
    super(...given);
    this.#image = this.directory;
  }

  /**
   * A hook: whether the image brings code of its own in this directory, which runs where /init has none.
   *
   * @param {string} _directory
   * @returns {boolean | Promise<boolean>}
   */
  hasOwn(_directory) {
    return false;
  }

  /**
   * @override
   * @param {InitValue} value
   * @param {{signal: AbortSignal}} options
   */
  async init(value, { signal }) {
    this.#process?.stop();
    this.#process = undefined;
    this.#entry = undefined;
    this.#tried = true;
    const given = Boolean(value.code);
    if (!given && !(await this.hasOwn(this.#image))) throw new Problem(403, "Missing main/no code to execute.");
    this.directory = given ? join(this.#image, "code") : this.#image;
    this.source = join(this.directory, this.sourceName);
    this.binary = this.source;
    if (given) {
      // Nothing of an earlier init is left.
      await rm(this.directory, { recursive: true, force: true });
      await mkdir(this.directory, { recursive: true });
    }
    const { code: _, ...others } = value;
    await this.prepare(given ? value : others);
    const entry = { main: value.main || "main", zip: !given || value.binary === true };
    await this.#launch(entry, signal, undefined);
    this.#entry = entry;
    return true;
  }

  /** @override */
  async verify() {
    // Without an init, the image's own code runs.
    if (!this.#tried && (await this.hasOwn(this.#image))) {
      this.#tried = true;
      this.#entry = { main: "main", zip: true };
    }
    return this.#entry !== undefined;
  }

  /**
   * @override
   * @param {string} argument JSON
   * @param {Environment} env
   * @param {{deadline: number | undefined, signal: AbortSignal}} options
   * @returns {Promise<RunResult>}
   */
  async run(argument, env, { deadline, signal }) {
    try {
      if (!this.#process?.alive && this.#entry !== undefined)
        await this.#launch(this.#entry, signal, timeLeft(deadline));
    } catch (error) {
      if (error instanceof Problem) return { status: error.status, error: error.message };
      throw error;
    }
    const own = Object.entries(env).filter(([name, value]) => this.#launchedWith[name] !== value);
    const request = `{"env":${JSON.stringify(Object.fromEntries(own))},"value":${argument}}`;
    const reply = await /** @type {LaunchedProcess} */ (this.#process).ask(request, {
      limit: timeLeft(deadline),
      signal,
    });
    if ("result" in reply) return isResult(reply.result) ? { json: reply.result } : this.#noResult();
    if ("failed" in reply) return failureOf(reply.failed);
    this.#process = undefined;
    if ("stopped" in reply) return stoppedResult(reply.stopped, this.logs);
    if ("broken" in reply) {
      this.logs.say(reply.broken);
      return { error: NO_RESULT };
    }
    return { status: 400, error: `command exited: ${reply.ended}` };
  }

  #noResult() {
    this.logs.say("The result cannot be written as JSON.");
    return { error: NO_RESULT };
  }

  /**
   * @param {Entry} entry
   * @param {AbortSignal} signal
   * @param {number | undefined} limit milliseconds
   */
  async #launch(entry, signal, limit) {
    const { command, directory, logs } = this;
    const env = await this.env({});
    const launched = new LaunchedProcess({ command, directory, env, logs, answerLimit: this.settings.bodyLimit });
    const reply = await launched.ask(JSON.stringify(entry), { limit, signal });
    if ("result" in reply) {
      this.#process = launched;
      this.#launchedWith = env;
      return;
    }
    launched.stop();
    if ("failed" in reply) {
      const { status, error } = failureOf(reply.failed);
      throw new Problem(status, error);
    }
    if ("stopped" in reply) throw new Problem(502, stoppedResult(reply.stopped, logs).error ?? "");
    logs.say("broken" in reply ? reply.broken : "Command exited abruptly during initialization.");
    throw new Problem(502, "Cannot start action. Check logs for details.");
  }
}

/**
 * @param {string} json of a launcher
 * @returns {{status: number, error: string}}
 */
function failureOf(json) {
  try {
    const { status, error } = JSON.parse(json);
    if (Number.isInteger(status) && status >= 400 && status <= 599 && typeof error === "string")
      return { status, error };
  } catch {
    // It was not the launcher that wrote this.
  }
  return { status: 502, error: NO_RESULT };
}
