import { checkLock, type MakeLockOptions, makeLock } from "../app/lock/lock.js";
import type { Context } from "../context.js";
import { CommandError, EXIT, type ExitCode } from "../exit.js";
import { lockCheckText, lockResultText } from "../report/lock-report.js";
import { isOutsideNamespace, rerunInNamespace } from "../run/user-namespace.js";

export interface LockCommandOptions extends MakeLockOptions {
  readonly check?: boolean;
}

/** Writes slipway.lock: the exact closure of every image, resolved by the package managers themselves. */
export async function run(context: Context, options: LockCommandOptions, names: readonly string[]): Promise<ExitCode> {
  if (options.check && options.update) throw new CommandError(EXIT.usage, "--check and --update exclude each other");
  if (options.all && names.length > 0) throw new CommandError(EXIT.usage, "--all and image names exclude each other");
  if (options.check) {
    const outcome = await checkLock(context, options, names);
    context.out(context.json ? `${JSON.stringify(outcome, null, 2)}\n` : lockCheckText(outcome));
    return outcome.changed ? EXIT.rejected : EXIT.done;
  }
  // Package managers are asked inside of images.
  if (isOutsideNamespace(context.env)) {
    return (await rerunInNamespace([process.execPath, ...process.argv.slice(1)])) as ExitCode;
  }
  const outcome = await makeLock(context, options, names);
  context.out(context.json ? `${JSON.stringify(outcome, null, 2)}\n` : lockResultText(outcome));
  return outcome.images.some(({ outcome: what }) => what === "failed") ? EXIT.failed : EXIT.done;
}
