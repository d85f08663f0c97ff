import { appendFileSync } from "node:fs";
import { type Context, caBundle, machineConfig } from "../../context.js";
import type { Catalogue } from "../../model/catalogue.js";
import { machineSources } from "../../packages/machine-sources.js";
import { allManagers } from "../../packages/managers.js";
import { downloadAuthorities } from "../../run/download-authorities.js";
import { createPackageProxy, type PackageProxy } from "../../run/package-proxy.js";
import type { BuildJob } from "../../run/runner.js";

/**
 * The proxy of one image's build. It knows the hosts that administrators' files name for the image and those in this machine's
 * settings for its package managers. The latter may have private addresses: whoever runs the machine named them, with their port.
 */
export function openProxy(
  context: Context,
  { settings, languages }: Pick<Catalogue, "settings" | "languages">,
  { recipe, log }: Pick<BuildJob, "recipe" | "log">,
): PackageProxy {
  const { env } = context;
  const { managers = [], hosts = [] } = recipe.packageSources ?? {};
  const named = machineSources(allManagers(languages), managers, { env, config: machineConfig(env) });
  return createPackageProxy({
    hosts: [
      ...hosts.map((host) => ({ ...host, isPrivate: settings.downloads.privateHosts.includes(host.host) })),
      ...named.map((host) => ({ ...host, isPrivate: true })),
    ],
    env,
    ca: downloadAuthorities(caBundle(env)),
    note: (line) => appendFileSync(log, `slipway: ${line}\n`),
  });
}
