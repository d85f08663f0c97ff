import type { DeclaredManager, ExternalBase, ListedPackage, Withdrawal } from "../../model/catalogue.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Digest } from "../../model/names.js";
import type { YamlSource } from "../yaml/source.js";
import { isDay, noSuchDay } from "./day.js";
import { readPackageHosts } from "./package-hosts.js";
import type { FileOf } from "./schema/file-types.js";
import { WITHDRAWN } from "./schema/lists.js";
import { asList, asMapping, asText, asWord, type MappingOf, optional, type Read, readList } from "./value.js";

/** The packages that one file approves; several files together make up the list of an operating system or language. */
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
    const more = {
      ...optional("os", base.os),
      ...optional("pinned", base.pinned),
      ...(base["package-hosts"] === undefined
        ? {}
        : { packageHosts: readPackageHosts(readList(base["package-hosts"], asText)) }),
      ...readWithdrawal(base.withdrawn),
    };
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
    withdrawn: { reason: asText(reason), dependents: asWord(dependents, WITHDRAWN.properties.dependents), ...more },
  };
}
