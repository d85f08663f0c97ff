import { existsSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LaunchedRunner } from "../../action-proxy/proxy/launched-runner.mjs";
import { Problem } from "../../runtime-http/lib/problem.mjs";
import { entryEpilogue } from "./entry.mjs";

/** @typedef {import("../../action-proxy/proxy/action-runner.mjs").InitValue} InitValue */

const ZIP = Buffer.from("PK\x03\x04");

/** Runs JavaScript as OpenWhisk's runtime for Node.js does, with its sentences; docs/actions.md. */
export class NodejsRunner extends LaunchedRunner {
  /** @override @type {readonly [string, ...string[]]} */
  command = [process.execPath, fileURLToPath(new URL("launcher.mjs", import.meta.url))];
  /** CommonJS, whatever a package.json above says. @override */
  sourceName = "action.cjs";

  /** @override @param {string} directory */
  hasOwn(directory) {
    return ["package.json", "index.js"].some((name) => existsSync(join(directory, name)));
  }

  /** @override @param {InitValue} value */
  async epilogue({ main, binary }) {
    if (!binary) await appendFile(this.source, entryEpilogue(main || "main"));
  }

  /** @override @param {string} base64 */
  async unpack(base64) {
    if (!Buffer.from(base64.slice(0, 8), "base64").subarray(0, ZIP.length).equals(ZIP))
      throw this.#refused("There was an error uncompressing the action archive. The file type is unsupported");
    try {
      await super.unpack(base64);
    } catch (error) {
      this.logs.say(error instanceof Error ? error.message : `${error}`);
      throw this.#refused("There was an error uncompressing the action Zip archive.");
    }
  }

  /** @override */
  async verify() {
    if (await super.verify()) return true;
    throw this.#internal("System not initialized.");
  }

  /** @override */
  busy() {
    return this.#internal("System not ready, status is running.");
  }

  /** @param {string} sentence */
  #refused(sentence) {
    this.logs.say(`Error during initialization: ${sentence}`);
    return new Problem(502, `Initialization has failed due to: ${sentence}`);
  }

  /** @param {string} sentence */
  #internal(sentence) {
    this.logs.say(`Internal system error: ${sentence}`);
    return new Problem(403, sentence);
  }
}
