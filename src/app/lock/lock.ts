import { cpus } from "node:os";
import { join } from "node:path";
import type { Context } from "../../context.js";
import { LOCK_FILE } from "../../load/find-documents.js";
import type { LockOutcome } from "../../model/lock-result.js";
import { lockText } from "../../report/lock-text.js";
import { replaceFile } from "../../system/replace-file.js";
import { deferredWorkshop, openProgress, type RunProgress } from "../build/build.js";
import { loadUnlocked } from "../catalogue/catalogue.js";
import { Locker, type MakeLockOptions } from "./locker.js";
import { planLock } from "./plan.js";

export { checkLock } from "./check.js";
export type { MakeLockOptions } from "./locker.js";
export { vendor } from "./vendor.js";

/** Resolves images whose entries in slipway.lock are missing or stale, and writes the file. An image that fails keeps its entry. */
export async function makeLock(
  context: Context,
  options: MakeLockOptions,
  names: readonly string[],
): Promise<LockOutcome> {
  const loaded = await loadUnlocked(context);
  const plan = await planLock(loaded, options, names);
  for (const [name, reason] of plan.open) context.note(`${name} stays open: ${reason}\n`);
  const workshop = deferredWorkshop(context, loaded);
  const progress = await progressOf(context, options, [...plan.wanted]);
  try {
    const locker = new Locker({ context, loaded, options, plan, progress, requireWorkshop: workshop.open });
    const images = await locker.run();
    context.signal.throwIfAborted();
    const text = lockText(locker.entries, locker.bases);
    if (text !== plan.text) await replaceFile(join(context.catalogue, LOCK_FILE), text);
    return { images, changed: text !== plan.text };
  } finally {
    progress.end();
    await workshop.close();
  }
}

function progressOf(
  context: Context,
  { jobs = cpus().length, verbose = false }: MakeLockOptions,
  wanted: readonly string[],
): Promise<RunProgress> {
  const images = wanted.map((name) => ({ name, title: name, after: [] }));
  return openProgress(context, { images, jobs, verbose, silent: context.json, results: false });
}
