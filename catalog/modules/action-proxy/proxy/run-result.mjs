import { codeOf } from "./run-process.mjs";

/**
 * What became of a run: the text of a JSON object or array, or why there is none.
 *
 * @typedef {{json: string, error?: undefined} | {error: string, json?: undefined}} RunResult
 */

const NO_RESULT = "The action did not return a dictionary or array.";
/** Characters of a wrong answer that its error shows. */
const SHOWN = 200;

/**
 * @param {import("./run-process.mjs").Ended} ended
 * @returns {RunResult}
 */
export function resultOf({ lastLine, how, stopped }) {
  const bytes = lastLine.bytes;
  const failed = (/** @type {string} */ error) => {
    lastLine.flush();
    return { error };
  };
  if (stopped === "deadline") return failed("The action did not end before its deadline and was killed.");
  if (stopped === "aborted") return failed("The action was killed.");
  if (bytes === undefined) return failed(`${NO_RESULT} The last line of its output is too long.`);
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch {
    return failed(`${NO_RESULT} The last line of its output is not UTF-8 (${how}).`);
  }
  if (isResult(text)) return { json: text };
  if (text === "") return failed(`${NO_RESULT} The last line of its output is empty (${how}).`);
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return failed(`${NO_RESULT} The last line of its output is ${JSON.stringify(shown)} (${how}).`);
}

/** @param {string} text */
function isResult(text) {
  // Neither a number nor a text can be one, so most wrong lines need not be parsed.
  if (!text.startsWith("{") && !text.startsWith("[")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {unknown} error of spawn()
 * @param {string} file
 */
export function explainStart(error, file) {
  /** @type {Readonly<Record<string, string>>} */
  const reasons = {
    ENOENT: "its interpreter, or a library that loads it, is not there",
    EACCES: "it, or its interpreter, must not be executed",
    E2BIG: "its environment is too large",
  };
  const said = error instanceof Error ? error.message : String(error);
  return `The action cannot be started: ${file}: ${reasons[codeOf(error) ?? ""] ?? said}.`;
}
