import type { Position } from "../../model/diagnostic.js";
import type { Imported, NearbyFiles } from "./imported.js";
import type { Notes } from "./notes.js";
import { beside, lastPart } from "./paths.js";

/** Files of one import: more are no part of an image's definition. */
const MAX_COPIES = 10_000;
/** Where the folder of a document goes when it is copied as a whole: beside the definition nothing may be in its way. */
const WHOLE = "files";

export interface CopyRequest {
  /** As the document says it, relative to `base`. */
  readonly path: string;
  /** The folder of what names the path, relative to the document's; left out: the document's. */
  readonly base?: string;
  /** The folder of the definition, relative to the catalogue. */
  readonly folder: string;
  readonly place: Position;
  /** Paths that are left out; relative to the document's folder. */
  readonly isIgnored?: (path: string) => boolean;
}

export interface Copied {
  /** Relative to the folder of the definition. */
  readonly path: string;
  readonly kind: "file" | "directory";
}

export interface CopyTools {
  readonly files: NearbyFiles;
  readonly imported: Imported;
  readonly notes: Notes;
}

/**
 * Has a file or a directory beside the document copied into a definition's folder. Gives its path there; undefined, with an
 * error, where it is not there or leads out of the document's folder.
 */
export function copyNearby(request: CopyRequest, { files, imported, notes }: CopyTools): Copied | undefined {
  const { path, base = "", folder, place, isIgnored = () => false } = request;
  const source = path.startsWith("/") ? undefined : beside(base === "" ? path : `${base}/${path}`);
  const kind = source === undefined ? "outside" : files.kind(source);
  if (source === undefined || kind === "outside") {
    notes.error(place, `\`${path}\` leads out of the document's folder`, "copy it into the folder, and name it there");
    return undefined;
  }
  if (kind === "missing") {
    notes.error(place, `\`${path}\` is not there`, "import the document where its files are");
    return undefined;
  }
  const target = targetOf(source, base);
  const found = kind === "file" ? { files: [source], outside: [] } : files.below(source);
  for (const link of found.outside)
    notes.error(place, `\`${link}\` is a link that leads out of the document's folder`, "copy what it points to");
  const wanted = kind === "file" ? found.files : found.files.filter((file) => !isIgnored(file));
  if (wanted.length > MAX_COPIES) {
    notes.error(place, `\`${path}\` has ${wanted.length} files; at most ${MAX_COPIES} are copied`);
    return undefined;
  }
  if (wanted.length === 0) notes.error(place, `there are no files in \`${path}\``, "Git keeps no empty directories");
  const known = new Set(imported.copies.map(({ to }) => to));
  for (const from of wanted) {
    const rest = source === "." ? `/${from}` : from.slice(source.length);
    const to = `${folder}/${target}${rest}`;
    if (!known.has(to)) imported.copies.push({ from, to, place });
  }
  return { path: target, kind };
}

/** Where it stands beside the definition: as beside the document, unless something else has to stand there. */
function targetOf(source: string, base: string): string {
  if (source === "." || source === base) return WHOLE;
  const below = base === "" ? source : source.startsWith(`${base}/`) ? source.slice(base.length + 1) : lastPart(source);
  return /^(?:image|module)\.ya?ml(?:\/|$)/.test(below) ? `${WHOLE}/${below}` : below;
}
