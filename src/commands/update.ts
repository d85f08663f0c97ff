import { type UpdateOptions, updateCatalogue } from "../app/update/update.js";
import type { Context } from "../context.js";
import { CommandError, EXIT, type ExitCode } from "../exit.js";
import { updatesJson, updatesText } from "../report/updates-text.js";
import { isOutsideNamespace, rerunInNamespace } from "../run/user-namespace.js";

/** Brings digests of external bases and exact versions up to date: in the working tree, or by pull requests. */
export async function run(context: Context, options: UpdateOptions): Promise<ExitCode> {
  if (options.dryRun && options.publish) {
    throw new CommandError(EXIT.usage, "--dry-run and --publish exclude each other");
  }
  // Package managers are asked inside of images.
  if (isOutsideNamespace(context.env)) {
    return (await rerunInNamespace([process.execPath, ...process.argv.slice(1)])) as ExitCode;
  }
  const groups = await updateCatalogue(context, options);
  context.out(context.json ? `${JSON.stringify(updatesJson(groups), null, 2)}\n` : updatesText(groups));
  if (groups.some(({ action }) => action === "failed")) return EXIT.unavailable;
  return groups.some(({ action }) => action === "refused") ? EXIT.rejected : EXIT.done;
}
