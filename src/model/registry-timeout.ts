import { RegistryError } from "./registry.js";

const VARIABLE = "SLIPWAY_REGISTRY_TIMEOUT";

/** Seconds within which a registry must send or take something, where nothing else is said: those of Buildah's pushes and pulls. */
export const TRANSFER_TIMEOUT = 300;

/** Seconds, if the environment says how long a registry may be silent. RegistryError: it is no number. */
export function registryTimeout(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const value = env[VARIABLE];
  if (value === undefined || value === "") return undefined;
  if (/^\d{1,6}(?:\.\d{1,3})?$/.test(value) && Number(value) > 0) return Number(value);
  throw new RegistryError(`${VARIABLE} is "${value}": write seconds, such as ${TRANSFER_TIMEOUT}.`);
}
