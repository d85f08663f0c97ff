import { isUtf8 } from "node:buffer";
import { posix } from "node:path";
import { TextSource } from "./load/text-source.js";
import type { FileTree } from "./load/tree.js";
import type { Source } from "./model/diagnostic.js";
import type { ManifestFormat } from "./model/language.js";
import { MAX_MANIFEST_BYTES, type ManifestContent } from "./model/manifest.js";

export type ManifestFile =
  | {
      readonly ok: true;
      readonly content: ManifestContent;
      readonly source: Source;
      /** The files that go into the image: the manifest, and its lock file where there is one. */
      readonly paths: readonly string[];
    }
  | { readonly ok: false; readonly path: string; readonly reason: "missing" | "not-a-file" | "too-large" | "not-text" };

/** Reads a manifest of the catalogue with the lock file beside it. Raises TreeError as the tree does. */
export async function readManifest(tree: FileTree, path: string, format: ManifestFormat): Promise<ManifestFile> {
  const lock = format.lock === undefined ? [] : [posix.join(posix.dirname(path), format.lock)];
  const paths = [path, ...lock.filter((beside) => tree.files.has(beside))];
  for (const wanted of paths) {
    const file = tree.files.get(wanted);
    if (file === undefined) return { ok: false, path: wanted, reason: "missing" };
    if (file.mode === "120000") return { ok: false, path: wanted, reason: "not-a-file" };
    if (file.size > MAX_MANIFEST_BYTES) return { ok: false, path: wanted, reason: "too-large" };
  }
  const texts = new Map<string, string>();
  let odd: string | undefined;
  await tree.read(paths, (read, bytes) => {
    if (!isUtf8(bytes)) odd ??= read;
    texts.set(read, bytes.toString("utf8"));
  });
  if (odd !== undefined) return { ok: false, path: odd, reason: "not-text" };
  const { MANIFEST_READERS } = await import("./packages/manifests/readers.js");
  const read = MANIFEST_READERS[format.reader];
  if (read === undefined) throw new Error(`no reader ${format.reader}`);
  const text = texts.get(path) ?? "";
  const others = Object.fromEntries([...texts].map(([name, content]) => [posix.basename(name), content]));
  return { ok: true, content: read(text, others), source: new TextSource(path, text), paths };
}
