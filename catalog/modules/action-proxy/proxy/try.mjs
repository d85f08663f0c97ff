// action-try [--code FILE] [ARGUMENT]: runs the action of this image, or other code, once behind the proxy.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { tryOut } from "../../runtime-http/lib/try-out.mjs";

try {
  const { values, positionals } = parseArgs({ options: { code: { type: "string" } }, allowPositionals: true });
  const code = values.code === undefined ? null : readFileSync(values.code, "utf8");
  process.exitCode = await tryOut(fileURLToPath(new URL("main.mjs", import.meta.url)), [
    { path: "/init", body: { value: { name: "try", code } } },
    { path: "/run", body: { value: JSON.parse(positionals[0] ?? "{}") } },
  ]);
} catch (error) {
  process.stderr.write(`action-try: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
