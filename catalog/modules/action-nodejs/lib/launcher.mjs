// Loads an action in JavaScript and runs it, activation by activation: the process behind nodejs-runner.mjs.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { Socket } from "node:net";
import { join } from "node:path";
import { ENTRY, memberOf, namesOf } from "./entry.mjs";
import { serializeError } from "./serialize-error.mjs";

// What the action changes of these is its own affair.
const { stringify, parse } = JSON;
const { error: log } = console;
const OUTPUTS = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write.bind(stream) }));
const NO_RESULT = "The action did not return a dictionary or array.";

/** @typedef {{result: string} | {failed: {status: number, error: string}}} Reply */

/** @type {((argument: unknown) => unknown) | undefined} */
let action;
/** Variables of the run before, and what they were without it. @type {Map<string, string | undefined>} */
const changed = new Map();

/**
 * @param {{main: string, zip: boolean}} entry
 * @returns {Reply}
 */
function load({ main, zip }) {
  try {
    const found = zip ? ofPackage(main) : ofSource(main);
    if (typeof found !== "function") throw `Action entrypoint '${main}' is not a function.`;
    action = /** @type {(argument: unknown) => unknown} */ (found);
    return { result: "{}" };
  } catch (error) {
    log("Error during initialization:", error);
    const why = error instanceof Error ? (error.stack ?? error.message) : textOf(error);
    return { failed: { status: 502, error: `Initialization has failed due to: ${why}` } };
  }
}

/** @param {string} main */
function ofSource(main) {
  const names = namesOf(main);
  const exported = createRequire(join(process.cwd(), "action.cjs"))("./action.cjs");
  const declared = /** @type {any} */ (globalThis)[ENTRY];
  return typeof declared === "function" ? declared : (memberOf(exported, names) ?? declared);
}

/**
 * `main` may name a file before its first full stop: `other.main`.
 *
 * @param {string} main
 */
function ofPackage(main) {
  const [, file, rest] = /^([^.]+)\.(.+)$/s.exec(main) ?? [];
  const names = namesOf(rest ?? main);
  if (file === undefined && !["package.json", "index.js"].some((name) => existsSync(name)))
    throw "Zipped actions must contain either package.json or index.js at the root.";
  const require = createRequire(join(process.cwd(), "index.js"));
  return memberOf(require(file === undefined ? process.cwd() : join(process.cwd(), file)), names);
}

/**
 * @param {{value: unknown, env: Record<string, string>}} activation
 * @returns {Promise<Reply>}
 */
async function run({ value, env }) {
  for (const [name, before] of changed) setVariable(name, before);
  changed.clear();
  for (const [name, text] of Object.entries(env)) {
    changed.set(name, process.env[name]);
    setVariable(name, text);
  }
  let returned;
  try {
    returned = action?.(value);
  } catch (error) {
    log(error);
    return { failed: { status: 502, error: `An error has occurred: ${textOf(error)}` } };
  }
  let result;
  try {
    result = await returned;
  } catch (error) {
    // What an action rejects with is its answer.
    result = { error: error ? serializeError(error) : {} };
  }
  return replyOf(result === undefined ? {} : result);
}

/**
 * @param {unknown} result
 * @returns {Reply}
 */
function replyOf(result) {
  if (typeof result !== "object" || result === null) {
    log(`Result must be of type object but has type "${result === null ? "null" : typeof result}":`, result);
    return { failed: { status: 502, error: NO_RESULT } };
  }
  try {
    return { result: stringify(result) ?? "" };
  } catch (error) {
    log("Result cannot be written as JSON:", error);
    return { failed: { status: 502, error: `An error has occurred: ${textOf(error)}` } };
  }
}

/**
 * @param {string} name
 * @param {string | undefined} text
 */
function setVariable(name, text) {
  if (text === undefined) delete process.env[name];
  else process.env[name] = text;
}

/** @param {unknown} value */
function textOf(value) {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}

/** What was written is on its way before the answer is. */
const written = () =>
  Promise.all(OUTPUTS.map(({ stream, write }) => stream.writableLength > 0 && new Promise((end) => write("", end))));

const channel = new Socket({ fd: 3, readable: true, writable: true });

/** @param {string} line */
async function answer(line) {
  const [, number = "", json = ""] = /^(\d+) (.*)$/s.exec(line) ?? [];
  const request = parse(json);
  const reply = "main" in request ? load(request) : await run(request);
  await written();
  channel.write(`${number} ${"result" in reply ? `result ${reply.result}` : `failed ${stringify(reply.failed)}`}\n`);
}

/** @type {string[]} */
let kept = [];
channel.setEncoding("utf8");
channel.on("data", (/** @type {string} */ chunk) => {
  const [rest = "", ...more] = chunk.split("\n");
  kept.push(rest);
  for (const next of more) {
    const line = kept.join("");
    kept = [next];
    void answer(line);
  }
});
// The proxy has gone.
channel.on("end", () => process.exit());
channel.on("error", () => process.exit(1));
