import type { Defaults, DownloadSettings, Settings } from "../../model/catalogue.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Platform } from "../../model/names.js";
import type { UpdateSettings } from "../../model/update.js";
import type { YamlSource } from "../yaml/source.js";
import type { YamlValue } from "../yaml/value.js";
import { readNamedValues } from "./body.js";
import { readMetadata } from "./image.js";
import type { FileOf } from "./schema/file-types.js";
import { DEFAULT_TAGS } from "./schema/image.js";
import { SETTINGS_SCHEMA } from "./schema/settings.js";
import { asList, asMapping, asNumber, asText, asWord, type MappingOf, type Read } from "./value.js";

const { registry: REGISTRY, lock: LOCK, builder: BUILDER, updates: UPDATES } = SETTINGS_SCHEMA.properties;

/** The settings of a catalogue without slipway.yaml, and of keys that it leaves out. */
export const DEFAULT_SETTINGS: Settings = {
  registry: REGISTRY.default,
  platforms: ["linux/amd64" as Platform],
  builderRevision: BUILDER.properties.revision.default,
  builderTimeout: BUILDER.properties.timeout.default,
  builderIsolation: BUILDER.properties.isolation.default,
  updates: { limit: UPDATES.properties.limit.default, groups: new Map() },
  defaults: { env: [], labels: [], tags: DEFAULT_TAGS },
  downloads: { privateHosts: [], mirrors: new Map() },
  lock: { network: LOCK.properties.network.default },
};

/** Reads slipway.yaml. */
export function readSettings(value: FileOf<"settings">, source: YamlSource): Read<Settings> {
  const settings = asMapping(value);
  const { network } = asMapping(settings.lock);
  const { revision, timeout, isolation } = asMapping(settings.builder);
  const diagnostics: Diagnostic[] = [];
  const platforms = asList(settings.platforms).map((platform) => asText(platform) as Platform);
  return {
    result: {
      registry: asText(settings.registry) || DEFAULT_SETTINGS.registry,
      platforms: platforms.length > 0 ? platforms : DEFAULT_SETTINGS.platforms,
      builderRevision: asNumber(revision, BUILDER.properties.revision),
      builderTimeout: asNumber(timeout, BUILDER.properties.timeout),
      builderIsolation: asWord(isolation, BUILDER.properties.isolation),
      updates: readUpdates(settings.updates),
      defaults: readDefaults(settings.defaults, { source, diagnostics }),
      downloads: readDownloads(settings.downloads),
      lock: { network: asWord(network, LOCK.properties.network) },
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
  return { limit: asNumber(limit, UPDATES.properties.limit), groups: new Map(patterns) };
}
