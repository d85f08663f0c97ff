import type { Context } from "../../context.js";
import type { ImageName } from "../../model/names.js";
import type { Observation, Observations } from "../../model/observation.js";
import type { Plan, PlanStep } from "../../model/plan.js";
import { RegistryError, type RunBuildah, type StoringRegistry } from "../../model/registry.js";
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
  return observed({ loaded, registry, against: registryReference(desired.settings, options) });
}

async function observed(parts: Omit<RegistryPlan, "plan" | "observations">): Promise<RegistryPlan> {
  const { desired } = parts.loaded;
  const observations = await observeAll(parts.registry, desired);
  return { ...parts, plan: planAgainstRegistry(desired, observations), observations };
}

/**
 * The plan once what its steps are built on has been read. An image that turns out to be damaged counts as missing from then on, and is
 * built again by the plan that is returned. `of` gives the steps that will run. Raises RegistryError.
 */
export async function planOnSoundImages(
  planned: RegistryPlan,
  of: (plan: Plan) => readonly PlanStep[],
): Promise<RegistryPlan> {
  const met = new Set<ImageName>();
  for (let at = planned; ; ) {
    const { registry, observations } = at;
    const sources = sourcesOf(of(at.plan), at);
    const whole = await Promise.all(
      sources.map((name) => registry.isWhole(name, (observations.get(name) as Observation).tags.key)),
    );
    const damaged = sources.filter((_, index) => !whole[index]);
    if (damaged.length === 0) return at;
    const again = damaged.find((name) => met.has(name));
    if (again !== undefined)
      throw new RegistryError(
        `${again} is damaged in ${at.against}, and something still changes it there. Run this again.`,
      );
    for (const name of damaged) met.add(name);
    at = await observed(at);
  }
}

/** The images in the registry that steps start from: what they are built on, or what they test. */
function sourcesOf(steps: readonly PlanStep[], { loaded, observations }: RegistryPlan): ImageName[] {
  const names = steps.flatMap(({ image, action }) =>
    action === "retag" ? [image] : (loaded.desired.images.get(image)?.node.parents ?? []),
  );
  return [...new Set(names)].filter((name) => observations.get(name)?.record !== undefined);
}
