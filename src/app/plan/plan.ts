import { type Context, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { resolveCommit } from "../../load/git/commit-tree.js";
import { mergeBase } from "../../load/git/history.js";
import type { ImageName } from "../../model/names.js";
import { RegistryError } from "../../model/registry.js";
import type { Explained } from "../../report/why-text.js";
import { readFailures } from "../../run/last-results.js";
import { runningBuilds } from "../../run/running-builds.js";
import { unknownImage } from "../catalogue/catalogue.js";
import { deferred } from "../deferred.js";
import { type CommitPlan, planBetweenCommits } from "./between-commits.js";
import { imagesOf } from "./head-images.js";
import { openNamed, type RegistryOptions } from "./registry.js";
import { planRegistry } from "./registry-plan.js";
import { lastFailure } from "./status.js";

export { makeSnapshot } from "./make-snapshot.js";
export { planMatrix } from "./matrix.js";
export { overview } from "./overview.js";
export { openNamed, openRegistryFor, type RegistryOptions, registryReference } from "./registry.js";
export { type CataloguePlan, planOnSoundImages, planRegistry, type RegistryPlan } from "./registry-plan.js";
export { registryStatus } from "./registry-status.js";
export { selectFromPlan } from "./saved-plan.js";
export { encodeSnapshot } from "./snapshot-file.js";

/** Only one verb needs it, so it is loaded on first use. */
export const verifyRegistry = deferred(() => import("./registry-check.js"), "verifyRegistry");

export interface PlanOptions extends RegistryOptions {
  readonly base?: string;
  /** A branch: the plan compares with the commit where the head left it. */
  readonly since?: string;
  readonly head?: string;
}

export interface ShownPlan extends CommitPlan {
  /** What it compares with, for people. */
  readonly against: string;
}

/** Plans from a Git ref (`base`, `since`) or against a registry, as the options say. */
export async function makePlan(context: Context, options: PlanOptions): Promise<ShownPlan> {
  const { base, since, head, registry, fresh } = options;
  const named = base ?? since;
  if (named === undefined) {
    const { plan, loaded, against } = await planRegistry(context, { ...options, ref: head });
    const isolation = loaded.catalogue.settings.builderIsolation;
    return { plan, images: imagesOf(loaded.desired.images), isolation, against };
  }
  const conflict = Object.entries({ since: base && since, registry, fresh }).find(([, value]) => value);
  if (conflict !== undefined) {
    throw new CommandError(
      EXIT.usage,
      `--${base === undefined ? "since" : "base"} and --${conflict[0]} exclude each other`,
      "a plan is either from one Git ref or against a registry",
    );
  }
  const from = base ?? (await forkPoint(context, named, head));
  const made = await planBetweenCommits(context, from, head, () => publishedSnapshot(context, options));
  return { ...made, against: `${named} (${made.plan.base?.slice(0, 12)})` };
}

/** The snapshot in the registry to read from. One that cannot be read only costs time. */
async function publishedSnapshot(context: Context, options: PlanOptions): Promise<Buffer | undefined> {
  if (options.readFrom === undefined) return undefined;
  const registry = openNamed(context, options.readFrom, { ...options, isHasty: true });
  try {
    return await registry.state?.readSnapshot();
  } catch (error) {
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
}

/** The commit where the head (or the HEAD of the working tree) left a branch. */
async function forkPoint({ catalogue }: Context, branch: string, head = "HEAD"): Promise<string> {
  const [tip, commit] = await Promise.all([resolveCommit(catalogue, branch), resolveCommit(catalogue, head)]);
  return mergeBase(catalogue, tip, commit);
}

/** What a build would do with one image, and why. */
export async function explainImage(context: Context, options: PlanOptions, wanted: string): Promise<Explained> {
  const { plan, images, against } = await makePlan(context, options);
  const image = wanted as ImageName;
  const found = images.find(image);
  if (found === undefined) throw unknownImage(wanted, images.names());
  const step = plan.steps.find((each) => each.image === image);
  const state = stateRoot(context);
  const isAgainstRegistry = plan.base === null && step !== undefined;
  const failure = isAgainstRegistry ? lastFailure(step, (await readFailures(state)).get(image)) : undefined;
  const keys = isAgainstRegistry && step.key !== null ? [step.key] : [];
  const isBuilding = (await runningBuilds(state, keys, context.signal)).size > 0;
  return { image, version: found.version, step, against, failure, isBuilding };
}
