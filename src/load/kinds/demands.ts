import type { CodeKind } from "../../model/attribution.js";
import type {
  BasePolicy,
  DeclaredLicense,
  Demand,
  ForbiddenPackage,
  ImageDemand,
  ImagePolicy,
  LicensePolicy,
  PackagePattern,
  PackagePolicy,
  RequiredPackage,
  SetupAllowance,
  SetupPolicy,
} from "../../model/policies.js";
import type { YamlSource } from "../yaml/source.js";
import type { YamlValue } from "../yaml/value.js";
import {
  BASE_IMAGES,
  BUILD_STAGES,
  IMAGE_POLICY_SCHEMA,
  LICENSE_POLICY_SCHEMA,
  PACKAGE_POLICY_SCHEMA,
} from "./schema/demands.js";
import type { FileOf } from "./schema/file-types.js";
import { asFlag, asList, asMapping, asText, asWord, type MappingOf, optional, type Read, readList } from "./value.js";

/** What a file says for everything in it; by default its demands hold for all images. */
function fileDemand(file: object, source: YamlSource): Demand {
  return demandOf(file, { level: "enforce", reach: [], source, pointer: "" }, "");
}

/** What an entry of a file says for itself, within the limits of the file. */
function demandOf(entry: object, outer: Demand, pointer: string): Demand {
  const { level, images, except } = entry as Readonly<Record<string, YamlValue | undefined>>;
  const reach = { images: asList(images).map(asText), except: asList(except).map(asText) };
  const isLimited = reach.images.length + reach.except.length > 0;
  return {
    level: level === undefined ? outer.level : level === "warn" ? "warn" : "enforce",
    reach: isLimited ? [...outer.reach, reach] : outer.reach,
    source: outer.source,
    pointer,
  };
}

function imageDemand(entry: object, outer: Demand, pointer: string): ImageDemand {
  const { "base-images": flag } = entry as Readonly<Record<string, YamlValue | undefined>>;
  return { ...demandOf(entry, outer, pointer), baseImages: asFlag(flag, BASE_IMAGES) };
}

type NamedPackage = { readonly name?: string; readonly os?: string; readonly language?: string };

function packagePattern({ name, os, language }: NamedPackage): PackagePattern {
  const kind = language === undefined ? "system" : "runtime";
  return { name: asText(name), kind, scope: asText(language ?? os) };
}

/** Reads policies/packages.yaml. */
export function readPackagePolicy(value: FileOf<"packagePolicy">, source: YamlSource): Read<PackagePolicy> {
  const file = asMapping(value);
  const outer = fileDemand(file, source);
  const { system, runtime } = asMapping(file.approval);
  const forbidden = readList(file.forbidden, (given, index): ForbiddenPackage => {
    const entry = asMapping(given);
    const stages = asFlag(entry["build-stages"], BUILD_STAGES);
    const demand = demandOf(entry, outer, `/forbidden/${index}`);
    return { ...demand, ...packagePattern(entry), buildStages: stages, reason: asText(entry.reason) };
  });
  const required = readList(file.required, (given, index): RequiredPackage => {
    const entry = asMapping(given);
    const demand = imageDemand(entry, outer, `/required/${index}`);
    return { ...demand, ...packagePattern(entry), reason: asText(entry.reason) };
  });
  const { approval: rule, lock } = PACKAGE_POLICY_SCHEMA.properties;
  const approval = {
    system: asWord(system, rule.properties.system),
    runtime: asWord(runtime, rule.properties.runtime),
  };
  return {
    result: { ...outer, approval, lockRequired: asWord(file.lock, lock) === "required", forbidden, required },
    diagnostics: [],
  };
}

/** Reads policies/licenses.yaml. */
export function readLicensePolicy(value: FileOf<"licensePolicy">, source: YamlSource): Read<LicensePolicy> {
  const file = asMapping(value);
  const declared = readList(file.declared, (given, index): DeclaredLicense => {
    const entry = asMapping(given);
    return {
      ...packagePattern(entry),
      versions: readList(entry.versions, asText),
      license: asText(entry.license),
      evidence: asText(entry.evidence),
      pointer: `/declared/${index}`,
    };
  });
  const unknown = asWord(file.unknown, LICENSE_POLICY_SCHEMA.properties.unknown);
  const [allow, deny] = [readList(file.allow, asText), readList(file.deny, asText)];
  return { result: { ...fileDemand(file, source), allow, deny, unknown, declared }, diagnostics: [] };
}

/** Reads policies/bases.yaml. */
export function readBasePolicy(value: FileOf<"basePolicy">, source: YamlSource): Read<BasePolicy> {
  const file = asMapping(value);
  const { references, archives, "max-age": age } = file;
  return {
    result: {
      ...fileDemand(file, source),
      ...(references === undefined ? {} : { references: readList(references, asText) }),
      ...(archives === undefined ? {} : { archives: readList(archives, asText) }),
      ...(age === undefined ? {} : { maxAge: Number(age) }),
    },
    diagnostics: [],
  };
}

/** Reads policies/images.yaml. */
export function readImagePolicy(value: FileOf<"imagePolicy">, source: YamlSource): Read<ImagePolicy> {
  const file = asMapping(value);
  const outer = fileDemand(file, source);
  const user = asMapping(file.user);
  const description = asMapping(file.description);
  const sizes = readList(file.sizes, (given, index) => {
    const entry = asMapping(given);
    const text = asText(entry.max);
    return { ...imageDemand(entry, outer, `/sizes/${index}`), bytes: bytesOf(text), text };
  });
  const labels = readList(file.labels, (given, index) => {
    const entry = asMapping(given);
    const demand = imageDemand(entry, outer, `/labels/${index}`);
    return { ...demand, name: asText(entry.name), ...optional("pattern", entry.pattern) };
  });
  return {
    result: {
      ...(asWord(user.root, IMAGE_POLICY_SCHEMA.properties.user.properties.root) === "deny"
        ? { root: imageDemand(user, outer, "/user") }
        : {}),
      ...(asFlag(description.required, IMAGE_POLICY_SCHEMA.properties.description.properties.required)
        ? { description: imageDemand(description, outer, "/description") }
        : {}),
      sizes,
      labels,
      ...(file.setup === undefined ? {} : { setup: setupPolicy(asMapping(file.setup), outer) }),
    },
    diagnostics: [],
  };
}

function setupPolicy(entry: MappingOf<MappingOf<FileOf<"imagePolicy">>["setup"]>, outer: Demand): SetupPolicy {
  const allow = readList(entry.allow, (given, index): SetupAllowance => {
    const { images, paths, kinds, reason } = asMapping(given);
    const { reach } = demandOf({ images }, { ...outer, reach: [] }, `/setup/allow/${index}`);
    return {
      reach,
      paths: readList(paths, asText),
      kinds: readList(kinds, (kind) => asText(kind) as CodeKind),
      reason: asText(reason),
    };
  });
  return { ...imageDemand(entry, outer, "/setup"), allow };
}

const UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };

function bytesOf(text: string): number {
  return Math.round(Number(text.slice(0, -2)) * (UNITS[text.slice(-2)] ?? 1));
}
