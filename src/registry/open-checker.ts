import type { RegistryCheck, RegistryDamage, RegistryRepair } from "../model/registry-check.js";
import { checkContent } from "./check-content.js";
import { DistributionClient } from "./distribution-client.js";
import { DistributionContent } from "./distribution-content.js";
import { LayoutContent } from "./layout-content.js";
import { LayoutStore } from "./layout-store.js";
import {
  authorizationFor,
  layoutOptions,
  type OpenOptions,
  parseDistribution,
  parseLayout,
  realSleep,
} from "./open.js";
import { repairDistribution } from "./repair-distribution.js";
import { repairLayout } from "./repair-layout.js";

/** Looks at everything in a registry. All raise RegistryError where it cannot be read. */
export interface RegistryChecker {
  check(signal: AbortSignal): Promise<RegistryCheck>;
  /** Removes what a check has found, so that it can be made anew. */
  repair(damage: readonly RegistryDamage[], signal: AbortSignal): Promise<readonly RegistryRepair[]>;
}

/**
 * Opens a registry by its reference for checking it. `names`: the images of a registry behind the distribution protocol, which has no list
 * of its own that everybody may read. RegistryError: not such a reference.
 */
export function openChecker(
  reference: string,
  options: Omit<OpenOptions, "buildah">,
  names: () => Promise<readonly string[]>,
): RegistryChecker {
  if (!reference.startsWith("docker://")) {
    const directory = parseLayout(reference, options.cwd);
    // What is damaged is in the result: it need not be said twice.
    const store = () => new LayoutStore(directory, { checked: layoutOptions(directory, options).checked });
    return {
      check: async (signal) => checkContent(new LayoutContent(store()), signal),
      repair: (damage, signal) => repairLayout(store(), damage, signal),
    };
  }
  const { host, prefix } = parseDistribution(reference);
  const { sleep = realSleep } = options;
  const client = new DistributionClient({ host, prefix, authorization: authorizationFor(host, options), sleep });
  return {
    check: async (signal) => checkContent(new DistributionContent(client, await names(), signal), signal),
    repair: (damage, signal) => repairDistribution(client, damage, signal),
  };
}
