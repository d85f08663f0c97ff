import { cpus } from "node:os";
import { join } from "node:path";
import type { Context } from "../../context.js";
import { LOCK_FILE } from "../../load/find-documents.js";
import type { LockOutcome, LockResult } from "../../model/lock-result.js";
import type { ImageName } from "../../model/names.js";
import { lockText } from "../../report/lock-text.js";
import { replaceFile } from "../../system/replace-file.js";
import { deferredWorkshop, openProgress, type RunProgress } from "../build/build.js";
import { loadUnlocked } from "../catalogue/catalogue.js";
import { Locker, type MakeLockOptions } from "./locker.js";
import { type LockPlan, planLock } from "./plan.js";

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
    // An empty first lockfile would say that no image is to be locked, and so that all is well.
    if (plan.text === "" && locker.entries.size === 0 && images.some(({ outcome }) => outcome === "failed"))
      return { images, changed: false, isMissing: true };
    const text = lockText(locker.entries, locker.bases, stillWanted(plan, images, locker.entries));
    if (text !== plan.text) await replaceFile(join(context.catalogue, LOCK_FILE), text);
    return { images, changed: text !== plan.text };
  } finally {
    progress.end();
    await workshop.close();
  }
}

/** The images that were to be locked, now or earlier, and have no entry yet. */
function stillWanted(
  { lock, images, removed }: LockPlan,
  results: readonly LockResult[],
  entries: ReadonlyMap<ImageName, unknown>,
): readonly ImageName[] {
  const failed = results.filter(({ outcome }) => outcome === "failed").map(({ image }) => image);
  const earlier = (lock?.wanted ?? []).filter((name) => images.has(name) && !removed.has(name));
  return [...new Set([...failed, ...earlier])].filter((name) => !entries.has(name));
}

function progressOf(
  context: Context,
  { jobs = cpus().length, verbose = false }: MakeLockOptions,
  wanted: readonly string[],
): Promise<RunProgress> {
  const images = wanted.map((name) => ({ name, title: name, after: [] }));
  return openProgress(context, { images, jobs, verbose, silent: context.json, results: false });
}
