import { type Context, machineConfig } from "../../context.js";
import { PROXY_URL } from "../../model/build-environment.js";
import type { Network } from "../../model/network.js";
import { behindProxy } from "../../packages/machine-sources.js";

/** The machine's settings as steps with a network may see them. */
export function machineSettings({ env }: Pick<Context, "env">, network: Network) {
  if (network === "none") return { env: {}, config: {} };
  const settings = { env, config: machineConfig(env) };
  return network === "host" ? settings : behindProxy(settings, PROXY_URL);
}
