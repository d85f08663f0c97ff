import { createHash } from "node:crypto";
import { type LoadedCatalogue, loadDesired } from "../../src/app/catalogue/desired.js";
import { type FileTree, indexFiles, type TreeFile } from "../../src/load/git/tree.js";
import type { Diagnostic } from "../../src/model/diagnostic.js";
import { builtInTemplates } from "../../src/render/templates.js";

/** A file's text, or the target of a symbolic link. */
export type MemoryFile = string | { readonly link: string };
export type MemoryFiles = Readonly<Record<string, MemoryFile>>;

const templates = builtInTemplates();

const bytesOf = (file: MemoryFile) => Buffer.from(typeof file === "string" ? file : file.link);

/** A working tree in memory only. It cannot be copied, because nothing is built from it. */
export function memoryTree(files: MemoryFiles): FileTree {
  const entries = Object.entries(files).map(([path, file]): TreeFile => {
    const mode = typeof file === "string" ? "100644" : "120000";
    return { path, mode, size: bytesOf(file).length };
  });
  const content = (path: string) => bytesOf(files[path] ?? "");
  const hashed = (path: string): [string, string] => {
    const file = files[path] ?? "";
    return [path, typeof file === "string" ? createHash("sha256").update(file).digest("hex") : file.link];
  };
  return {
    commit: null,
    files: indexFiles(entries),
    read: async (paths, receive) => {
      for (const [index, path] of paths.entries()) receive(path, content(path), index);
    },
    hash: async (paths, look) => {
      for (const path of paths) look?.(path, content(path).subarray(0, 256));
      return new Map(paths.map(hashed));
    },
    copy: () => Promise.reject(new Error("a tree in memory cannot be copied")),
  };
}

/** Runs load → resolve → check → render on a catalogue in memory. */
export function loadMemory(files: MemoryFiles, today = "2026-06-01"): Promise<LoadedCatalogue> {
  return loadDesired(memoryTree(files), templates, { today });
}

/** All diagnostics of a catalogue as `file:line:column code: message | hint`; warnings begin with `warning`. */
export async function problemsOf(files: MemoryFiles): Promise<string[]> {
  return (await loadMemory(files)).diagnostics.map(describe);
}

/** The same without messages, if hints and places are enough. */
export async function placesOf(files: MemoryFiles): Promise<string[]> {
  const { diagnostics } = await loadMemory(files);
  return diagnostics.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);
}

function describe({ severity, file, line, column, code, message, hint }: Diagnostic): string {
  const place = `${severity === "error" ? "" : "warning "}${file}:${line}:${column} ${code}`;
  return `${place}: ${message}${hint === undefined ? "" : ` | ${hint}`}`;
}
