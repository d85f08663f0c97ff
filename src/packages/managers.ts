import type { Catalogue } from "../model/catalogue.js";
import type { Language } from "../model/language.js";
import type { Managers } from "../model/package-syntax.js";
import { apt } from "./apt.js";
import { BUILT_IN_LANGUAGES } from "./built-in-languages.js";
import { languageManager } from "./language-manager.js";
import type { PackageManager } from "./package-manager.js";

const SYSTEM: readonly PackageManager[] = [apt];

/** Every package manager that Slipway knows by itself. */
export const MANAGERS: readonly PackageManager[] = [
  ...SYSTEM,
  ...BUILT_IN_LANGUAGES.map((language) => languageManager(language, "slipway")),
];

const own = new WeakMap<Language, PackageManager>();

/** Those of a catalogue's own languages, made once each, then Slipway's: a catalogue may do a language in its own way. */
export function allManagers(languages: readonly Language[]): readonly PackageManager[] {
  if (languages.length === 0) return MANAGERS;
  const made = languages.map((language) => {
    const manager = own.get(language) ?? languageManager(language, "catalogue");
    own.set(language, manager);
    return manager;
  });
  return [...made, ...MANAGERS];
}

/** The manager of an operating system or language; undefined where there is none. */
export function managerFor(
  kind: PackageManager["kind"],
  scope: string | undefined,
  languages: readonly Language[] = [],
): PackageManager | undefined {
  if (scope === undefined) return undefined;
  return allManagers(languages).find((manager) => manager.kind === kind && manager.scopes.includes(scope));
}

/** Those of a catalogue, for rules. */
export function managersOf({ languages }: Pick<Catalogue, "languages">): Managers {
  const managers = allManagers(languages);
  return {
    find: (kind, scope) => managerFor(kind, scope, languages),
    scopes: (kind) => [...new Set(managers.filter((manager) => manager.kind === kind).flatMap(({ scopes }) => scopes))],
  };
}
