import { vendor } from "../app/lock/lock.js";
import type { RegistryOptions } from "../app/plan/plan.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { vendoredText } from "../report/vendored-text.js";

/** Stores the packages of slipway.lock in the registry, for the day when nobody else has them any more. */
export async function run(context: Context, options: RegistryOptions, names: readonly string[]): Promise<ExitCode> {
  const vendored = await vendor(context, options, names);
  context.out(context.json ? `${JSON.stringify(vendored, null, 2)}\n` : vendoredText(vendored));
  if (vendored.missing.length === 0) return EXIT.done;
  context.note("hint: slipway lock brings them to this machine, and so does slipway build\n");
  return EXIT.failed;
}
