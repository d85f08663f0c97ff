import type {
  DeclaredManager,
  Defaults,
  DownloadSettings,
  ExternalBase,
  ListedPackage,
  Settings,
  Withdrawal,
} from "../../model/catalogue.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Digest, Platform } from "../../model/names.js";
import type { UpdateSettings } from "../../model/update.js";
import type { YamlSource } from "../yaml/source.js";
import type { YamlValue } from "../yaml/value.js";
import { readNamedValues } from "./body.js";
import { isDay, noSuchDay } from "./day.js";
import { readMetadata } from "./image.js";
import type { FileOf } from "./schema/file-types.js";
import { asList, asMapping, asNumber, asText, type MappingOf, optional, type Read } from "./value.js";

/** The packages one file approves; several files together make the list of an operating system or language. */
export interface PackageFile {
  readonly scope: string;
  readonly packages: readonly ListedPackage[];
  readonly manager?: DeclaredManager;
}

/** Reads catalog/system/*.yaml and catalog/runtime/*.yaml. */
export function readPackageFile(
  value: FileOf<"systemPackages"> | FileOf<"runtimePackages">,
  source: YamlSource,
): Read<PackageFile> {
  const file = asMapping(value);
  const packages = asList(file.packages).map((entry, index): ListedPackage => {
    const approved = asMapping(entry);
    return {
      name: asText(approved.name),
      versions: asList(approved.versions).map(asText),
      ...optional("license", approved.license),
      ...(approved["license-evidence"] === undefined ? {} : { licenseEvidence: asText(approved["license-evidence"]) }),
      ...readWithdrawal(approved.withdrawn),
      source,
      pointer: `/packages/${index}`,
    };
  });
  const scope = asText("language" in file ? file.language : "os" in file ? file.os : "");
  const manager = { name: asText("manager" in file ? file.manager : undefined), source, pointer: "/manager" };
  return { result: { scope, packages, ...(manager.name === "" ? {} : { manager }) }, diagnostics: [] };
}

/** Reads catalog/bases.yaml. */
export function readBases(value: FileOf<"bases">, source: YamlSource): Read<readonly ExternalBase[]> {
  const diagnostics: Diagnostic[] = [];
  const bases = asList(asMapping(value).bases).map((entry, index): ExternalBase => {
    const base = asMapping(entry);
    const digest = asText(base.digest) as Digest;
    const pointer = `/bases/${index}`;
    if (base.pinned !== undefined && !isDay(asText(base.pinned)))
      diagnostics.push(noSuchDay(source.at(`${pointer}/pinned`), asText(base.pinned)));
    const more = { ...optional("os", base.os), ...optional("pinned", base.pinned), ...readWithdrawal(base.withdrawn) };
    return { ref: asText(base.ref), digest, ...more, source, pointer };
  });
  return { result: bases, diagnostics };
}

type WithdrawnValue = MappingOf<NonNullable<MappingOf<FileOf<"bases">>["bases"]>[number]>["withdrawn"];

function readWithdrawal(value: WithdrawnValue): { readonly withdrawn?: Withdrawal } {
  if (value === undefined) return {};
  const { since, reason, replacement, dependents } = asMapping(value);
  const more = { ...optional("since", since), ...optional("replacement", replacement) };
  return {
    withdrawn: { reason: asText(reason), dependents: dependents === "deprecate" ? dependents : "refuse", ...more },
  };
}

/** What holds where there is no slipway.yaml, or where it leaves a key out. */
export const DEFAULT_SETTINGS: Settings = {
  registry: "oci:.slipway/registry",
  platforms: ["linux/amd64" as Platform],
  builderRevision: 1,
  builderTimeout: 60,
  updates: { limit: 5, groups: new Map() },
  defaults: { env: [], labels: [], tags: ["latest"] },
  downloads: { privateHosts: [], mirrors: new Map() },
  lock: { network: "none" },
};

/** Reads slipway.yaml. */
export function readSettings(value: FileOf<"settings">, source: YamlSource): Read<Settings> {
  const settings = asMapping(value);
  const diagnostics: Diagnostic[] = [];
  const { revision, timeout } = asMapping(settings.builder);
  const platforms = asList(settings.platforms).map((platform) => asText(platform) as Platform);
  return {
    result: {
      registry: asText(settings.registry) || DEFAULT_SETTINGS.registry,
      platforms: platforms.length > 0 ? platforms : DEFAULT_SETTINGS.platforms,
      builderRevision: asNumber(revision, DEFAULT_SETTINGS.builderRevision),
      builderTimeout: asNumber(timeout, DEFAULT_SETTINGS.builderTimeout),
      updates: readUpdates(settings.updates),
      defaults: readDefaults(settings.defaults, { source, diagnostics }),
      downloads: readDownloads(settings.downloads),
      lock: { network: asMapping(settings.lock).network === "host" ? "host" : "none" },
      source,
    },
    diagnostics,
  };
}

type SettingsFile = MappingOf<FileOf<"settings">>;

function readDefaults(
  value: SettingsFile["defaults"],
  place: { readonly source: YamlSource; readonly diagnostics: Diagnostic[] },
): Defaults {
  const { metadata, env, labels, tags } = asMapping(value);
  return {
    ...(metadata === undefined ? {} : { metadata: readMetadata(metadata as YamlValue) }),
    env: readNamedValues(env as YamlValue | undefined, "/defaults/env", place),
    labels: readNamedValues(labels as YamlValue | undefined, "/defaults/labels", place),
    tags: Array.isArray(tags) ? tags.map(asText) : DEFAULT_SETTINGS.defaults.tags,
  };
}

function readDownloads(value: SettingsFile["downloads"]): DownloadSettings {
  const { "private-hosts": hosts, mirrors } = asMapping(value);
  const replacements = Object.entries(asMapping(mirrors)).map(([prefix, text]) => [prefix, asText(text)] as const);
  return { privateHosts: asList(hosts).map(asText), mirrors: new Map(replacements) };
}

function readUpdates(value: SettingsFile["updates"]): UpdateSettings {
  const { limit, groups } = asMapping(value);
  const patterns = Object.entries(asMapping(groups)).map(
    ([name, list]) => [name, asList(list).map((pattern) => asText(pattern))] as const,
  );
  return { limit: asNumber(limit, DEFAULT_SETTINGS.updates.limit), groups: new Map(patterns) };
}
