import type { Managers } from "../model/package-syntax.js";
import { apt } from "./apt.js";
import { npm } from "./npm.js";
import type { PackageManager } from "./package-manager.js";
import { pip } from "./pip.js";

/** Every package manager that Slipway knows. */
export const MANAGERS: readonly PackageManager[] = [apt, pip, npm];

/** The manager of an operating system or language; undefined where there is none. */
export function managerFor(kind: PackageManager["kind"], scope: string | undefined): PackageManager | undefined {
  return MANAGERS.find((manager) => manager.kind === kind && scope !== undefined && manager.scopes.includes(scope));
}

/** All of them, for rules. */
export const KNOWN_MANAGERS: Managers = {
  find: managerFor,
  scopes: (kind) => MANAGERS.filter((manager) => manager.kind === kind).flatMap(({ scopes }) => scopes),
};
