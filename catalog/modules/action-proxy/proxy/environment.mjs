import { Problem } from "../../runtime-http/lib/problem.mjs";

/** @typedef {Record<string, string>} Environment */

/**
 * The variables that `env` of /init brings.
 *
 * @param {Readonly<Record<string, unknown>>} values
 * @returns {Environment} throws a Problem
 */
export function initEnvironment(values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => variable(name, value)));
}

/**
 * What the platform says of one activation: every key but the argument itself.
 *
 * @param {Readonly<Record<string, unknown>>} message the body of /run
 * @returns {Environment} throws a Problem
 */
export function activationEnvironment(message) {
  const others = Object.entries(message).filter(([key]) => key !== "value");
  return Object.fromEntries(others.map(([key, value]) => variable(`__OW_${key.toUpperCase()}`, value)));
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {[string, string]}
 */
function variable(name, value) {
  const text = value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
  // execve(2) takes `name=value`, ended by a zero byte.
  if (!/^[^=\0]+$/.test(name) || text.includes("\0"))
    throw new Problem(400, `${JSON.stringify(name.slice(0, 100))} cannot be an environment variable.`);
  return [name, text];
}
