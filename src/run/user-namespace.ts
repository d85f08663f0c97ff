import { spawn } from "node:child_process";

/** Set by `buildah unshare` for what it starts. */
const INSIDE = "_CONTAINERS_USERNS_CONFIGURED";

/** Whether this process belongs to an unprivileged user and is outside a user namespace, in which alone it could mount an image. */
export const isOutsideNamespace = (env: NodeJS.ProcessEnv) => process.getuid?.() !== 0 && env[INSIDE] === undefined;

/** Whether root is root of a user namespace only. */
export const isRootless = (env: NodeJS.ProcessEnv) => process.getuid?.() !== 0 || env[INSIDE] !== undefined;

/**
 * Runs this very command again in a user namespace (buildah-unshare(1)), on the same terminal, and returns its exit code.
 * Signals of the terminal reach both; the outer process waits for the inner one.
 */
export function rerunInNamespace(argv: readonly string[]): Promise<number> {
  const child = spawn("buildah", ["unshare", ...argv], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
  });
}
