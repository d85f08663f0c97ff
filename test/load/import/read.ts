import { formatOf } from "../../../src/load/import/formats.js";
import type { Imported, ImportOptions, NearbyFiles } from "../../../src/load/import/imported.js";
import { Notes } from "../../../src/load/import/notes.js";
import { writeNative } from "../../../src/load/import/write-native.js";

/** Files beside a document that exist in a test only; paths in `outside` are links that lead out. */
export function nearby(files: Readonly<Record<string, string>> = {}, outside: readonly string[] = []): NearbyFiles {
  const paths = Object.keys(files).sort();
  const inside = (folder: string) => (path: string) => folder === "." || folder === "" || path.startsWith(`${folder}/`);
  return {
    kind(path) {
      if (outside.includes(path)) return "outside";
      if (path in files) return "file";
      return path === "." || paths.some(inside(path)) ? "directory" : "missing";
    },
    below: (folder) => ({ files: paths.filter(inside(folder)), outside: outside.filter(inside(folder)) }),
    read: (path) => files[path],
  };
}

export interface Read {
  /** Text of each definition by its path. */
  readonly written: Readonly<Record<string, string>>;
  readonly imported: Imported;
  /** `line:column severity: message` of each note. */
  readonly notes: readonly string[];
}

interface Setting {
  readonly files?: NearbyFiles;
  readonly options?: Partial<ImportOptions>;
}

/** Reads a document as `slipway import` does, without a file system. */
export function read(file: string, text: string, { files = nearby(), options = {} }: Setting = {}): Read {
  const notes = new Notes();
  const format = formatOf(file, text);
  if (format === undefined) throw new Error(`no format for ${file}`);
  const settings = { name: "app", parent: undefined, overrides: [], ...options };
  const imported = format.read({ file, text, files }, settings, notes);
  const written = Object.fromEntries(imported.definitions.map(({ path, value }) => [path, writeNative(value)]));
  return {
    written,
    imported,
    notes: notes.sorted().map(({ line, column, severity, message }) => `${line}:${column} ${severity}: ${message}`),
  };
}

/** The definition that a Dockerfile becomes, without what all of these have in common. */
export function fromDockerfile(
  text: string,
  files?: Readonly<Record<string, string>>,
): Read & { readonly body: string } {
  const result = read("Dockerfile", `FROM debian:12\n${text}\n`, { files: nearby(files) });
  const body = (result.written["images/app/image.yaml"] ?? "").replace(
    /^[\s\S]*?from: docker.io\/library\/debian:12\n/,
    "",
  );
  return { ...result, body };
}
