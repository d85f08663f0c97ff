import type { Context } from "../../context.js";
import type { Observations } from "../../model/observation.js";
import type { Plan } from "../../model/plan.js";
import type { RunBuildah, StoringRegistry } from "../../model/registry.js";
import { observeAll } from "../../resolve/observe.js";
import { planAgainstRegistry } from "../../resolve/plan.js";
import { type LoadedCatalogue, loadChecked } from "../catalogue/catalogue.js";
import { openRegistryFor, type RegistryOptions, registryReference } from "./registry.js";

export interface CataloguePlan {
  readonly plan: Plan;
  readonly loaded: LoadedCatalogue;
  /** What the plan compares with, to be shown. */
  readonly against: string;
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

/** The same for a catalogue that is loaded already. */
export async function planLoaded(
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
