import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** @typedef {(context: Record<string, unknown>, payload: unknown) => unknown} Handler */

const ENDINGS = ["", ".mjs", ".js", ".cjs"];

/**
 * @param {{directory: string, handler: string}} settings
 * @returns {Promise<Handler>} rejected with what is wrong, for whoever wrote the function
 */
export async function loadFunction({ directory, handler }) {
  const [file = "", name = "", ...more] = handler.split(":");
  if (!file || !name || more.length > 0)
    throw new Error(
      `FUNCTION_HANDLER is ${JSON.stringify(handler)}; it must be FILE:NAME, for instance handler:handle`,
    );
  const path = ENDINGS.map((ending) => resolve(join(directory, file + ending))).find(existsSync);
  if (path === undefined)
    throw new Error(
      `there is no function: none of ${ENDINGS.slice(1)
        .map((ending) => file + ending)
        .join(", ")} is in ${directory}`,
    );
  const module = await import(pathToFileURL(path).href);
  // What a CommonJS file exports may be there only as its default.
  const found = module[name] ?? module.default?.[name];
  if (typeof found !== "function") throw new Error(`${path} does not export a function named ${name}`);
  if (found.length > 2)
    throw new Error(`${name} of ${path} takes ${found.length} arguments; it is called with (context, payload)`);
  return found;
}
