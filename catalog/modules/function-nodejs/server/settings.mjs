import { wholeNumber } from "../../runtime-http/lib/settings.mjs";

/**
 * @typedef {object} Settings
 * @property {string} host
 * @property {number} port
 * @property {string} directory where the function is
 * @property {string} handler `file:name`
 * @property {number} bodyLimit bytes
 * @property {number} logLimit bytes of one stream of one call
 */

const MIB = 1 << 20;

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Settings} throws where a variable makes no sense
 */
export function readSettings(env) {
  return {
    host: env.HOST || "0.0.0.0",
    port: wholeNumber(env, "PORT", { otherwise: 8080, from: 0, to: 65_535 }),
    directory: env.FUNCTION_DIRECTORY || "/function",
    handler: env.FUNCTION_HANDLER || "handler:handle",
    bodyLimit: wholeNumber(env, "FUNCTION_BODY_LIMIT", { otherwise: 64 * MIB, from: 1, to: 1024 * MIB }),
    logLimit: wholeNumber(env, "FUNCTION_LOG_LIMIT", { otherwise: MIB, from: 1, to: 1024 * MIB }),
  };
}
