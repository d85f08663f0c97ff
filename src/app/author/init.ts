import { existsSync, lstatSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join, posix, resolve } from "node:path";
import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { insideRepository } from "../../load/git/git.js";
import { openWorkingTree } from "../../load/git/working-tree.js";
import { editorSchemaText } from "../../load/kinds/editor-schema.js";
import { KIND_NAMES } from "../../load/kinds/schema/kinds.js";
import { CODEOWNERS_FILE, codeowners } from "../../policy/codeowners.js";
import { builtInTemplates } from "../../render/templates.js";
import { makeDirectory } from "../../system/make-directory.js";
import { LONG_AGO, loadDesired } from "../catalogue/catalogue.js";
import { SCHEMA_FOLDER, schemaFile } from "./schemas.js";
import { STARTER_FILES, type StarterFile } from "./starter-files.js";

export interface NewCatalogue {
  /** The catalogue's directory, absolute. */
  readonly directory: string;
  /** The files that were written, relative to the directory. */
  readonly files: readonly string[];
}

/** Starts a catalogue. Overwrites nothing: if one file is in the way, none is written. */
export async function startCatalogue({ catalogue }: Context, name: string): Promise<NewCatalogue> {
  const directory = resolve(catalogue, name);
  const schemas = KIND_NAMES.map((kind) => ({
    path: `${SCHEMA_FOLDER}/${schemaFile(kind)}`,
    text: editorSchemaText(kind),
  }));
  const starters = [...STARTER_FILES.map(withModeline), ...schemas];
  const files = starters.filter(({ path }) => path !== ".gitignore" || !ignoresState(join(directory, path)));
  const obstacles = [...new Set(files.flatMap(({ path }) => obstacle(directory, path) ?? []))];
  if (obstacles.length > 0) {
    const what = obstacles.length === 1 ? "this is" : "these are";
    throw new CommandError(
      EXIT.usage,
      `${what} in the way, so nothing was written: ${obstacles.join(", ")}`,
      "name a directory of its own: slipway init DIR",
    );
  }
  try {
    for (const { path, text } of files) {
      makeDirectory(dirname(join(directory, path)));
      await writeFile(join(directory, path), text, { flag: "wx" });
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(EXIT.usage, `the catalogue cannot be written to ${directory}: ${reason}`);
  }
  const owners = await writeCodeowners(directory);
  return { directory, files: [...files.map(({ path }) => path), ...owners] };
}

/** Writes CODEOWNERS, without which the gate rejects every change; not below a repository's top, where it would belong to others. */
async function writeCodeowners(directory: string): Promise<readonly string[]> {
  const file = join(directory, CODEOWNERS_FILE);
  const isTop = existsSync(join(directory, ".git")) || !insideRepository(directory);
  if (!isTop || existsSync(file)) return [];
  const tree = await openWorkingTree(directory);
  const { catalogue } = await loadDesired(tree, builtInTemplates(), { today: LONG_AGO });
  const text = catalogue.roles === undefined ? undefined : codeowners(catalogue.roles, catalogue, "");
  if (text === undefined || !text.ok) return [];
  makeDirectory(dirname(file));
  await writeFile(file, text.text, { flag: "wx" });
  return [CODEOWNERS_FILE];
}

/** Prepends the line by which editors find a file's schema (yaml-language-server, modeline). */
function withModeline({ path, kind, text }: StarterFile): { readonly path: string; readonly text: string } {
  if (kind === undefined) return { path, text };
  const schema = posix.relative(posix.dirname(path), `${SCHEMA_FOLDER}/${schemaFile(kind)}`);
  return { path, text: `# yaml-language-server: $schema=${schema}\n${text}` };
}

/** The path that is in the way of a file: the file itself, or something above it that is not a directory. */
function obstacle(directory: string, path: string): string | undefined {
  const parts = path.split("/");
  for (const [index] of parts.entries()) {
    const above = parts.slice(0, index + 1).join("/");
    const stats = lstatSync(join(directory, above), { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (index === parts.length - 1 || !stats.isDirectory()) return above;
  }
  return undefined;
}

function ignoresState(path: string): boolean {
  return existsSync(path) && /^\/?\.slipway\/?$/m.test(readFileSync(path, "utf8"));
}
