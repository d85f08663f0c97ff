import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import { type DocumentKind, fileKind, KIND_NAMES, kindAt } from "./kinds/schema/kinds.js";

/** Besides the files that authors write as YAML there are templates, which are read as they are, and the lockfile. */
export type ReadKind = DocumentKind | "languageTemplate" | "lock";

export const LOCK_FILE = "slipway.lock";

const TEMPLATE = /^catalog\/languages\/[^/]+\/install\.hbs$/;

export interface FoundDocument {
  readonly path: string;
  readonly kind: ReadKind;
}

export interface FoundDocuments {
  readonly documents: readonly FoundDocument[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Chooses the files of a catalogue that are read, by path alone, in the order of `paths`. */
export function findDocuments(paths: Iterable<string>): FoundDocuments {
  const documents: FoundDocument[] = [];
  const diagnostics: Diagnostic[] = [];
  const inImages: string[] = [];
  const inModules: string[] = [];
  for (const path of paths) {
    if (path.startsWith("images/")) {
      if (isYaml(path)) inImages.push(path);
      continue;
    }
    const kind = otherKind(path) ?? kindAt(path);
    if (kind !== undefined) documents.push({ path, kind });
    else if (isForgotten(path)) diagnostics.push(ignored(path));
    else if (path.startsWith(MODULES) && isYaml(path)) inModules.push(path);
  }
  for (const path of strayModules(inModules, documents)) diagnostics.push(ignored(path));
  for (const path of findDefinitions(inImages, diagnostics)) documents.push({ path, kind: "image" });
  return { documents, diagnostics };
}

function otherKind(path: string): Exclude<ReadKind, DocumentKind> | undefined {
  if (path === LOCK_FILE) return "lock";
  return TEMPLATE.test(path) ? "languageTemplate" : undefined;
}

function isYaml(path: string): boolean {
  return path.endsWith(".yaml") || path.endsWith(".yml");
}

/** YAML that its author certainly wanted to be read. */
function isForgotten(path: string): boolean {
  if (path === "slipway.yml") return true;
  if (path.startsWith("policies/")) return isYaml(path);
  return path.startsWith("catalog/") && !path.startsWith(MODULES) && isYaml(path);
}

const MODULES = "catalog/modules/";

/** What a module copies may be YAML; outside of a module's folder it was certainly meant to be a module. */
function strayModules(paths: readonly string[], documents: readonly FoundDocument[]): string[] {
  if (paths.length === 0) return [];
  const folders = new Set(documents.flatMap(({ path, kind }) => (kind === "module" ? [parentOf(path)] : [])));
  return paths.filter((path) => {
    let folder = parentOf(path);
    while (folder !== "" && !folders.has(folder)) folder = parentOf(folder);
    return folder === "";
  });
}

const POLICY_PLACES = KIND_NAMES.map((kind) => fileKind(kind).place).filter((place) => place.startsWith("policies/"));

function placesNear(path: string): string {
  if (path.startsWith("policies/"))
    return `policies are ${POLICY_PLACES.slice(0, -1).join(", ")} and ${POLICY_PLACES.at(-1)}`;
  if (path.startsWith(MODULES))
    return "a module is the file module.yaml in a folder of its own: catalog/modules/<name>/module.yaml";
  return "approved lists are catalog/system/*.yaml, catalog/runtime/*.yaml and catalog/bases.yaml; languages are catalog/languages/<name>/language.yaml; settings are slipway.yaml";
}

function ignored(path: string): Diagnostic {
  return {
    ...errorAt({ file: path, line: 1, column: 1 }, "ignored-file", "nothing reads this file", placesNear(path)),
    severity: "warning",
  };
}

const ROOT = "images";

/**
 * A folder with `image.yaml` is one definition and the rest of it content; other YAML files in a folder without one are
 * definitions each; below a folder that holds definitions everything is content, but directly below `images/` it is not.
 */
function findDefinitions(paths: readonly string[], diagnostics: Diagnostic[]): string[] {
  /** Folders that hold YAML files, with the one that makes them the folder of a single definition. */
  const folders = new Map<string, string | undefined>();
  for (const path of paths) {
    const folder = parentOf(path);
    const isMain = folder !== ROOT && /\/image\.ya?ml$/.test(path);
    const main = folders.get(folder);
    if (isMain && main !== undefined) diagnostics.push(secondDefinition(path, main));
    folders.set(folder, main ?? (isMain ? path : undefined));
  }
  folders.delete(ROOT);
  return paths.filter((path) => {
    const folder = parentOf(path);
    const main = folders.get(folder);
    return (main === undefined || main === path) && !isContent(folder, folders);
  });
}

function secondDefinition(path: string, first: string): Diagnostic {
  return errorAt(
    { file: path, line: 1, column: 1 },
    "duplicate-definition",
    `the folder's definition is ${first}`,
    "keep one of the two files",
  );
}

/** Whether a folder above this one holds definitions. */
function isContent(folder: string, folders: ReadonlyMap<string, unknown>): boolean {
  for (let above = parentOf(folder); above.length > ROOT.length; above = parentOf(above)) {
    if (folders.has(above)) return true;
  }
  return false;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
