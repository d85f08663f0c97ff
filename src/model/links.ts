import type { CatalogueFile } from "./catalogue.js";

/** Links on the way before a path counts as a loop: Linux gives up after as many (path_resolution(7)). */
const MAX_LINKS = 40;

type Files = ReadonlyMap<string, CatalogueFile>;

/**
 * Where a path leads. `path` may be a file, a directory or nothing; `links` are those on the way. `link`: the link that leads out of
 * the catalogue.
 */
export type Followed =
  | { readonly type: "inside"; readonly path: string; readonly links: readonly string[] }
  | { readonly type: "outside"; readonly link?: string }
  | { readonly type: "loop" };

/** Resolves `.`, `..` and symbolic links of a path of the catalogue, by names alone. A leading `/` is the catalogue's root. */
export function followLinks(path: string, files: Files): Followed {
  let at: string | undefined = insidePath(path.replace(/^\/+/, ""));
  if (at === undefined) return { type: "outside" };
  const links: string[] = [];
  for (let hops = 0; hops <= MAX_LINKS; hops++) {
    const link = firstLink(at, files);
    if (link === undefined) return { type: "inside", path: at, links };
    links.push(link.path);
    // A link whose target was too long to be read leads to an unknown place.
    const target = link.link ?? "/";
    const next: string = `${link.path}/../${target}${at.slice(link.path.length)}`;
    at = target.startsWith("/") ? undefined : insidePath(next);
    if (at === undefined) return { type: "outside", link: link.path };
  }
  return { type: "loop" };
}

/** Without `.`, `..` and slashes at the end; empty for the root; undefined for anything above it. */
function insidePath(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part !== "..") parts.push(...(part === "" || part === "." ? [] : [part]));
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

function firstLink(path: string, files: Files): CatalogueFile | undefined {
  for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
    const file = files.get(end < 0 ? path : path.slice(0, end));
    if (file?.mode === "120000") return file;
    if (end < 0) return undefined;
  }
}

const sortedPaths = new WeakMap<Files, string[]>();

/** The files in a directory and below it, by path; the empty name is the root. Takes logarithmic time. */
export function filesBelow(directory: string, files: Files): string[] {
  let sorted = sortedPaths.get(files);
  if (sorted === undefined) {
    sorted = [...files.keys()].sort();
    sortedPaths.set(files, sorted);
  }
  if (directory === "") return sorted;
  // "0" is the character after "/".
  return sorted.slice(lowerBound(sorted, `${directory}/`), lowerBound(sorted, `${directory}0`));
}

/** Index of the first path that is not before the given one. */
function lowerBound(sorted: readonly string[], path: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < path) low = middle + 1;
    else high = middle;
  }
  return low;
}
