import { lstatSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { BuildSystem } from "./build-system.js";
import { layerDirectory } from "./image-layers.js";
import { type StoredEntry, storedEntries } from "./stored-image.js";

/**
 * The first file that a layer of local storage should have and has not, as `PATH of LAYER`; undefined: there is none. Buildah 1.28 removes a layer's
 * files before it forgets the layer, so a removal that was killed leaves one that looks whole and is used again for the same content. It
 * reads no files: what is pushed is compared with checksums, which do not cover directories, links and empty files.
 */
export async function missingFile(system: BuildSystem): Promise<string | undefined> {
  for (const layer of await storedEntries(system, "layers").catch(() => [])) {
    const path = firstMissing(system, layer);
    if (path !== undefined) return `${path} of the layer ${layer.id.slice(0, 12)}`;
  }
  return undefined;
}

function firstMissing(system: BuildSystem, { id }: StoredEntry): string | undefined {
  const directory = layerDirectory(system, id);
  const known = new Map<string, Kind>([[".", kindOf(directory)]]);
  const below = (path: string): Kind => {
    const parent = directoryKind(dirname(path));
    // Below a link, which may lead anywhere, nothing can be told.
    return parent === "directory" ? kindOf(join(directory, path)) : parent;
  };
  const directoryKind = (path: string): Kind => {
    const kind = known.get(path) ?? below(path);
    known.set(path, kind);
    return kind;
  };
  return packedPaths(system, id).find((path) => below(path) === "missing");
}

type Kind = "directory" | "missing" | "other";

function kindOf(path: string): Kind {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return "missing";
  return stats.isDirectory() ? "directory" : "other";
}

/** A file that is removed has another form in a layer than in an archive (image specification 1.1, layer.md, "whiteouts"). */
const WHITEOUT = ".wh.";

interface Packed {
  readonly type: number;
  /** Left out where the name is no UTF-8. */
  readonly name?: string;
}

/** The type of what is an entry of the archive, and not a part of its bytes (vbatts/tar-split, tar/storage/entry.go). */
const FILE = 1;

/** What the layer's archive had, by what containers/storage keeps of it. Nothing is kept of a container's own layer. */
function packedPaths({ storage: { root, driver } }: BuildSystem, id: string): readonly string[] {
  const file = join(root, `${driver}-layers`, `${id}.tar-split.gz`);
  return textOf(file)
    .split("\n")
    .flatMap((line) => {
      if (!line.startsWith(`{"type":${FILE},`)) return [];
      const { name = "" } = JSON.parse(line) as Packed;
      const path = join(".", name.replace(/\/+$/, ""));
      return path === "." || path.startsWith("..") || basename(path).startsWith(WHITEOUT) ? [] : [path];
    });
}

/** Empty where there is none, or where it cannot be read: then the layer cannot be pushed, which says so. */
function textOf(file: string): string {
  try {
    return gunzipSync(readFileSync(file)).toString("utf8");
  } catch {
    return "";
  }
}
