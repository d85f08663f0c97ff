import type { ImageFiles } from "../../src/packages/inventory/image-files.js";
import { isWanted, isWantedDirectory } from "../../src/packages/inventory/wanted.js";

/** The files of an image, made from texts by path; walks them like run/find-files.ts, without links. */
export function imageFiles(texts: Readonly<Record<string, string>>): ImageFiles {
  const paths = new Set<string>();
  for (const path of Object.keys(texts)) {
    const parts = path.split("/");
    const at = (end: number) => [parts.slice(0, end).join("/"), parts[end] ?? ""] as const;
    for (let end = 1; end < parts.length - 1; end++) {
      if (isWantedDirectory(...at(end))) paths.add(parts.slice(0, end + 1).join("/"));
    }
    if (isWanted(...at(parts.length - 1))) paths.add(path);
  }
  return {
    paths: [...paths].sort(),
    read: (path, limit) => texts[path]?.slice(0, limit),
  };
}
