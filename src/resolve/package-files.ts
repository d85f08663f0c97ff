import type { BuildAccount, LayerEntry, ListedFile, PackageListing } from "../model/attribution.js";
import type { LockedPackage } from "../model/lock.js";

/** A package of the closure with what is in its file; left out: files of its manager are not read. */
export interface ListedPackage {
  readonly entry: LockedPackage;
  readonly listing?: PackageListing;
}

export interface PackageFile extends ListedFile {
  readonly entry: LockedPackage;
  /** Whether the package says where the file stands; false: where its package manager put it. */
  readonly isPlaced: boolean;
}

/** The files of packages by where they are in an image. */
export class PackageFiles {
  readonly #byPath = new Map<string, PackageFile[]>();

  constructor(packages: readonly ListedPackage[], { links, entries }: Pick<BuildAccount, "links" | "entries">) {
    for (const { entry, listing } of packages) {
      if (listing === undefined) continue;
      const { anchor, files } = listing;
      const roots = anchor === undefined ? [""] : rootsOf(anchor, files, entries);
      for (const root of roots)
        for (const file of files)
          this.#add(`${root}${anchor ? file.path : followed(file.path, links)}`, { ...file, entry, isPlaced: !anchor });
    }
  }

  /** The package's file that a file of the image is, byte for byte. */
  same({
    path,
    sha256,
    target,
    kind,
  }: Pick<LayerEntry, "path" | "sha256" | "target" | "kind">): PackageFile | undefined {
    return this.at(path).find((file) =>
      kind === "link"
        ? file.target !== undefined && file.target === target
        : file.sha256 !== undefined && file.sha256 === sha256,
    );
  }

  at(path: string): readonly PackageFile[] {
    return this.#byPath.get(path) ?? [];
  }

  #add(path: string, file: PackageFile): void {
    const others = this.#byPath.get(path);
    if (others) others.push(file);
    else this.#byPath.set(path, [file]);
  }
}

/** Debian's packages still have files in `/bin`, which is a link to `/usr/bin` by now. */
export function followed(path: string, links: ReadonlyMap<string, string>): string {
  const cut = path.indexOf("/", 1);
  const target = cut < 0 ? undefined : links.get(path.slice(0, cut));
  return target === undefined ? path : target + path.slice(cut);
}

/** The directories that have a package's anchor with its own bytes; paths relative to them start with `/`. */
function rootsOf(
  { path, directory }: { readonly path: string; readonly directory: string },
  files: readonly ListedFile[],
  entries: readonly LayerEntry[],
): readonly string[] {
  const { sha256 } = files.find((file) => file.path === path) ?? {};
  return entries.flatMap((entry) => {
    if (sha256 === undefined || entry.sha256 !== sha256 || !entry.path.endsWith(path)) return [];
    const root = entry.path.slice(0, -path.length);
    return root.endsWith(directory) ? [root] : [];
  });
}
