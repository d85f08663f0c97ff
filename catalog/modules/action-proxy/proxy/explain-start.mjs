import { codeOf } from "./run-process.mjs";

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
  return `error: the action cannot be started: ${file}: ${reasons[codeOf(error) ?? ""] ?? said}.`;
}
