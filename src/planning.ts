import type { Context } from "./context.js";
import type { Loaded } from "./desired.js";
import { CommandError, EXIT } from "./exit.js";
import type { Observations } from "./model/observation.js";
import type { Plan } from "./model/plan.js";
import type { Registry, RunBuildah } from "./model/registry.js";
import { planRefs } from "./plan-refs.js";
import { observeAll } from "./resolve/observe.js";
import { planAgainstRegistry } from "./resolve/plan.js";
import { loadChecked, openRegistryFor, type RegistryOptions, registryReference } from "./session.js";

export interface PlanOptions extends RegistryOptions {
  readonly base?: string;
  readonly head?: string;
}

export interface Planned {
  readonly plan: Plan;
  readonly loaded: Loaded;
  /** What the plan compares with, for people. */
  readonly against: string;
}

/** The plan that the options ask for. */
export async function makePlan(context: Context, options: PlanOptions): Promise<Planned> {
  if (options.base === undefined) {
    return planRegistry(context, { ...options, ref: options.head });
  }
  if (options.registry !== undefined || options.readFrom !== undefined) {
    throw new CommandError(
      EXIT.usage,
      `--base and ${options.registry === undefined ? "--read-from" : "--registry"} exclude each other`,
      "a plan is either from a Git ref or against a registry",
    );
  }
  const { plan, loaded } = await planRefs(context, options.base, options.head);
  return { plan, loaded, against: `${options.base} (${plan.base?.slice(0, 12)})` };
}

export interface RegistryPlan extends Planned {
  readonly registry: Registry;
  readonly observations: Observations;
}

export async function planRegistry(
  context: Context,
  options: RegistryOptions & { readonly ref?: string | undefined },
  buildah?: RunBuildah,
): Promise<RegistryPlan> {
  const loaded = await loadChecked(context, options.ref);
  const { desired } = loaded;
  const registry = openRegistryFor(context, desired.settings, options, buildah);
  const observations = await observeAll(registry, desired);
  const plan = planAgainstRegistry(desired, observations);
  return { plan, loaded, registry, observations, against: registryReference(desired.settings, options) };
}
