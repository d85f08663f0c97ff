import { isUtf8 } from "node:buffer";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { TreeError } from "../../load/git/tree.js";
import { imageFiles } from "../../load/image-files.js";
import { addBases } from "../../load/import/bases.js";
import { loadProblems } from "../../load/import/check.js";
import { fits, nativeName } from "../../load/import/fits.js";
import { FORMAT_NAMES, formatOf } from "../../load/import/formats.js";
import type { ForeignDocument, ForeignFormat, Imported, ImportOptions } from "../../load/import/imported.js";
import { openNearby } from "../../load/import/nearby.js";
import { Notes } from "../../load/import/notes.js";
import { writeNative } from "../../load/import/write-native.js";
import { IMAGE_NAME } from "../../load/kinds/schema/forms/names.js";
import { MAX_YAML_BYTES } from "../../load/limits.js";
import type { ImportResult } from "../../model/import-note.js";
import { nearest } from "../../model/nearest.js";
import { findObstacle, type NewFile, writeTogether } from "./write-together.js";

export interface ImportCommandOptions {
  readonly name?: string;
  readonly parent?: string;
  readonly overrides?: readonly string[];
  readonly force?: boolean;
  /** true: every image must be there, in the file that is written; it is replaced. */
  readonly update?: boolean;
  readonly dryRun?: boolean;
}

const BASES = "catalog/bases.yaml";

/** Reads foreign documents, turns them into definitions, and writes these: all, or none where a document has an error. */
export async function importFiles(
  context: Context,
  options: ImportCommandOptions,
  paths: readonly string[],
): Promise<ImportResult> {
  checkUsage(options, paths);
  if (!statSync(context.catalogue, { throwIfNoEntry: false })?.isDirectory())
    throw new TreeError("not-a-directory", `there is no directory ${context.catalogue}`);
  const existing = options.update ? await imageFiles(context.catalogue) : undefined;
  try {
    return importAll(context, { ...options, existing }, paths);
  } catch (error) {
    // ENOSPC, EACCES and the like.
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
    throw new TreeError("unreadable", `nothing is imported: ${error.message}`);
  }
}

interface AllOptions extends ImportCommandOptions {
  /** For --update: the file of each image. */
  readonly existing: ReadonlyMap<string, string> | undefined;
}

function importAll({ catalogue }: Context, options: AllOptions, paths: readonly string[]): ImportResult {
  const notes = new Notes();
  const { existing, force = existing !== undefined, dryRun = false } = options;
  const overrides = (options.overrides ?? []).flatMap((path) => openDocument(path, notes) ?? []);
  const foreignFiles = paths.flatMap((path) => readFile(path, { options, overrides }, notes) ?? []);
  const files = new Map<string, NewFile>();
  for (const file of foreignFiles) collect(file, files, notes);
  const importedBases = foreignFiles.flatMap(({ imported }) => imported.bases);
  const bases = addBases(readText(resolve(catalogue, BASES)), importedBases, notes);
  if (notes.errors > 0) return { written: [], notes: notes.sorted() };
  if (existing !== undefined) checkUpdate(files, existing);
  const others = force ? [] : [...files.keys()].flatMap((path) => otherDefinitions(catalogue, path, files));
  const obstacle =
    findObstacle(catalogue, [...others, ...files.keys()].sort(), force) ?? findObstacle(catalogue, [BASES], true);
  if (obstacle !== undefined) throw new CommandError(EXIT.usage, obstacle.message, obstacle.hint);
  if (bases !== undefined) files.set(BASES, { text: bases });
  const written = [...files.keys()].sort().map((path) => ({ path }));
  if (!dryRun) writeTogether(catalogue, files);
  return { written, notes: notes.sorted() };
}

/** An update never makes an image, nor a second definition of one: a mistyped name is said before anything is written. */
function checkUpdate(files: ReadonlyMap<string, NewFile>, existing: ReadonlyMap<string, string>): void {
  for (const path of files.keys()) {
    const name = /^images\/([^/]+)\/image\.yaml$/.exec(path)?.[1];
    if (name === undefined || existing.get(name) === path) continue;
    const at = existing.get(name);
    if (at !== undefined)
      throw new CommandError(
        EXIT.usage,
        `${name} is defined in ${at}, and import writes ${path}`,
        `move it first: git mv ${at} ${path}`,
      );
    const near = nearest(name, existing.keys());
    const hint =
      near === undefined ? "without --update it becomes a new one" : `did you mean ${near}? --name NAME names it`;
    throw new CommandError(EXIT.usage, `no image is named ${JSON.stringify(name)}`, hint);
  }
}

/** The definitions of a folder that would no longer be read: beside an image.yaml, everything in it is content. */
function otherDefinitions(catalogue: string, path: string, files: ReadonlyMap<string, NewFile>): string[] {
  const folder = /^(images\/[^/]+)\/image\.yaml$/.exec(path)?.[1];
  const full = resolve(catalogue, folder ?? "");
  if (folder === undefined || !statSync(full, { throwIfNoEntry: false })?.isDirectory()) return [];
  const definitions = readdirSync(full).filter((name) => /\.ya?ml$/.test(name) && name !== "image.yaml");
  return definitions.map((name) => `${folder}/${name}`).filter((name) => !files.has(name));
}

function checkUsage({ name, parent }: ImportCommandOptions, paths: readonly string[]): void {
  for (const [option, value] of Object.entries({ name, parent })) {
    if (value !== undefined && !fits(IMAGE_NAME, value))
      throw new CommandError(EXIT.usage, `--${option} must be ${IMAGE_NAME.patternErrorMessage}`);
  }
  if (name !== undefined && paths.length > 1)
    throw new CommandError(EXIT.usage, "--name is for a single file", "import the files one by one");
}

/** undefined: the file cannot be read as text, and `notes` has the error. */
function openDocument(path: string, notes: Notes): ForeignDocument | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new CommandError(EXIT.usage, `there is no file ${path}`);
  if (!stats.isFile())
    throw new CommandError(EXIT.usage, `${path} is not a file`, "name the file that describes the image");
  const place = { file: path, line: 1, column: 1 };
  if (stats.size > MAX_YAML_BYTES) {
    notes.error(place, `the file has ${stats.size} bytes; at most ${MAX_YAML_BYTES} are read`);
    return undefined;
  }
  const content = readFileSync(path);
  if (!isUtf8(content) || content.includes(0)) {
    notes.error(place, "the file is not UTF-8 text");
    return undefined;
  }
  const text = content.toString("utf8").replace(/^\ufeff/, "");
  return { file: path, text, files: openNearby(dirname(resolve(path))) };
}

interface ReadOptions {
  readonly options: ImportCommandOptions;
  readonly overrides: readonly ForeignDocument[];
}

interface ForeignFile {
  readonly document: ForeignDocument;
  readonly imported: Imported;
}

function readFile(path: string, { options, overrides }: ReadOptions, notes: Notes): ForeignFile | undefined {
  const document = openDocument(path, notes);
  if (document === undefined) return undefined;
  const format = formatOf(basename(path), document.text);
  if (format === undefined) {
    notes.error(
      { file: path, line: 1, column: 1 },
      "the format of the file is not known",
      `it can be: ${FORMAT_NAMES.join(", ")}`,
    );
    return undefined;
  }
  const settings = settingsFor(format, { options, overrides }, path);
  return { document, imported: format.read(document, settings, notes) };
}

function settingsFor(format: ForeignFormat, { options, overrides }: ReadOptions, path: string): ImportOptions {
  const { parent } = options;
  if (format.needsParent && parent === undefined)
    throw new CommandError(
      EXIT.usage,
      `${path} says what an image contains, but not what it is built from`,
      "--parent NAME: an image of the catalogue",
    );
  if (overrides.length > 0 && !format.takesOverrides)
    throw new CommandError(EXIT.usage, `${path} takes no overrides: it is a ${format.name}`);
  const name = options.name ?? nativeName(basename(dirname(resolve(path))));
  if (format.namedByFolder && name === "")
    throw new CommandError(EXIT.usage, `${path} gives no name`, "--name NAME: the name of the image");
  return { name, parent, overrides };
}

/** Turns an imported document into files; reports a path that would be written twice. */
function collect({ document, imported }: ForeignFile, files: Map<string, NewFile>, notes: Notes): void {
  const top = { file: document.file, line: 1, column: 1 };
  const add = (path: string, file: NewFile, place = top) => {
    const earlier = files.get(path);
    if (earlier !== undefined && !(earlier.copyOf !== undefined && earlier.copyOf === file.copyOf))
      notes.error(place, `${path} would be written twice`, "give the images different names");
    files.set(path, file);
  };
  for (const { path, value } of imported.definitions) add(path, { text: writeNative(value) });
  for (const { path, text, place } of imported.texts) add(path, { text }, place);
  for (const [to, { from, place }] of imported.copies)
    add(to, { copyOf: resolve(dirname(document.file), from) }, place);
  if (notes.errors > 0) return;
  for (const [path, { text }] of files) {
    if (text === undefined) continue;
    for (const problem of loadProblems(path, text)) notes.error(top, problem);
  }
}

function readText(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, "utf8") : undefined;
}
