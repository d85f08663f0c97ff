import type { CatalogueFile } from "../model/catalogue.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import { shellQuote } from "../model/shell-quote.js";
import { type AssembledCatalogue, assemble } from "./assemble.js";
import { type FoundDocument, findDocuments, type ReadKind } from "./find-documents.js";
import { lfsPointer } from "./git/lfs.js";
import type { FileTree, TreeFile } from "./git/tree.js";
import { type ReadDocument, readDocument } from "./kinds/document.js";
import { MAX_LINK_BYTES, MAX_LOCK_BYTES, MAX_TEMPLATE_BYTES, MAX_YAML_BYTES } from "./limits.js";
import { strayLinks } from "./stray-links.js";

/** Files that were read before, by path: a second tree of the same repository shares the work for what both have. */
export type LoadCache = Map<string, CachedDocument>;

interface CachedDocument {
  /** Undefined: read from the working tree, compared by text. */
  readonly oid: string | undefined;
  readonly document: ReadDocument;
}

/**
 * Reads all definitions, lists and settings of a tree. Every problem of every file is in `diagnostics`, by place; the
 * catalogue has everything that could be read. Throws TreeError if the tree itself cannot be read.
 */
export async function loadCatalogue(tree: FileTree, cache?: LoadCache): Promise<AssembledCatalogue> {
  const diagnostics: Diagnostic[] = [];
  const files = usableFiles(tree.files, diagnostics);
  const listing = findDocuments(files.keys());
  diagnostics.push(...listing.diagnostics);
  const readable = listing.documents.filter(({ path, kind }) => {
    const problem = refuse(files.get(path), mostBytes(kind));
    if (problem !== undefined) diagnostics.push(problem);
    return problem === undefined;
  });
  const { documents, links, pointers } = await readAll(tree, readable, cache);
  diagnostics.push(...pointers.map(lfsDocument));
  diagnostics.push(...strayLinks(files, listing.documents, links));
  const loaded = assemble(documents, describeFiles(files, links), tree.absentSubmodules);
  return { catalogue: loaded.catalogue, diagnostics: [...diagnostics, ...loaded.diagnostics].sort(byPlace) };
}

/** Both kinds of tree decode names as UTF-8; any other name cannot be told from others, nor be opened. */
function usableFiles(files: ReadonlyMap<string, TreeFile>, diagnostics: Diagnostic[]): ReadonlyMap<string, TreeFile> {
  const broken = [...files.keys()].filter((path) => path.includes("\ufffd"));
  if (broken.length === 0) return files;
  const usable = new Map(files);
  for (const path of broken) {
    usable.delete(path);
    diagnostics.push(
      errorAt({ file: path, line: 1, column: 1 }, "file-name", "the file's name is not UTF-8", "rename the file"),
    );
  }
  return usable;
}

const mostBytes = (kind: ReadKind) =>
  kind === "lock" ? MAX_LOCK_BYTES : kind === "languageTemplate" ? MAX_TEMPLATE_BYTES : MAX_YAML_BYTES;

function refuse(file: TreeFile | undefined, most: number): Diagnostic | undefined {
  if (file === undefined) return undefined;
  const place = { file: file.path, line: 1, column: 1 };
  if (file.mode === "120000")
    return errorAt(place, "not-a-file", "a definition, list or template must be a regular file, not a symbolic link");
  if (file.size <= most) return undefined;
  return errorAt(place, "file-too-large", `the file has ${file.size} bytes; at most ${most} are read`);
}

/** For a file that Slipway itself reads: its text must be in Git, where every change of it can be reviewed. */
export function lfsDocument(file: string): Diagnostic {
  const message = "the file is a pointer of Git LFS: what Slipway reads itself must be in Git";
  const hint = `git lfs untrack ${shellQuote(file)}, then add it again: git add --renormalize ${shellQuote(file)}`;
  return errorAt({ file, line: 1, column: 1 }, "lfs-pointer", message, hint);
}

interface Contents {
  /** In the order in which they were requested. */
  readonly documents: readonly ReadDocument[];
  /** Targets of symbolic links, by path. */
  readonly links: ReadonlyMap<string, string>;
  /** Documents that are pointers of Git LFS. */
  readonly pointers: readonly string[];
}

async function readAll(tree: FileTree, wanted: readonly FoundDocument[], cache?: LoadCache): Promise<Contents> {
  const documents = wanted.map((found) => unchanged(found, tree.files.get(found.path), cache));
  /** Indexes in `wanted`. */
  const missing = [...wanted.keys()].filter((index) => documents[index] === undefined);
  const paths = missing.map((index) => wanted[index]?.path ?? "");
  const linkPaths: string[] = [];
  for (const { path, mode, size } of tree.files.values()) {
    if (mode === "120000" && size <= MAX_LINK_BYTES) linkPaths.push(path);
  }
  const links = new Map<string, string>();
  const pointers: string[] = [];
  // Each file is read as soon as its bytes arrive, while git unpacks the next ones on another processor.
  await tree.read([...paths, ...linkPaths], (path, content, position) => {
    const index = missing[position] ?? -1;
    const item = wanted[index];
    if (item === undefined) links.set(path, content.toString("utf8"));
    else {
      if (lfsPointer(content) !== undefined) {
        pointers.push(path);
        return;
      }
      const document = sameText(item, content, cache) ?? readDocument(item.kind, path, content);
      documents[index] = document;
      cache?.set(path, { oid: tree.files.get(path)?.oid, document });
    }
  });
  return { documents: documents.filter((document) => document !== undefined), links, pointers };
}

function unchanged(found: FoundDocument, file: TreeFile | undefined, cache?: LoadCache): ReadDocument | undefined {
  const known = cache?.get(found.path);
  const isSame = known?.oid !== undefined && known.oid === file?.oid && known.document.kind === found.kind;
  return isSame ? known.document : undefined;
}

/** The working tree has no object names: there the bytes decide. */
function sameText(found: FoundDocument, content: Buffer, cache?: LoadCache): ReadDocument | undefined {
  const document = cache?.get(found.path)?.document;
  // The text is empty for a file that is not UTF-8.
  if (document === undefined || document.kind !== found.kind || document.source.text === "") return undefined;
  return document.source.text === content.toString("utf8") ? document : undefined;
}

function describeFiles(
  files: ReadonlyMap<string, TreeFile>,
  links: ReadonlyMap<string, string>,
): ReadonlyMap<string, CatalogueFile> {
  if (links.size === 0) return files;
  const described = new Map<string, CatalogueFile>(files);
  for (const [path, link] of links) {
    const file = files.get(path);
    if (file !== undefined) described.set(path, { ...file, link });
  }
  return described;
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : 1);
}
