import type {
  Deprecation,
  ImageDefinition,
  Metadata,
  ModuleDefinition,
  Origin,
  Rebuild,
  StageDefinition,
} from "../../model/definition.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { ImageName, Platform } from "../../model/names.js";
import type { Network } from "../../model/network.js";
import type { YamlSource } from "../yaml/source.js";
import type { YamlMapping, YamlValue } from "../yaml/value.js";
import { readBody } from "./body.js";
import { readBootstrap } from "./bootstrap.js";
import { readPackageHosts } from "./package-hosts.js";
import { METADATA } from "./schema/image.js";
import { readTests } from "./tests.js";
import { asFlag, asList, asMapping, asText, optional, type Read, readList } from "./value.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Spells out the short forms of a definition that its schema has accepted. */
export function readImage(value: YamlValue, source: YamlSource): Read<ImageDefinition> {
  const image = asMapping(value);
  const diagnostics: Diagnostic[] = [];
  // Extended, not spread: with 10,000 definitions copies would be most of the work.
  const definition = readBody(image, { source, pointer: "", diagnostics }) as Mutable<ImageDefinition>;
  definition.kind = image.kind === "BaseImage" ? "BaseImage" : "Image";
  definition.name = asText(image.name) as ImageName;
  definition.version = asText(image.version);
  definition.metadata = readMetadata(image.metadata);
  definition.origin = readOrigin(image, source, diagnostics);
  definition.stages = readStages(image.stages, source, diagnostics);
  definition.tests = readTests(image.tests, source, diagnostics);
  if (image.description !== undefined) definition.description = asText(image.description);
  if (image.language !== undefined) definition.language = asText(image.language);
  if (image.os !== undefined) definition.os = asText(image.os);
  const [platform] = asList(image.platforms);
  if (platform !== undefined) definition.platform = asText(platform) as Platform;
  if (Array.isArray(image.tags)) definition.tags = image.tags.map(asText);
  // Without a value it means nothing, like any other key.
  if (typeof image.rebuild === "object") definition.rebuild = readRebuild(asMapping(image.rebuild));
  const network = asText(image.network);
  if (network !== "") definition.network = network as Network;
  const hosts = asList(image["package-hosts"]);
  if (hosts.length > 0) definition.packageHosts = readPackageHosts(hosts.map(asText));
  return { result: definition, diagnostics };
}

/** Spells out the short forms of a module that its schema has accepted. */
export function readModule(value: YamlValue, source: YamlSource): Read<ModuleDefinition> {
  const module = asMapping(value);
  const diagnostics: Diagnostic[] = [];
  const body = readBody(module, { source, pointer: "", diagnostics });
  const named = { name: asText(module.name), version: asText(module.version) };
  return { result: { ...body, ...named, ...optional("description", module.description) }, diagnostics };
}

/** Reads the metadata of a definition, or of the settings for all. */
export function readMetadata(value: YamlValue | undefined): Metadata {
  const { deprecated, extendable, ...metadata } = asMapping(value) as Readonly<Record<string, string>>;
  const plain =
    extendable === undefined
      ? metadata
      : { ...metadata, extendable: asFlag(extendable, METADATA.properties.extendable) };
  return deprecated === undefined || deprecated === "" ? plain : { ...plain, deprecated: readDeprecation(deprecated) };
}

function readDeprecation(value: YamlValue): Deprecation {
  const { since, reason, replacement } = asMapping(value);
  return { ...optional("since", since), reason: asText(reason), ...optional("replacement", replacement) };
}

function readStages(
  value: YamlValue | undefined,
  source: YamlSource,
  diagnostics: Diagnostic[],
): readonly StageDefinition[] {
  return readList(value, (entry, index): StageDefinition => {
    const stage = asMapping(entry);
    return {
      ...readBody(stage, { source, pointer: `/stages/${index}`, diagnostics }),
      name: asText(stage.name),
      origin: readOrigin(stage, source, diagnostics) as StageDefinition["origin"],
      ...optional("language", stage.language),
      ...optional("os", stage.os),
      ...(asText(stage.network) === "" ? {} : { network: asText(stage.network) as Network }),
    };
  });
}

function readOrigin(image: YamlMapping, source: YamlSource, diagnostics: Diagnostic[]): Origin {
  if (image.parent !== undefined) return { type: "parent", parent: asText(image.parent) as ImageName };
  if (image.from !== undefined) return { type: "from", ref: asText(image.from) };
  return { type: "bootstrap", bootstrap: readBootstrap(image.bootstrap, source, diagnostics) };
}

function readRebuild(rebuild: YamlMapping): Rebuild {
  return { nonce: asText(rebuild.nonce), reason: asText(rebuild.reason) };
}
