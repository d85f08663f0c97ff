import type { Context } from "../context.js";
import type { ExitCode } from "../exit.js";

/** Does the work of a verb that mounts images: in this process if it can, otherwise in a user namespace. */
export async function inNamespace({ env }: Context, work: () => Promise<ExitCode>): Promise<ExitCode> {
  const { isOutsideNamespace, rerunInNamespace } = await import("../run/user-namespace.js");
  if (!isOutsideNamespace(env)) return work();
  return (await rerunInNamespace([process.execPath, ...process.argv.slice(1)])) as ExitCode;
}
