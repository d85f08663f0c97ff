import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LaunchedRunner } from "../../action-proxy/proxy/launched-runner.mjs";
import { Problem } from "../../runtime-http/lib/problem.mjs";

/** Runs Python as OpenWhisk's runtime for Python does, with its sentences; docs/actions.md. */
export class PythonRunner extends LaunchedRunner {
  /** @override @type {readonly [string, ...string[]]} */
  command = ["python3", fileURLToPath(new URL("launcher.py", import.meta.url))];
  /** @override */
  sourceName = "__main__.py";

  /** @override @param {string} directory */
  hasOwn(directory) {
    return existsSync(join(directory, "__main__.py"));
  }

  /** @override */
  async verify() {
    if (await super.verify()) return true;
    throw new Problem(500, "no action defined yet");
  }
}
