import type {
  ApprovedList,
  ApprovedPackage,
  Catalogue,
  CatalogueFile,
  DeclaredManager,
  ExternalBase,
} from "../model/catalogue.js";
import type { ImageDefinition } from "../model/definition.js";
import { type Diagnostic, errorAt, type Source } from "../model/diagnostic.js";
import type { ImageName } from "../model/names.js";
import type { LoadCode } from "./codes.js";
import { expandArtifact } from "./expand-artifact.js";
import type { DocumentKind } from "./find-documents.js";
import type { ReadDocument } from "./read-document.js";
import { DEFAULT_SETTINGS, type PackageFile } from "./read-lists.js";

export interface Loaded {
  readonly catalogue: Catalogue;
  readonly diagnostics: readonly Diagnostic[];
}

/** Joins the files that were read to one catalogue and finds what is wrong between them. */
export function assemble(documents: readonly ReadDocument[], files: ReadonlyMap<string, CatalogueFile>): Loaded {
  const diagnostics: Diagnostic[] = documents.flatMap((document) => document.diagnostics);
  const images = joinImages(ofKind(documents, "image"), diagnostics);
  checkArtifacts(images.values(), files, diagnostics);
  const catalogue: Catalogue = {
    settings: ofKind(documents, "settings")[0]?.result ?? DEFAULT_SETTINGS,
    images,
    rejected: new Set(
      documents.flatMap(({ rejectedName }) => (rejectedName === undefined ? [] : [rejectedName as ImageName])),
    ),
    systemLists: joinLists(ofKind(documents, "systemPackages"), diagnostics),
    runtimeLists: joinLists(ofKind(documents, "runtimePackages"), diagnostics),
    ...joinRoles(ofKind(documents, "roles")),
    exceptions: ofKind(documents, "exceptions").flatMap(({ result }) => result ?? []),
    bases: joinBases(ofKind(documents, "bases"), diagnostics),
    files,
  };
  return { catalogue, diagnostics };
}

function ofKind<K extends DocumentKind>(documents: readonly ReadDocument[], kind: K): ReadDocument<K>[] {
  return documents.filter((document): document is ReadDocument<K> => document.kind === kind);
}

function joinImages(
  documents: readonly ReadDocument<"image">[],
  diagnostics: Diagnostic[],
): Map<ImageName, ImageDefinition> {
  const images = new Map<ImageName, ImageDefinition>();
  for (const { result } of documents) {
    if (result === undefined) continue;
    const first = images.get(result.name);
    if (first === undefined) images.set(result.name, result);
    else
      diagnostics.push(
        duplicate(
          "duplicate-image",
          `the image name \`${result.name}\``,
          { ...result, pointer: "/name" },
          { ...first, pointer: "/name" },
        ),
      );
  }
  return images;
}

function joinLists(
  documents: readonly ReadDocument<"systemPackages" | "runtimePackages">[],
  diagnostics: Diagnostic[],
): Map<string, ApprovedList> {
  interface Growing extends ApprovedList {
    readonly packages: Map<string, ApprovedPackage>;
    readonly files: string[];
    manager?: DeclaredManager;
  }
  const lists = new Map<string, Growing>();
  for (const { result, source } of documents) {
    if (result === undefined) continue;
    const { scope } = result;
    const list: Growing = lists.get(scope) ?? { scope, packages: new Map(), files: [] };
    lists.set(scope, list);
    list.files.push(source.file);
    if (result.manager && list.manager && result.manager.name !== list.manager.name)
      diagnostics.push(disagreement(scope, result.manager, list.manager));
    else if (result.manager) list.manager ??= result.manager;
    addPackages(list.packages, result, diagnostics);
  }
  return lists;
}

function disagreement(scope: string, second: DeclaredManager, first: DeclaredManager): Diagnostic {
  const { file, line } = first.source.at(first.pointer);
  return errorAt(
    second.source.at(second.pointer),
    "manager-mismatch",
    `${scope} has two package managers, \`${first.name}\` and \`${second.name}\``,
    `the first is in ${file}, line ${line}`,
  );
}

function addPackages(packages: Map<string, ApprovedPackage>, more: PackageFile, diagnostics: Diagnostic[]): void {
  for (const approved of more.packages) {
    const first = packages.get(approved.name);
    if (first === undefined) packages.set(approved.name, approved);
    else
      diagnostics.push(
        duplicate("duplicate-package", `the package \`${approved.name}\` for ${more.scope}`, approved, first),
      );
  }
}

function joinBases(documents: readonly ReadDocument<"bases">[], diagnostics: Diagnostic[]): Map<string, ExternalBase> {
  const bases = new Map<string, ExternalBase>();
  for (const base of documents.flatMap(({ result }) => result ?? [])) {
    const first = bases.get(base.ref);
    if (first === undefined) bases.set(base.ref, base);
    else diagnostics.push(duplicate("duplicate-base", `the base \`${base.ref}\``, base, first));
  }
  return bases;
}

function joinRoles([document]: readonly ReadDocument<"roles">[]): Pick<Catalogue, "roles"> {
  return document?.result === undefined ? {} : { roles: document.result };
}

interface Named {
  readonly source: Source;
  readonly pointer: string;
}

function duplicate(code: LoadCode, what: string, second: Named, first: Named): Diagnostic {
  const { file, line } = first.source.at(first.pointer);
  return errorAt(
    second.source.at(second.pointer),
    code,
    `${what} stands here for the second time`,
    `the first is in ${file}, line ${line}`,
  );
}

function checkArtifacts(
  images: Iterable<ImageDefinition>,
  files: ReadonlyMap<string, CatalogueFile>,
  diagnostics: Diagnostic[],
): void {
  for (const { artifacts, folder, source } of images) {
    for (const artifact of artifacts) {
      const { problem } = expandArtifact(artifact, folder, files);
      if (problem !== undefined)
        diagnostics.push(errorAt(source.at(`${artifact.pointer}/path`), problem.code, problem.message, problem.hint));
    }
  }
}
