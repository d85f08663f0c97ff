import type { Recipe } from "../model/recipe.js";
import type { TarEntry } from "./tar-entries.js";

/**
 * What Buildah makes, and leaves, for the mounts of a RUN step where an image lacks it (seen with Buildah 1.28, with runc and with
 * chroot): empty directories and files of root's with these permissions. /media is our own mount.
 */
const DIRECTORIES = ["dev", "etc", "media", "proc", "run", "sys"];
const FILES = ["etc/hostname", "etc/hosts", "etc/resolv.conf"];
const MODE = 0o755;

/** The layers of an image that has just been built. */
export interface BuiltLayers {
  /** The layer that the build has added to the base's. */
  readonly top: readonly TarEntry[];
  /** Names in the base's layers: Buildah makes nothing that is there already. */
  readonly below: ReadonlySet<string>;
  /** Names that the definition copies. */
  readonly copied: ReadonlySet<string>;
}

/**
 * The entries of the top layer that are only mount points. An empty directory of such a name that was copied with a tree from another
 * image cannot be told from Buildah's own, and is removed too: every container has a mount there.
 */
export function mountPoints({ top, below, copied }: BuiltLayers): ReadonlySet<TarEntry> {
  const own = top.filter(({ name, mode, uid, gid, size }) => {
    return (mode & 0o7777) === MODE && uid === 0 && gid === 0 && size === 0 && !below.has(name) && !copied.has(name);
  });
  const files = own.filter(({ name, type }) => type === "0" && FILES.includes(name));
  const gone = new Set(files);
  const kept = top.filter((entry) => !gone.has(entry));
  const isEmpty = (name: string) => !kept.some((entry) => entry.name.startsWith(`${name}/`));
  const directories = own.filter(({ name, type }) => type === "5" && DIRECTORIES.includes(name) && isEmpty(name));
  return new Set([...files, ...directories]);
}

/** Paths in the image, without `/` in front, of the files that the build context puts there. */
export function copiedPaths({ containerfile, context }: Recipe): ReadonlySet<string> {
  const instructions = containerfile.stages.flatMap((stage) => stage.instructions);
  return new Set(
    instructions.flatMap((instruction) => {
      if (instruction.type !== "copy" || instruction.from !== undefined) return [];
      const { path: from, target } = instruction;
      const files = context.filter(({ path }) => path.startsWith(from));
      return files.map(({ path }) => `${target}${path.slice(from.length)}`.replace(/^\//, ""));
    }),
  );
}
