import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { editorSchemaText } from "../../load/kinds/editor-schema.js";
import { type DocumentKind, KIND_NAMES } from "../../load/kinds/schema/kinds.js";
import { nearest } from "../../model/nearest.js";
import { replaceFile } from "../../system/replace-file.js";

/** The folder that `slipway init` puts the schemas into, where editors find them. */
export const SCHEMA_FOLDER = "catalog/schemas";

export const schemaFile = (kind: DocumentKind) => `${kind}.schema.json`;

/** The kind of this name. Fails with a usage error that names the nearest one. */
export function kindNamed(name: string): DocumentKind {
  const kind = KIND_NAMES.find((candidate) => candidate === name);
  if (kind !== undefined) return kind;
  const near = nearest(name, KIND_NAMES);
  const hint = near ? `did you mean ${near}?` : `one of ${KIND_NAMES.join(", ")}`;
  throw new CommandError(EXIT.usage, `no kind of file is named ${JSON.stringify(name)}`, hint);
}

/** Writes the schemas of some kinds into a directory; returns the paths of the files, which begin as the directory's does. */
export async function writeSchemas(
  { catalogue }: Context,
  kinds: readonly DocumentKind[],
  directory: string,
): Promise<readonly string[]> {
  const files = kinds.map((kind) => ({ kind, path: join(directory, schemaFile(kind)) }));
  try {
    for (const { kind, path } of files) await replaceFile(resolve(catalogue, path), editorSchemaText(kind));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(EXIT.usage, `the schemas cannot be written to ${directory}: ${reason}`);
  }
  return files.map(({ path }) => path);
}

export interface StaleSchemas {
  /** The folder with the catalogue's schemas. */
  readonly folder: string;
  /** The paths of the files that differ from what this Slipway would write. */
  readonly files: readonly string[];
}

/** Compares the schema files of a catalogue with those of this Slipway; undefined: the catalogue has none. */
export async function staleSchemas({ catalogue }: Context): Promise<StaleSchemas | undefined> {
  const schemas = await Promise.all(
    KIND_NAMES.map(async (kind) => {
      const path = `${SCHEMA_FOLDER}/${schemaFile(kind)}`;
      const text = await readFile(join(catalogue, path), "utf8").catch(() => undefined);
      return { path, text, isCurrent: text === editorSchemaText(kind) };
    }),
  );
  if (schemas.every(({ text }) => text === undefined)) return undefined;
  const files = schemas.filter(({ isCurrent }) => !isCurrent).map(({ path }) => path);
  return { folder: SCHEMA_FOLDER, files };
}
