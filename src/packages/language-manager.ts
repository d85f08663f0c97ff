import type { Language, LanguageMachine, Normalisation, SpecForms } from "../model/language.js";
import { TYPE_OF_MANAGER } from "../model/package-types.js";
import { LIST_READERS } from "./list-readers.js";
import { npmOffers } from "./npm-offers.js";
import type { MachineFiles, MachineNeeds, PackageManager } from "./package-manager.js";
import { pipOffers } from "./pip-offers.js";
import { SETTINGS_READERS } from "./settings-readers.js";

/** The longest name or version that is matched: a pattern's time grows faster than the text. */
const MAX_LENGTH = 214;

const OFFERS: Readonly<Record<string, PackageManager["offers"]>> = { pip: pipOffers, npm: npmOffers };

/** The package manager that a language.yaml describes. Its schema checks the names of the parts that are code. */
export function languageManager(language: Language, owner: "slipway" | "catalogue"): PackageManager {
  const normalise = NORMALISE[language.names.normalise];
  const read = LIST_READERS[language.list.output] ?? (() => []);
  const offers = OFFERS[language.offers ?? ""];
  return {
    name: language.name,
    kind: "runtime",
    scopes: language.scopes,
    namePattern: anyOf(language.names.patterns),
    versionPattern: anyOf(language.versions.patterns),
    normalise,
    ...(language.installers === undefined ? {} : { installers: language.installers }),
    argument: (name, version) => argumentOf(language.spec, name, version),
    ...(isInventoried(language.name, owner)
      ? {}
      : {
          list: language.list.command,
          parseList: (stdout) => read(stdout).map(({ name, version }) => ({ name: normalise(name), version })),
        }),
    ...(offers === undefined ? {} : { offers }),
    manifests: language.manifests,
    hosts: language.machine.hosts,
    machine: (needs) => machine(language.machine, needs, owner),
  };
}

/** Whether inventories list the packages. Go itself is asked, because its cache contains more than the image uses. */
const isInventoried = (name: string, owner: "slipway" | "catalogue") =>
  owner === "slipway" && name !== "go" && TYPE_OF_MANAGER[name] !== undefined;

const NORMALISE: Readonly<Record<Normalisation, (name: string) => string>> = {
  none: (name) => name,
  lower: (name) => name.toLowerCase(),
  pep503: (name) => name.toLowerCase().replace(/[-_.]+/g, "-"),
};

/** Each pattern is anchored by itself. */
const anyOf = (patterns: readonly string[]) => new RegExp(`^(?=.{1,${MAX_LENGTH}}$)(?:${patterns.join("|")})`);

function argumentOf({ any, exact, pattern }: SpecForms, name: string, version: string | undefined): string {
  if (version === undefined) return any.replaceAll("{name}", name);
  const values: Readonly<Record<string, string>> = { name, version, prefix: version.replace(/\.\*$/, "") };
  const form = version.includes("*") ? pattern : exact;
  return form.replace(/\{([a-z]+)\}/g, (all, key: string) => values[key] ?? all);
}

function machine(
  { environment, certificates, variables, settings }: LanguageMachine,
  { mount, cache, caBundle, env, config }: MachineNeeds,
  owner: "slipway" | "catalogue",
): MachineFiles {
  const caches = Object.entries(environment).map(([name, value]) => [name, value.replace("{mount}", cache)] as const);
  const allowed = owner === "slipway" ? variables : variables.filter((name) => isPassed(name, env));
  const files = settings.flatMap(({ file, lines }) => {
    const text = SETTINGS_READERS[lines]?.(config[file], env);
    return text === undefined ? [] : [{ path: file, text, mode: 0o600 }];
  });
  const written = new Set(files.map(({ path }) => path));
  return {
    env: Object.fromEntries([
      ...caches,
      ...(caBundle === undefined ? [] : certificates.map((name) => [name, caBundle] as const)),
      ...settings.flatMap(({ file, variable }) => (written.has(file) ? [[variable, `${mount}/${file}`] as const] : [])),
      ...allowed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const])),
    ]) as Record<string, string>,
    directories: Object.values(environment).flatMap((value) =>
      value.startsWith("{mount}/") ? [value.slice("{mount}/".length)] : [],
    ),
    files,
  };
}

/**
 * A catalogue could name any variable, even one with a secret, and pass it to builds, so the machine's owner decides which ones may
 * pass.
 */
const isPassed = (name: string, env: MachineNeeds["env"]) => (env.SLIPWAY_PASS ?? "").split(/[\s,]+/).includes(name);
