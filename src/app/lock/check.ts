import type { Context } from "../../context.js";
import type { LockOutcome, LockResult } from "../../model/lock-result.js";
import type { ImageName } from "../../model/names.js";
import { madeFrom, rootDigest } from "../../resolve/lock-inputs.js";
import { loadUnlocked } from "../catalogue/catalogue.js";
import { externalBases } from "./bases.js";
import { currentEntry, type LockOptions, planLock } from "./plan.js";

/** What `slipway lock` would have to do. Runs no package manager and asks no registry, so that it works everywhere. */
export async function checkLock(
  context: Context,
  options: LockOptions,
  names: readonly string[],
): Promise<LockOutcome> {
  const plan = await planLock(await loadUnlocked(context), options, names);
  const roots = new Map<ImageName, string>();
  const images: LockResult[] = [];
  for (const [name, image] of plan.images) {
    const entry = currentEntry(plan, name);
    if (plan.wanted.has(name)) {
      const base = externalBases(image).find(({ ref, digest }) => plan.lock?.bases.get(ref)?.digest !== digest);
      const isFresh = entry?.madeFrom === madeFrom(image, roots) && base === undefined;
      const outcome = entry === undefined ? "missing" : isFresh ? "kept" : "stale";
      images.push({ image: name, outcome, changes: [] });
    } else if (plan.open.has(name)) {
      images.push({ image: name, outcome: "open", changes: [], reason: plan.open.get(name) ?? "" });
    }
    roots.set(name, rootDigest(image, entry?.packages, roots));
  }
  for (const name of plan.removed)
    if (!plan.open.has(name)) images.push({ image: name, outcome: "removed", changes: [] });
  return { images, changed: images.some(({ outcome }) => ["missing", "stale", "removed"].includes(outcome)) };
}
