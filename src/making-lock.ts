import { randomBytes } from "node:crypto";
import { cpus } from "node:os";
import { join } from "node:path";
import { type Context, stateRoot } from "./context.js";
import type { Loaded } from "./desired.js";
import { expectedFailure } from "./exit.js";
import { baseLocker, externalBases } from "./lock-bases.js";
import { type LockJob, lockImage } from "./lock-image.js";
import { parentBuilder } from "./lock-parents.js";
import { entryNow, LOCK_FILE, type LockOptions, type LockPlan, planLock } from "./lock-plan.js";
import type { DesiredImage } from "./model/desired.js";
import type { LockedBase, LockedImage, LockedPackage } from "./model/lock.js";
import type { LockOutcome, LockResult } from "./model/lock-result.js";
import type { ImageName } from "./model/names.js";
import type { Registry } from "./model/registry.js";
import { allManagers } from "./packages/managers.js";
import { lockText } from "./report/lock-text.js";
import { createProgress, type Progress } from "./report/progress.js";
import { lockChanges } from "./resolve/lock-changes.js";
import { madeFrom, rootOf } from "./resolve/lock-inputs.js";
import { withLocked } from "./resolve/with-locked.js";
import { jobQueue } from "./run/job-queue.js";
import { openPackageStore } from "./run/package-store.js";
import { StepFailure, type StoredImage } from "./run/runner.js";
import { loadUnlocked, openRegistryFor, type RegistryOptions, registryReference } from "./session.js";
import type { Workshop } from "./workshop.js";
import { writeWhole } from "./write-whole.js";

export interface MakeLockOptions extends LockOptions, RegistryOptions {
  readonly jobs?: number;
}

/** Resolves what is not in slipway.lock or stale there, and writes it. An image that fails keeps its entry. */
export async function makeLock(
  context: Context,
  options: MakeLockOptions,
  names: readonly string[],
): Promise<LockOutcome> {
  const loaded = await loadUnlocked(context);
  const plan = await planLock(loaded, options, names);
  for (const [name, reason] of plan.open) context.note(`${name} stays open: ${reason}\n`);
  let workshop: Promise<Workshop> | undefined;
  const requireWorkshop = () =>
    (workshop ??= import("./workshop.js").then(({ openWorkshop }) => openWorkshop(context, loaded)));
  const progress = progressOf(context, plan.wanted.size);
  const timer = setInterval(() => progress.tick(), 1000);
  try {
    const locker = new Locker({ context, loaded, options, plan, progress, requireWorkshop });
    const images = await locker.run();
    context.signal.throwIfAborted();
    const text = lockText(locker.entries, locker.bases);
    if (text !== plan.text) await writeWhole(join(context.catalogue, LOCK_FILE), text);
    return { images, changed: text !== plan.text };
  } finally {
    clearInterval(timer);
    progress.end();
    await (await workshop?.catch(() => undefined))?.close();
  }
}

function progressOf({ json, note, columns, clock }: Context, total: number): Progress {
  return createProgress({ total, columns, write: json ? () => {} : note, clock });
}

