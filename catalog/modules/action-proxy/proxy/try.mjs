// action-try [--code FILE [--main NAME]] [ARGUMENT]: runs the action of this image, or other code, once behind the proxy.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { tryOut } from "../../runtime-http/lib/try-out.mjs";

const MAIN = fileURLToPath(new URL("main.mjs", import.meta.url));

const ZIP = Buffer.from("PK\x03\x04");

/**
 * @param {string} argument JSON
 * @param {string} [file] text, or a zip
 * @param {string} [main] the function
 * @returns {Promise<number>} the exit code
 */
async function tryAction(argument, file, main) {
  const run = { path: "/run", body: { value: JSON.parse(argument) } };
  if (file === undefined) return await tryOut(MAIN, [run]);
  const bytes = readFileSync(file);
  const binary = bytes.subarray(0, ZIP.length).equals(ZIP);
  const code = bytes.toString(binary ? "base64" : "utf8");
  // Elsewhere, so that the action of the image stays what it is.
  const directory = mkdtempSync(join(tmpdir(), "action-"));
  try {
    const init = { path: "/init", body: { value: { name: "try", main, code, binary } } };
    return await tryOut(MAIN, [init, run], { ACTION_DIRECTORY: directory });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

try {
  const { values, positionals } = parseArgs({
    options: { code: { type: "string" }, main: { type: "string" } },
    allowPositionals: true,
  });
  process.exitCode = await tryAction(positionals[0] ?? "{}", values.code, values.main);
} catch (error) {
  process.stderr.write(`action-try: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
