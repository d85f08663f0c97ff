import { access, constants, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { activationEnvironment, initEnvironment } from "./environment.mjs";
import { explainStart } from "./explain-start.mjs";
import { runProcess } from "./run-process.mjs";
import { NO_RESULT, resultOf } from "./run-result.mjs";

/**
 * What /init brings.
 *
 * @typedef {object} InitValue
 * @property {string} [name] of the action
 * @property {string} [main] the entry point, for runners that know such a thing
 * @property {string | null} [code] text, or a zip in base64
 * @property {boolean} [binary] whether it is a zip
 * @property {Record<string, unknown>} [env]
 *
 * @typedef {import("./run-result.mjs").RunResult} RunResult
 * @typedef {import("./environment.mjs").Environment} Environment
 */

/** The shortest time that a run has, in milliseconds. A deadline that is over when the run arrives is one of another clock. */
const SHORTEST = 1000;

/**
 * Prepares an action and runs it. A runtime of its own is a subclass that overrides some of `epilogue`, `build`, `verify` and `env`; each of
 * them may be asynchronous. What a hook throws fails the init or the run, and is in the logs.
 */
export class ActionRunner {
  /** Where the code of /init is written. */
  source;
  /** What is run. A `build` that compiles makes it out of `source`. */
  binary;
  /** Where a zip is unpacked; also the working directory of the action. */
  directory;
  /** @type {Environment} */
  #initEnvironment = {};
  settings;
  logs;

  /**
   * @param {import("./settings.mjs").Settings} settings
   * @param {import("./activation-logs.mjs").ActivationLogs} logs
   */
  constructor(settings, logs) {
    this.settings = settings;
    this.logs = logs;
    this.directory = settings.directory;
    this.source = join(settings.directory, "exec");
    this.binary = this.source;
  }

  /**
   * Without code the action stays that is in the image: the stub, or what a derived image has brought.
   *
   * @param {InitValue} value
   * @param {{signal: AbortSignal}} _options says that nobody waits any more
   * @returns {Promise<boolean>} whether the action can be run; throws with the reason where it cannot
   */
  async init(value, _options) {
    await this.prepare(value);
    return await this.verify();
  }

  /**
   * Puts the code where it is run, by the hooks.
   *
   * @param {InitValue} value
   */
  async prepare(value) {
    this.#initEnvironment = initEnvironment(value.env ?? {});
    if (typeof value.code !== "string") return;
    await (value.binary ? this.unpack(value.code) : this.write(value.code));
    if ((await this.epilogue(value)) === false) throw new Error("the epilogue of the runner failed");
    if ((await this.build(value)) === false) throw new Error("the build of the runner failed");
  }

  /**
   * A hook: adds to the code that was written.
   *
   * @param {InitValue} _value
   * @returns {void | boolean | Promise<void | boolean>} false: it failed
   */
  epilogue(_value) {}

  /**
   * A hook: makes `binary` out of `source`.
   *
   * @param {InitValue} _value
   * @returns {void | boolean | Promise<void | boolean>} false: it failed
   */
  build(_value) {}

  /**
   * A hook: whether there is something to run.
   *
   * @returns {boolean | Promise<boolean>}
   */
  verify() {
    return isExecutable(this.binary);
  }

  /**
   * A hook: the variables of one run, and of no other. An override adds to `super.env(message)`.
   *
   * @param {Readonly<Record<string, unknown>>} message the body of /run, or its `activation`; `{}` for those of all runs
   * @returns {Environment | Promise<Environment>}
   */
  env(message) {
    const own = /** @type {Environment} */ ({ ...process.env });
    return { ...own, ...this.#initEnvironment, ...activationEnvironment(message) };
  }

  /**
   * A hook: what a run is told that arrives during another one. By default it waits for its turn.
   *
   * @returns {import("../../runtime-http/lib/problem.mjs").Problem | undefined}
   */
  busy() {
    return undefined;
  }

  /**
   * @param {string} argument JSON
   * @param {Environment} env
   * @param {{deadline: number | undefined, signal: AbortSignal}} options milliseconds since 1970
   * @returns {Promise<RunResult>}
   */
  async run(argument, env, { deadline, signal }) {
    const run = {
      file: this.binary,
      directory: this.directory,
      argument,
      env,
      limit: timeLeft(deadline),
      signal,
      resultLimit: this.settings.bodyLimit,
      logs: this.logs,
    };
    try {
      return resultOf(await runProcess(run), this.logs);
    } catch (error) {
      // On standard output, where OpenWhisk's proxy has it and its tests look for it.
      this.logs.say(explainStart(error, this.binary), "out");
      return { error: NO_RESULT };
    }
  }

  /**
   * Writes the code of /init.
   *
   * @param {string} text
   */
  async write(text) {
    await mkdir(dirname(this.source), { recursive: true });
    // What was there may belong to somebody else, as the stub does.
    await rm(this.source, { force: true });
    await writeFile(this.source, text, { mode: 0o755 });
  }

  /**
   * Unpacks the code of /init.
   *
   * @param {string} base64 a zip
   */
  async unpack(base64) {
    // Otherwise a zip that brings no program would run the stub.
    await rm(this.binary, { force: true });
    // Only now: an action of text starts without it.
    const { unpack } = await import("./unpack.mjs");
    const executable = relative(this.directory, this.binary);
    try {
      await unpack(Buffer.from(base64, "base64"), this.directory, { limit: this.settings.unpackedLimit, executable });
    } catch (error) {
      throw new Error(`the zip file cannot be unpacked: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/**
 * @param {number | undefined} deadline milliseconds since 1970
 * @returns {number | undefined} milliseconds that a run has
 */
export function timeLeft(deadline) {
  if (deadline === undefined) return undefined;
  const left = deadline - Date.now();
  return left > 0 ? left : SHORTEST;
}

/** @param {string} file */
async function isExecutable(file) {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
