import type { ApprovedPackage, DeclaredManager, ExternalBase, Settings } from "../model/catalogue.js";
import type { Digest, Platform } from "../model/names.js";
import type { UpdateSettings } from "../model/update.js";
import { asList, asMapping, asNumber, asText, optional, type Read } from "./read-value.js";
import type { YamlSource } from "./yaml-source.js";
import type { YamlMapping, YamlValue } from "./yaml-value.js";

/** The packages one file approves; several files together make the list of an operating system or language. */
export interface PackageFile {
  readonly scope: string;
  readonly packages: readonly ApprovedPackage[];
  readonly manager?: DeclaredManager;
}

/** Reads catalog/system/*.yaml and catalog/runtime/*.yaml. */
export function readPackageFile(value: YamlValue, source: YamlSource): Read<PackageFile> {
  const file = asMapping(value);
  const packages = asList(file.packages).map((entry, index): ApprovedPackage => {
    const approved = asMapping(entry);
    return {
      name: asText(approved.name),
      versions: asList(approved.versions).map(asText),
      ...optional("license", approved.license),
      source,
      pointer: `/packages/${index}`,
    };
  });
  const scope = asText(file.os ?? file.language);
  const manager = { name: asText(file.manager), source, pointer: "/manager" };
  return { result: { scope, packages, ...(manager.name === "" ? {} : { manager }) }, diagnostics: [] };
}

/** Reads catalog/bases.yaml. */
export function readBases(value: YamlValue, source: YamlSource): Read<readonly ExternalBase[]> {
  const bases = asList(asMapping(value).bases).map((entry, index): ExternalBase => {
    const base = asMapping(entry);
    const digest = asText(base.digest) as Digest;
    return { ref: asText(base.ref), digest, ...optional("os", base.os), source, pointer: `/bases/${index}` };
  });
  return { result: bases, diagnostics: [] };
}

/** What holds where there is no slipway.yaml, or where it leaves a key out. */
export const DEFAULT_SETTINGS: Settings = {
  registry: "oci:.slipway/registry",
  platforms: ["linux/amd64" as Platform],
  builderRevision: 1,
  updates: { limit: 5, groups: new Map() },
};

/** Reads slipway.yaml. */
export function readSettings(value: YamlValue): Read<Settings> {
  const settings: YamlMapping = asMapping(value);
  const platforms = asList(settings.platforms).map((platform) => asText(platform) as Platform);
  return {
    result: {
      registry: asText(settings.registry) || DEFAULT_SETTINGS.registry,
      platforms: platforms.length > 0 ? platforms : DEFAULT_SETTINGS.platforms,
      builderRevision: asNumber(asMapping(settings.builder).revision, DEFAULT_SETTINGS.builderRevision),
      updates: readUpdates(asMapping(settings.updates)),
    },
    diagnostics: [],
  };
}

function readUpdates({ limit, groups }: YamlMapping): UpdateSettings {
  const patterns = Object.entries(asMapping(groups)).map(
    ([name, list]) => [name, asList(list).map((pattern) => asText(pattern))] as const,
  );
  return { limit: asNumber(limit, DEFAULT_SETTINGS.updates.limit), groups: new Map(patterns) };
}
