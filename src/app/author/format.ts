import { join, relative, resolve, sep } from "node:path";
import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { findDocuments, LOCK_FILE } from "../../load/find-documents.js";
import { formatYaml } from "../../load/format/format.js";
import { rewriteFile } from "../../load/format/rewrite-file.js";
import type { TreeFile } from "../../load/git/tree.js";
import { readDocument } from "../../load/kinds/document.js";
import { type DocumentKind, fileKind, KIND_NAMES, kindAt } from "../../load/kinds/schema/kinds.js";
import { MAX_YAML_BYTES } from "../../load/limits.js";
import { parseYaml } from "../../load/yaml/parse.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import { openCatalogue } from "../catalogue/catalogue.js";

export interface FormattedFile {
  readonly file: string;
  /** `formatted`: the layout was different; `rejected`: the file has problems and was left alone. */
  readonly status: "formatted" | "unchanged" | "rejected";
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Brings files of the catalogue, those that are named or all, into one layout. `write: false` only tells what would change. */
export async function formatFiles(
  context: Context,
  names: readonly string[],
  { write }: { readonly write: boolean },
): Promise<readonly FormattedFile[]> {
  const tree = await openCatalogue(context.catalogue);
  const documents = findDocuments(tree.files.keys()).documents.filter(({ path }) => isReadable(tree.files.get(path)));
  // Templates are not YAML, and the lockfile has only one layout.
  const kinds = new Map(
    documents.flatMap(({ path, kind }) =>
      kind === "languageTemplate" || kind === "lock" ? [] : [[path, kind] as const],
    ),
  );
  const paths = names.length === 0 ? [...kinds.keys()].sort() : names.map((name) => pathIn(context, name));
  if (paths.includes(LOCK_FILE))
    throw new CommandError(EXIT.usage, `${LOCK_FILE} has only one layout`, "`slipway lock` writes it");
  const unknown = paths.find((path) => !kinds.has(path));
  if (unknown !== undefined) {
    const places = KIND_NAMES.map((kind) => fileKind(kind).place).join(", ");
    throw new CommandError(EXIT.usage, `${unknown} is not a file that Slipway reads`, `it reads ${places}`);
  }
  const results: FormattedFile[] = [];
  await tree.read([...new Set(paths)], (path, content) => {
    const kind = kinds.get(path);
    if (kind !== undefined) results.push(formatContent(kind, path, content));
  });
  if (write) {
    for (const { file, status, text } of results)
      if (status === "formatted") await rewriteFile(join(context.catalogue, file), text);
  }
  return results;
}

/** Whether the loader reads a file: a symbolic link could lead out of the catalogue. */
function isReadable(file: TreeFile | undefined): boolean {
  return file !== undefined && file.mode !== "120000" && file.size <= MAX_YAML_BYTES;
}

/** Formats standard input. `name` gives the kind of file; otherwise its own `kind` does, or else it is an image. */
export async function formatInput(context: Context, name: string | undefined): Promise<FormattedFile> {
  const content = await context.input();
  const path = name === undefined ? "standard input" : pathIn(context, name);
  const kind = name === undefined ? kindInText(content.toString("utf8")) : kindAt(path);
  if (kind === undefined) throw new CommandError(EXIT.usage, `no kind of file belongs at ${path}`);
  return formatContent(kind, path, content);
}

function formatContent(kind: DocumentKind, file: string, content: Buffer): FormattedFile {
  const before = content.toString("utf8");
  const errors = readDocument(kind, file, content).diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return { file, status: "rejected", text: before, diagnostics: errors };
  const text = formatYaml(before, fileKind(kind).schema);
  return { file, status: text === before ? "unchanged" : "formatted", text, diagnostics: [] };
}

function kindInText(text: string): DocumentKind {
  const { value } = parseYaml(text);
  const declared = typeof value === "object" && !Array.isArray(value) ? value.kind : undefined;
  const accepts = (kind: DocumentKind) =>
    fileKind(kind).schema.properties?.kind?.enum?.some((word) => word === declared);
  return KIND_NAMES.find(accepts) ?? "image";
}

/** The path in the catalogue of one that a user typed. */
function pathIn({ catalogue }: Context, name: string): string {
  return relative(catalogue, resolve(name)).split(sep).join("/");
}
