import { MANAGERS } from "../../src/packages/managers.js";
import type { PackageManager } from "../../src/packages/package-manager.js";

/** One of Slipway's built-in package managers. */
export function managerNamed(name: string): PackageManager {
  const found = MANAGERS.find((manager) => manager.name === name);
  if (found === undefined) throw new Error(`no package manager ${name}`);
  return found;
}

export const pip = managerNamed("pip");
export const npm = managerNamed("npm");
