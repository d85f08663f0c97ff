import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ImportCommandOptions, importFiles } from "../../../src/app/author/import.js";
import { createContext } from "../../../src/context.js";
import type { ImportResult } from "../../../src/model/import-note.js";

/** Each folder is a case: `input`, what is `expected` in the catalogue, what is there before (`catalogue`), and case.json. */
export const CASES = fileURLToPath(new URL("../../../../test/fixtures/import/", import.meta.url));

export const caseNames = (): string[] =>
  readdirSync(CASES)
    .filter((name) => existsSync(join(CASES, name, "case.json")))
    .sort();

interface Case {
  readonly files: readonly string[];
  readonly options?: ImportCommandOptions;
}

export interface Ran {
  /** Contents by path; a program's begin with `(program) `. */
  readonly files: Record<string, string>;
  readonly result: ImportResult;
}

/** Imports a case into a catalogue of its own; places in notes are relative to `input`. */
export async function runCase(name: string): Promise<Ran> {
  const folder = join(CASES, name);
  const { files, options = {} } = JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as Case;
  const input = join(folder, "input");
  return inCatalogue(async (catalogue) => {
    const before = join(folder, "catalogue");
    if (existsSync(before)) cpSync(before, catalogue, { recursive: true });
    const context = createContext({ catalogue }, new AbortController().signal);
    const overrides = options.overrides?.map((path) => join(input, path)) ?? [];
    const named = files.map((path) => join(input, path));
    const result = await importFiles(context, { ...options, overrides }, named);
    const notes = result.notes.map((note) => ({ ...note, file: note.file.replace(`${input}/`, "") }));
    return { files: contentsOf(catalogue), result: { ...result, notes } };
  });
}

export async function inCatalogue<T>(action: (catalogue: string) => Promise<T>): Promise<T> {
  const catalogue = mkdtempSync(join(tmpdir(), "slipway-import-"));
  mkdirSync(catalogue, { recursive: true });
  try {
    return await action(catalogue);
  } finally {
    rmSync(catalogue, { recursive: true, force: true });
  }
}

/** Every file below a folder, by its path there. */
export function contentsOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const contents: Record<string, string> = {};
  for (const path of paths) {
    const stats = statSync(join(folder, path));
    if (!stats.isFile()) continue;
    const text = readFileSync(join(folder, path), "utf8");
    contents[path] = (stats.mode & 0o100) === 0 ? text : `(program) ${text}`;
  }
  return contents;
}
