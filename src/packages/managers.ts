import type { Catalogue } from "../model/catalogue.js";
import type { Language } from "../model/language.js";
import type { Managers } from "../model/package-syntax.js";
import { apk } from "./apk.js";
import { apt } from "./apt.js";
import { BUILT_IN_LANGUAGES } from "./built-in-languages.js";
import { dnf } from "./dnf.js";
import { languageManager } from "./language-manager.js";
import type { PackageManager } from "./package-manager.js";
import { tdnf } from "./tdnf.js";

const SYSTEM: readonly PackageManager[] = [apt, dnf, tdnf, apk];

/** Every built-in package manager. */
export const MANAGERS: readonly PackageManager[] = [
  ...SYSTEM,
  ...BUILT_IN_LANGUAGES.map((language) => languageManager(language, "slipway")),
];

const own = new WeakMap<Language, PackageManager>();

/** The managers of a catalogue's own languages, created once each, then the built-in ones: a catalogue may replace a language. */
export function allManagers(languages: readonly Language[]): readonly PackageManager[] {
  if (languages.length === 0) return MANAGERS;
  const managers = languages.map((language) => {
    const manager = own.get(language) ?? languageManager(language, "catalogue");
    own.set(language, manager);
    return manager;
  });
  return [...managers, ...MANAGERS];
}

/** The parts of a catalogue that define package managers. */
type Sayings = Pick<Catalogue, "languages" | "systemLists">;

/**
 * The manager of an operating system or language; undefined: there is none. For a system that Slipway does not know, it is the one
 * that the system's approved list names.
 */
export function managerFor(
  kind: PackageManager["kind"],
  scope: string | undefined,
  catalogue?: Sayings,
): PackageManager | undefined {
  if (scope === undefined) return undefined;
  const all = allManagers(catalogue?.languages ?? []);
  const known = all.find((manager) => manager.kind === kind && manager.scopes.includes(scope));
  if (known !== undefined || kind !== "system") return known;
  const declared = catalogue?.systemLists.get(scope)?.manager?.name;
  return SYSTEM.find(({ name }) => name === declared);
}

/** The managers of a catalogue, for rules. */
export function managersOf(catalogue: Sayings): Managers {
  const managers = allManagers(catalogue.languages);
  return {
    find: (kind, scope) => managerFor(kind, scope, catalogue),
    scopes: (kind) => [...new Set(managers.filter((manager) => manager.kind === kind).flatMap(({ scopes }) => scopes))],
  };
}
