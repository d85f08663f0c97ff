import { spawn } from "node:child_process";

/** As Git starts it: it ends at once where the text fits, shows colours, and leaves the text on the screen. */
const LESS = "FRX";

interface Terminal {
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: { readonly isTTY?: boolean };
}

/**
 * The program that pages, as Git chooses it: $SLIPWAY_PAGER, otherwise $PAGER, otherwise less. undefined: there is no terminal to write to
 * or nobody to press a key, or the program is `cat` or an empty word.
 */
export function pagerOf(env: NodeJS.ProcessEnv, terminal: Terminal): string | undefined {
  const { stdin, stdout } = terminal;
  if (!stdin.isTTY || !stdout.isTTY || env.TERM === "dumb" || env.CI) return undefined;
  const pager = (env.SLIPWAY_PAGER ?? env.PAGER ?? "less").trim();
  return pager === "" || pager === "cat" ? undefined : pager;
}

/** Shows a text with a pager, and waits for its end; writes it directly where it fits the terminal, or no pager starts. */
export async function showPaged(text: string, pager: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { rows } = process.stdout;
  const isShort = rows > 0 && text.split("\n").length < rows;
  if (isShort || !(await runPager(text, pager, { LESS, ...env }))) process.stdout.write(text);
}

/** False: the shell did not find the program. */
function runPager(text: string, pager: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-c", pager], { env, stdio: ["pipe", "inherit", "inherit"] });
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code !== 126 && code !== 127));
    // A pager that is left before the end closes its input.
    child.stdin.on("error", () => {});
    child.stdin.end(text);
  });
}
