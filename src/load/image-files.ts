import { findDocuments } from "./find-documents.js";
import { openWorkingTree } from "./git/working-tree.js";
import { readDocument } from "./kinds/document.js";
import { MAX_YAML_BYTES } from "./limits.js";

/** A plain name at the beginning of a line, as nearly every definition has it. */
const NAME = /^name:[ \t]*(["']?)([a-z0-9][a-z0-9._-]*)\1[ \t]*(?:#.*)?\r?$/m;

/**
 * The names of the images of a working tree, sorted, with the file of each, without checking anything: fast enough for each press of
 * a key. A definition that cannot be read counts by what its name seems to be. Throws TreeError.
 */
export async function imageFiles(directory: string): Promise<ReadonlyMap<string, string>> {
  const tree = await openWorkingTree(directory);
  const { documents } = findDocuments(tree.files.keys());
  const paths = documents.flatMap(({ path, kind }) => {
    const file = tree.files.get(path);
    return kind === "image" && file?.mode !== "120000" && (file?.size ?? 0) <= MAX_YAML_BYTES ? [path] : [];
  });
  const files: [string, string][] = [];
  await tree.read(paths, (path, content) => {
    for (const name of namesIn(path, content)) files.push([name, path]);
  });
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function namesIn(path: string, content: Buffer): readonly string[] {
  const text = content.toString("utf8");
  const name = NAME.exec(text)?.[2];
  if (name !== undefined) return [name];
  const { result, rejectedNames } = readDocument("image", path, content);
  return result?.map((image) => image.name) ?? rejectedNames ?? [];
}
