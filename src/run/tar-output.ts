import { spawn } from "node:child_process";
import { readTar, type TarMember } from "./tar-stream.js";

interface TarOptions {
  readonly signal: AbortSignal;
  /** Files whose contents are kept. */
  readonly wants?: (name: string) => boolean;
}

/** The members of the archive that a program writes to its standard output. Raises Error where the program fails. */
export async function* tarOutput(
  program: string,
  args: readonly string[],
  { signal, wants }: TarOptions,
): AsyncGenerator<TarMember, void> {
  // Names are bytes: no locale may change them.
  const env = { ...process.env, LC_ALL: "C" };
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", program, ...args], {
    env,
    signal,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-2000);
  });
  const ended = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  ended.catch(() => {});
  yield* readTar(child.stdout, wants);
  const code = await ended;
  if (code !== 0) throw new Error(`${program}: ${stderr.trim().split("\n").at(-1) || `exit code ${code}`}`);
}
