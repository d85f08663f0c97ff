import { spawn } from "node:child_process";

/**
 * Starts a server as a process of its own on any free port, sends it requests and prints the last answer: its status and its body. What the
 * server writes goes to standard error. For tests of images, and for whoever wants to see their code run.
 *
 * @param {string} server a file
 * @param {readonly {path: string, body: unknown}[]} requests
 * @param {Readonly<Record<string, string>>} [variables]
 * @returns {Promise<number>} the exit code: 0 where all answers were 200
 */
export async function tryOut(server, requests, variables = {}) {
  const env = { ...process.env, ...variables, PORT: "0", HOST: "127.0.0.1" };
  const child = spawn(process.execPath, [server], { env, stdio: ["ignore", 2, "pipe"] });
  let said = "";
  const { stderr } =
    /** @type {import("node:child_process").ChildProcess & {stderr: import("node:stream").Readable}} */ (child);
  /** @type {number | undefined} */
  const port = await new Promise((resolve) => {
    stderr.on("data", (/** @type {Buffer} */ chunk) => {
      process.stderr.write(chunk);
      said += chunk;
      const [, found] = /^listening on port (\d+)$/m.exec(said) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
    child.on("close", () => resolve(undefined));
  });
  if (port === undefined) return 1;
  let code = 0;
  try {
    for (const [index, { path, body }] of requests.entries()) {
      const url = `http://127.0.0.1:${port}${path}`;
      const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
      const text = await response.text();
      if (response.status === 200 && index < requests.length - 1) continue;
      process.stdout.write(`${response.status} ${text}\n`);
      code = response.status === 200 ? 0 : 1;
      break;
    }
  } finally {
    child.kill("SIGTERM");
  }
  return code;
}
