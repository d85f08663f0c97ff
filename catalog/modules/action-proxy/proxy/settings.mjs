import { wholeNumber } from "../../runtime-http/lib/settings.mjs";

/**
 * @typedef {object} Settings
 * @property {string} host
 * @property {number} port
 * @property {string} directory where the action is
 * @property {boolean} allowReinit
 * @property {number} bodyLimit bytes of a request; also of a result
 * @property {number} unpackedLimit bytes of all files of a zip
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
    directory: env.ACTION_DIRECTORY || "/action",
    // The name and the value that OpenWhisk's own proxy knows.
    allowReinit: env.PROXY_ALLOW_REINIT === "1",
    // OpenWhisk lets through 48 MB of code, which base64 makes a third longer.
    bodyLimit: wholeNumber(env, "ACTION_BODY_LIMIT", { otherwise: 64 * MIB, from: 1, to: 1024 * MIB }),
    unpackedLimit: wholeNumber(env, "ACTION_UNPACKED_LIMIT", { otherwise: 512 * MIB, from: 1, to: 2047 * MIB }),
  };
}
