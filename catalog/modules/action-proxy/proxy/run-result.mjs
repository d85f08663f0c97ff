/**
 * What became of a run: the text of a JSON object or array, or why there is none. `status` is 502 unless it says otherwise.
 *
 * @typedef {{json: string, error?: undefined} | {error: string, status?: number, json?: undefined}} RunResult
 * @typedef {import("./activation-logs.mjs").ActivationLogs} ActivationLogs
 */

/** OpenWhisk's own sentence. Its tests compare it as a whole, so whatever else is known goes to the logs. */
export const NO_RESULT = "The action did not return a dictionary or array.";

const STOPPED = {
  deadline: "The action did not end before its deadline and was killed.",
  aborted: "The action was killed.",
};

/**
 * @param {import("./run-process.mjs").Ended} ended
 * @param {ActivationLogs} logs
 * @returns {RunResult}
 */
export function resultOf({ lastLine, how, stopped }, logs) {
  const bytes = lastLine.bytes;
  const text = stopped === undefined && bytes !== undefined ? textOf(bytes) : undefined;
  if (text !== undefined && isResult(text)) return { json: text };
  // It was no result but a line of the log.
  lastLine.flush();
  if (stopped !== undefined) return stoppedResult(stopped, logs);
  // Of an action that ended well, OpenWhisk's tests want nothing but the line; where it is empty, an error on standard output.
  if (text === "") logs.say("error: the last line of the action's output is empty", "out");
  if (bytes === undefined) logs.say("The last line of the action's output is too long for a result.");
  else if (text === undefined) logs.say("The last line of the action's output is not UTF-8.");
  if (how !== "exit code 0") logs.say(`The action ended with ${how}.`);
  return { error: NO_RESULT };
}

/**
 * @param {"deadline" | "aborted"} stopped
 * @param {ActivationLogs} logs
 * @returns {RunResult}
 */
export function stoppedResult(stopped, logs) {
  logs.say(STOPPED[stopped]);
  return { error: STOPPED[stopped] };
}

/** @param {Buffer} bytes */
function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch {
    return undefined;
  }
}

/** @param {string} text */
export function isResult(text) {
  // Neither a number nor a text can be one, so most wrong lines need not be parsed.
  if (!text.startsWith("{") && !text.startsWith("[")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
