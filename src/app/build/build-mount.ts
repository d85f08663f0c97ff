import { type Context, caBundle, machineConfig } from "../../context.js";
import { MACHINE_MOUNT, PROXY_URL } from "../../model/build-environment.js";
import type { Language } from "../../model/language.js";
import type { Network } from "../../model/network.js";
import { machineFiles } from "../../packages/machine.js";
import { behindProxy } from "../../packages/machine-sources.js";
import { allManagers } from "../../packages/managers.js";
import { writeMachineDirectory } from "../../run/machine-directory.js";

export interface BuildMountSources {
  /** It is created; what is there stays. */
  readonly directory: string;
  readonly runId: string;
  readonly languages: readonly Language[];
  /** What the steps that read it can reach. */
  readonly network: Network;
}

/** Writes the build mount of images without locked packages: the machine's settings, and empty caches where there are none. */
export async function writeBuildMount(context: Context, sources: BuildMountSources): Promise<string> {
  const { directory, runId, languages, network } = sources;
  const ca = caBundle(context.env);
  const files = machineFiles(allManagers(languages), {
    mount: MACHINE_MOUNT,
    runId,
    ...machineSettings(context, network),
    ...(ca === undefined ? {} : { caBundle: `${MACHINE_MOUNT}/ca.crt` }),
  });
  await writeMachineDirectory(directory, { ...files, ...(ca === undefined ? {} : { caBundle: ca }) });
  return directory;
}

/** The machine's settings as steps with a network may see them. */
export function machineSettings({ env }: Pick<Context, "env">, network: Network) {
  if (network === "none") return { env: {}, config: {} };
  const settings = { env, config: machineConfig(env) };
  return network === "host" ? settings : behindProxy(settings, PROXY_URL);
}
