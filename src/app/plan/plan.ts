import { type Context, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { resolveCommit } from "../../load/git/commit-tree.js";
import { mergeBase } from "../../load/git/history.js";
import type { ImageStatus } from "../../model/image-status.js";
import type { Observations } from "../../model/observation.js";
import type { Plan } from "../../model/plan.js";
import type { RunBuildah, StoringRegistry } from "../../model/registry.js";
import { observeAll } from "../../resolve/observe.js";
import { planAgainstRegistry } from "../../resolve/plan.js";
import { readFailures } from "../../run/last-results.js";
import { imageNamed, type LoadedCatalogue, loadChecked } from "../catalogue/catalogue.js";
import { planBetweenCommits } from "./between-commits.js";
import { openRegistryFor, type RegistryOptions, registryReference } from "./registry.js";
import { imageStatuses, statusNamed } from "./status.js";

export { planMatrix } from "./matrix.js";
export { openNamed, openRegistryFor, type RegistryOptions, registryReference } from "./registry.js";
export { selectFromPlan } from "./saved-plan.js";

export interface PlanOptions extends RegistryOptions {
  readonly base?: string;
  /** A branch: the plan compares with the commit where the head left it. */
  readonly since?: string;
  readonly head?: string;
}

export interface CataloguePlan {
  readonly plan: Plan;
  readonly loaded: LoadedCatalogue;
  /** What the plan compares with, to be shown. */
  readonly against: string;
}

/** Plans from a Git ref (`base`, `since`) or against a registry, as the options say. */
export async function makePlan(context: Context, options: PlanOptions): Promise<CataloguePlan> {
  const { base, since, head, registry, readFrom } = options;
  const named = base ?? since;
  if (named === undefined) return planRegistry(context, { ...options, ref: head });
  const conflict = Object.entries({ since: base && since, registry, "read-from": readFrom }).find(([, value]) => value);
  if (conflict !== undefined) {
    throw new CommandError(
      EXIT.usage,
      `--${base === undefined ? "since" : "base"} and --${conflict[0]} exclude each other`,
      "a plan is either from one Git ref or against a registry",
    );
  }
  const { plan, loaded } = await planBetweenCommits(context, base ?? (await forkPoint(context, named, head)), head);
  return { plan, loaded, against: `${named} (${plan.base?.slice(0, 12)})` };
}

/** The commit where the head (or the HEAD of the working tree) left a branch. */
async function forkPoint({ catalogue }: Context, branch: string, head = "HEAD"): Promise<string> {
  const [tip, commit] = await Promise.all([resolveCommit(catalogue, branch), resolveCommit(catalogue, head)]);
  return mergeBase(catalogue, tip, commit);
}

export interface RegistryPlan extends CataloguePlan {
  readonly registry: StoringRegistry;
  readonly observations: Observations;
}

export async function planRegistry(
  context: Context,
  options: RegistryOptions & { readonly ref?: string | undefined },
  buildah?: RunBuildah,
): Promise<RegistryPlan> {
  return planLoaded(context, await loadChecked(context, options.ref), options, buildah);
}

async function planLoaded(
  context: Context,
  loaded: LoadedCatalogue,
  options: RegistryOptions,
  buildah?: RunBuildah,
): Promise<RegistryPlan> {
  const { desired } = loaded;
  const registry = openRegistryFor(context, desired.settings, options, buildah);
  const observations = await observeAll(registry, desired);
  const plan = planAgainstRegistry(desired, observations);
  return { plan, loaded, registry, observations, against: registryReference(desired.settings, options) };
}

export interface StatusOptions extends RegistryOptions {
  readonly ref?: string;
  /** Only images of these statuses. */
  readonly only?: readonly string[];
}

/** Where the named images, or all, stand in the registry, in build order. Throws RegistryError. */
export async function registryStatus(
  context: Context,
  options: StatusOptions,
  names: readonly string[],
): Promise<ImageStatus[]> {
  // What is mistyped is said before a registry is asked.
  const only = options.only?.map(statusNamed);
  const loaded = await loadChecked(context, options.ref);
  const selection = names.map((name) => imageNamed(loaded, name).node.name);
  const planned = await planLoaded(context, loaded, options);
  const statuses = imageStatuses({ ...planned, failures: await readFailures(stateRoot(context)) });
  return statuses.filter(
    ({ image, status }) => (selection.length === 0 || selection.includes(image)) && (only?.includes(status) ?? true),
  );
}
