import type {
  ApprovedList,
  Catalogue,
  CatalogueFile,
  DeclaredManager,
  ExternalBase,
  ListedPackage,
} from "../model/catalogue.js";
import type { Body, ImageDefinition, ModuleDefinition, StageDefinition } from "../model/definition.js";
import { type Diagnostic, errorAt, type Source } from "../model/diagnostic.js";
import type { DiagnosticCode } from "../model/diagnostic-codes.js";
import type { ImageName } from "../model/names.js";
import type { Policies } from "../model/policies.js";
import { expandArtifact } from "./expand-artifact.js";
import type { ReadKind } from "./find-documents.js";
import type { ReadDocument } from "./kinds/document.js";
import { joinLanguages } from "./kinds/join-languages.js";
import type { PackageFile } from "./kinds/lists.js";
import { DEFAULT_SETTINGS } from "./kinds/settings.js";
import { manifestFile } from "./manifest-file.js";

export interface AssembledCatalogue {
  readonly catalogue: Catalogue;
  readonly diagnostics: readonly Diagnostic[];
}

/** Joins the files that were read into one catalogue and finds what is wrong between them. */
export function assemble(
  documents: readonly ReadDocument[],
  files: ReadonlyMap<string, CatalogueFile>,
  absentSubmodules: readonly string[] = [],
): AssembledCatalogue {
  const diagnostics: Diagnostic[] = documents.flatMap((document) => document.diagnostics);
  const settings = ofKind(documents, "settings")[0]?.result ?? DEFAULT_SETTINGS;
  const images = joinImages(ofKind(documents, "image"), diagnostics);
  const modules = joinModules(ofKind(documents, "module"), diagnostics);
  const present = { files, absentSubmodules };
  for (const image of images.values()) {
    checkFiles(image, present, diagnostics);
    if (image.stages.length > 0) checkStages(image.stages, present, diagnostics);
  }
  for (const module of [...modules.values()].flat()) checkFiles(module, present, diagnostics);
  const [lock] = ofKind(documents, "lock");
  const [operatingSystems] = ofKind(documents, "operatingSystems");
  const [vulnerabilities] = ofKind(documents, "vulnerabilities");
  const catalogue: Catalogue = {
    settings,
    images,
    modules,
    rejected: new Set(documents.flatMap(({ rejectedNames }) => (rejectedNames ?? []) as readonly ImageName[])),
    systemLists: joinLists(ofKind(documents, "systemPackages"), diagnostics),
    runtimeLists: joinLists(ofKind(documents, "runtimePackages"), diagnostics),
    ...joinRoles(ofKind(documents, "roles")),
    ...(lock?.result === undefined ? {} : { lock: lock.result }),
    ...(operatingSystems?.result === undefined ? {} : { operatingSystems: operatingSystems.result }),
    ...(vulnerabilities?.result === undefined ? {} : { vulnerabilities: vulnerabilities.result }),
    policies: joinPolicies(documents),
    policyTests: ofKind(documents, "policyTests").flatMap(({ result }) => result ?? []),
    exceptions: ofKind(documents, "exceptions").flatMap(({ result }) => result ?? []),
    bases: joinBases(ofKind(documents, "bases"), diagnostics),
    languages: joinLanguages(ofKind(documents, "language"), ofKind(documents, "languageTemplate"), diagnostics),
    files,
  };
  return { catalogue, diagnostics };
}

function ofKind<K extends ReadKind>(documents: readonly ReadDocument[], kind: K): ReadDocument<K>[] {
  return documents.filter((document): document is ReadDocument<K> => document.kind === kind);
}

function joinImages(
  documents: readonly ReadDocument<"image">[],
  diagnostics: Diagnostic[],
): Map<ImageName, ImageDefinition> {
  const images = new Map<ImageName, ImageDefinition>();
  for (const { result } of documents) {
    for (const image of result ?? []) {
      const first = images.get(image.name);
      if (first === undefined) images.set(image.name, image);
      else
        diagnostics.push(
          duplicate(
            "duplicate-image",
            `the image name \`${image.name}\``,
            { ...image, pointer: "/name" },
            { ...first, pointer: "/name" },
          ),
        );
    }
  }
  return images;
}

function joinModules(
  documents: readonly ReadDocument<"module">[],
  diagnostics: Diagnostic[],
): Map<string, readonly ModuleDefinition[]> {
  const modules = new Map<string, readonly ModuleDefinition[]>();
  for (const { result } of documents) {
    if (result === undefined) continue;
    const others = modules.get(result.name) ?? [];
    const first = others.find(({ version }) => version === result.version);
    if (first === undefined) modules.set(result.name, [...others, result]);
    else
      diagnostics.push(
        duplicate(
          "duplicate-module",
          `the module \`${result.name}\` in version ${result.version}`,
          { ...result, pointer: "/version" },
          { ...first, pointer: "/version" },
        ),
      );
  }
  return modules;
}

function joinLists(
  documents: readonly ReadDocument<"systemPackages" | "runtimePackages">[],
  diagnostics: Diagnostic[],
): Map<string, ApprovedList> {
  interface Growing extends ApprovedList {
    readonly packages: Map<string, ListedPackage>;
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

function addPackages(packages: Map<string, ListedPackage>, more: PackageFile, diagnostics: Diagnostic[]): void {
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

/** Each is one file, so there is nothing to join. */
function joinPolicies(documents: readonly ReadDocument[]): Policies {
  const [packages] = ofKind(documents, "packagePolicy");
  const [licenses] = ofKind(documents, "licensePolicy");
  const [bases] = ofKind(documents, "basePolicy");
  const [images] = ofKind(documents, "imagePolicy");
  return {
    ...(packages?.result === undefined ? {} : { packages: packages.result }),
    ...(licenses?.result === undefined ? {} : { licenses: licenses.result }),
    ...(bases?.result === undefined ? {} : { bases: bases.result }),
    ...(images?.result === undefined ? {} : { images: images.result }),
  };
}

interface Named {
  readonly source: Source;
  readonly pointer: string;
}

function duplicate(code: DiagnosticCode, what: string, second: Named, first: Named): Diagnostic {
  const { file, line } = first.source.at(first.pointer);
  return errorAt(
    second.source.at(second.pointer),
    code,
    `${what} occurs here for the second time`,
    `the first is in ${file}, line ${line}`,
  );
}

interface PresentFiles {
  readonly files: ReadonlyMap<string, CatalogueFile>;
  /** Paths of submodules whose files are not on this machine. */
  readonly absentSubmodules: readonly string[];
}

/** Reports files that a body names and the catalogue does not have. */
function checkFiles(body: Body, present: PresentFiles, diagnostics: Diagnostic[]): void {
  const { folder, source, runtimeManifest: manifest } = body;
  const { files, absentSubmodules } = present;
  for (const artifact of body.artifacts) {
    if (artifact.type !== "path") continue;
    const { problem } = expandArtifact(artifact, folder, files, absentSubmodules);
    if (problem !== undefined)
      diagnostics.push(errorAt(source.at(`${artifact.pointer}/path`), problem.code, problem.message, problem.hint));
  }
  const file = manifest && files.get(manifestFile(body, manifest));
  if (manifest === undefined || file?.mode.startsWith("100")) return;
  if (file !== undefined) {
    const message = "a manifest must be a regular file, not a symbolic link";
    diagnostics.push(errorAt(source.at(manifest.pointer), "not-a-file", message));
    return;
  }
  const message = `there is no file \`${manifest.path}\` beside the definition`;
  diagnostics.push(
    errorAt(source.at(manifest.pointer), "manifest-missing", message, "it must be committed, or at least not ignored"),
  );
}

function checkStages(stages: readonly StageDefinition[], present: PresentFiles, diagnostics: Diagnostic[]): void {
  const names = new Set<string>();
  for (const stage of stages) {
    checkFiles(stage, present, diagnostics);
    if (names.has(stage.name)) {
      const place = stage.source.at(`${stage.pointer}/name`);
      diagnostics.push(errorAt(place, "duplicate-stage", `a stage before this one is named \`${stage.name}\``));
    }
    names.add(stage.name);
  }
}
