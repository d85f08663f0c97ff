// function-try [PAYLOAD]: calls the function of this image once.
import { fileURLToPath } from "node:url";
import { tryOut } from "../../runtime-http/lib/try-out.mjs";

try {
  const payload = JSON.parse(process.argv[2] ?? "null");
  process.exitCode = await tryOut(fileURLToPath(new URL("main.mjs", import.meta.url)), [
    { path: "/", body: { context: {}, payload } },
  ]);
} catch (error) {
  process.stderr.write(`function-try: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
