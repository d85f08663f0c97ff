// action-try [--code FILE] [ARGUMENT]: runs the action of this image, or other code, once behind the proxy.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { tryOut } from "../../runtime-http/lib/try-out.mjs";

const MAIN = fileURLToPath(new URL("main.mjs", import.meta.url));

/**
 * @param {string} argument JSON
 * @param {string} [file]
 * @returns {Promise<number>} the exit code
 */
async function tryAction(argument, file) {
  const run = { path: "/run", body: { value: JSON.parse(argument) } };
  if (file === undefined) return await tryOut(MAIN, [run]);
  const code = readFileSync(file, "utf8");
  // Elsewhere, so that the action of the image stays what it is.
  const directory = mkdtempSync(join(tmpdir(), "action-"));
  try {
    const init = { path: "/init", body: { value: { name: "try", code } } };
    return await tryOut(MAIN, [init, run], { ACTION_DIRECTORY: directory });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

try {
  const { values, positionals } = parseArgs({ options: { code: { type: "string" } }, allowPositionals: true });
  process.exitCode = await tryAction(positionals[0] ?? "{}", values.code);
} catch (error) {
  process.stderr.write(`action-try: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
