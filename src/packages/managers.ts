import { apk } from "./apk.js";
import { apt } from "./apt.js";
import { dnf } from "./dnf.js";
import { npm } from "./npm.js";
import type { PackageManager } from "./package-manager.js";
import { pip } from "./pip.js";
import { tdnf } from "./tdnf.js";

/** Every package manager that Slipway knows. */
export const MANAGERS: readonly PackageManager[] = [apt, dnf, tdnf, apk, pip, npm];

/**
 * The manager of an operating system or language; undefined where there is none. `declared` is the one that the approved list
 * names, for a system that Slipway does not know.
 */
export function managerFor(
  kind: PackageManager["kind"],
  scope: string | undefined,
  declared?: string,
): PackageManager | undefined {
  const ofKind = MANAGERS.filter((manager) => manager.kind === kind && scope !== undefined);
  return (
    ofKind.find(({ scopes }) => scopes.includes(scope ?? "")) ??
    (kind === "system" ? ofKind.find(({ name }) => name === declared) : undefined)
  );
}
