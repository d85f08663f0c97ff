import type { CopyInstruction } from "./instructions.js";

/**
 * The paths that a file may have had where an instruction copied it from: the source is a file, or a directory whose contents are
 * copied. None: the instruction does not write there. `path` is the file's in the image.
 */
export function copySources({ path: from, target }: CopyInstruction, path: string): readonly string[] {
  const source = from.replace(/\/+$/, "");
  const directory = target.replace(/\/+$/, "");
  const inside = path.startsWith(`${directory}/`) ? [`${source}/${path.slice(directory.length + 1)}`] : [];
  const name = source.slice(source.lastIndexOf("/") + 1);
  const isFile = target.endsWith("/") ? path === `${directory}/${name}` : path === target;
  return isFile ? [source, ...inside] : inside;
}
