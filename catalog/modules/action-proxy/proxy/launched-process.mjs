import { spawn } from "node:child_process";
import { explainStart } from "./explain-start.mjs";
import { killGroup, PATIENCE, stopper } from "./run-process.mjs";

/**
 * @typedef {object} Launch
 * @property {readonly [string, ...string[]]} command
 * @property {string} directory where it works
 * @property {import("./environment.mjs").Environment} env
 * @property {number} answerLimit bytes
 * @property {import("./activation-logs.mjs").ActivationLogs} logs
 *
 * @typedef {{result: string} | {failed: string} | {ended: string} | {stopped: "deadline" | "aborted"} | {broken: string}} Reply
 *   JSON of a result; JSON `{"status", "error"}`; the process ended, "exit code 1"; it was stopped; it said what nobody understands
 *
 * @typedef {object} Question
 * @property {number} number
 * @property {(reply: Reply) => void} answer
 */

const ANSWER = /^(\d+) (result|failed) (.*)$/s;
const NEWLINE = 10;
/** Bytes of an answer's number and word. */
const HEAD = 64;
/** How often the event loop looks at all pipes before an activation ends. Each look reads up to 2 MB, and a pipe has less. */
const LOOKS = 3;

/**
 * A process that lives through many activations. It answers requests on file descriptor 3, a socket: `NUMBER JSON` comes, `NUMBER result
 * JSON` or `NUMBER failed JSON` goes back, each in one line. Standard output and standard error are logs.
 */
export class LaunchedProcess {
  #child;
  #channel;
  #limit;
  #numbers = 0;
  /** @type {Question | undefined} */
  #question;
  /** @type {Buffer[]} */
  #kept = [];
  #size = 0;
  /** How it ended. @type {string | undefined} */
  #ended;

  /** @param {Launch} launch */
  constructor({ command: [file, ...args], directory, env, answerLimit, logs }) {
    this.#limit = answerLimit + HEAD;
    this.#child = spawn(file, args, {
      cwd: directory,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    this.#channel = /** @type {import("node:net").Socket} */ (this.#child.stdio[3]);
    const { stdout, stderr } = /** @type {import("node:child_process").ChildProcessWithoutNullStreams} */ (this.#child);
    stdout.on("data", (/** @type {Buffer} */ chunk) => logs.out(chunk));
    stderr.on("data", (/** @type {Buffer} */ chunk) => logs.err(chunk));
    this.#channel.on("data", (/** @type {Buffer} */ chunk) => this.#receive(chunk));
    this.#channel.on("error", () => {});
    const stop = () => this.stop();
    // Nothing can be asked any more. A process that is just ending gets the time to do so, because how it ends is said.
    this.#channel.on("end", () => setTimeout(stop, PATIENCE).unref());
    process.once("exit", stop);
    this.#child.on("error", (error) => {
      logs.say(explainStart(error, file));
      process.off("exit", stop);
      this.#end(error.message);
    });
    this.#child.on("exit", () => {
      this.stop();
      const patience = setTimeout(() => {
        for (const stream of [stdout, stderr, this.#channel]) stream.destroy();
      }, PATIENCE);
      this.#child.once("close", () => clearTimeout(patience));
    });
    this.#child.on("close", (code, signal) => {
      process.off("exit", stop);
      this.#end(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  }

  get alive() {
    return this.#ended === undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Kills it, with all that it has started in its process group. */
  stop() {
    killGroup(this.#child.pid);
  }

  /**
   * One question at a time. The process does not live on where there is another reply than an answer.
   *
   * @param {string} request JSON
   * @param {{limit: number | undefined, signal: AbortSignal}} options milliseconds
   * @returns {Promise<Reply>}
   */
  async ask(request, { limit, signal }) {
    const number = ++this.#numbers;
    /** @type {Promise<Reply>} */
    const reply = new Promise((answer) => {
      this.#question = { number, answer };
    });
    if (this.#ended !== undefined) this.#end(this.#ended);
    /** @type {"deadline" | "aborted" | undefined} */
    let stopped;
    const release = stopper({ limit, signal }, (why) => {
      stopped ??= why;
      this.stop();
    });
    // A line break in JSON is a blank unless it is written as `\n`.
    this.#channel.write(`${number} ${request.replace(/[\r\n]/g, " ")}\n`);
    const said = await reply;
    release();
    // Whatever was written before the answer lies in the pipes.
    for (let look = 0; look < LOOKS; look++) await new Promise((resolve) => setImmediate(resolve));
    return stopped !== undefined && "ended" in said ? { stopped } : said;
  }

  /** @param {Buffer} chunk */
  #receive(chunk) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#kept.push(chunk.subarray(start, end));
      const line = Buffer.concat(this.#kept).toString();
      this.#kept = [];
      this.#size = 0;
      start = end + 1;
      this.#line(line);
    }
    const rest = chunk.subarray(start);
    if (rest.length === 0) return;
    this.#kept.push(rest);
    this.#size += rest.length;
    if (this.#size > this.#limit) this.#break("The action's answer is too long.");
  }

  /** @param {string} line */
  #line(line) {
    const [, number, word, json = ""] = ANSWER.exec(line) ?? [];
    if (number === undefined) return this.#break("The action wrote to file descriptor 3, which is the runtime's.");
    // An answer to nothing, or to what is over.
    if (Number(number) !== this.#question?.number) return;
    this.#answer(word === "result" ? { result: json } : { failed: json });
  }

  /** @param {string} broken */
  #break(broken) {
    this.#kept = [];
    this.#size = 0;
    this.#channel.pause();
    this.#answer({ broken });
    this.stop();
  }

  /** @param {string} how */
  #end(how) {
    this.#ended ??= how;
    this.#answer({ ended: how });
  }

  /** @param {Reply} reply */
  #answer(reply) {
    this.#question?.answer(reply);
    this.#question = undefined;
  }
}
