import type { Position } from "../../model/diagnostic.js";
import type { Copied, Imported, NearbyFiles } from "./imported.js";
import type { Notes } from "./notes.js";
import { beside, lastPart } from "./paths.js";

/** Files of one import: more than these are not part of an image's definition. */
const MAX_COPIES = 10_000;
/**
 * Where the folder of a document goes when it is copied as a whole: nothing beside the definition may be in its way.
 */
const WHOLE = "files";

export interface DocumentCopy {
  /** As the document says it, relative to `base`. */
  readonly path: string;
  /** The folder of the file that names the path, relative to the document's; left out: the document's. */
  readonly base?: string;
  /** The folder of the definition, relative to the catalogue. */
  readonly folder: string;
  readonly place: Position;
  /** Its name there; left out: the same as beside the document. */
  readonly into?: string;
  /** Paths that are left out; relative to the document's folder. */
  readonly isIgnored?: (path: string) => boolean;
}

export interface CopyTools {
  readonly files: NearbyFiles;
  readonly imported: Imported;
  readonly notes: Notes;
}

/**
 * Copies a file or directory beside the document into a definition's folder. Returns its path there; undefined, with
 * an error, if it is missing or leads out of the document's folder.
 */
export function copyNearby(request: DocumentCopy, tools: CopyTools): Copied | undefined {
  const { path, base = "", folder, place } = request;
  const { files, imported, notes } = tools;
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
  const target = request.into ?? targetOf(source, base);
  if (kind === "file") {
    imported.copies.set(`${folder}/${target}`, { from: source, place });
    return { path: target, kind };
  }
  const key = `${folder}/${target}`;
  const known = imported.folders.get(key);
  if (known !== undefined) return known;
  const copied = copyFolder(source, key, request, tools) ? { path: target, kind } : undefined;
  imported.folders.set(key, copied);
  return copied;
}

function copyFolder(source: string, to: string, request: DocumentCopy, { files, imported, notes }: CopyTools): boolean {
  const { path, place, isIgnored = () => false } = request;
  const content = files.below(source);
  for (const link of content.outside)
    notes.error(place, `\`${link}\` is a link that leads out of the document's folder`, "copy what it points to");
  const wanted = content.files.filter((file) => !isIgnored(file));
  if (wanted.length > MAX_COPIES) {
    notes.error(place, `\`${path}\` has ${wanted.length} files; at most ${MAX_COPIES} are copied`);
    return false;
  }
  if (wanted.length === 0) notes.error(place, `there are no files in \`${path}\``, "Git keeps no empty directories");
  for (const from of wanted) {
    const rest = source === "." ? `/${from}` : from.slice(source.length);
    imported.copies.set(to + rest, { from, place });
  }
  return true;
}

/** Its path beside the definition: as beside the document, unless something else has to be there. */
function targetOf(source: string, base: string): string {
  if (source === "." || source === base) return WHOLE;
  const below = base === "" ? source : source.startsWith(`${base}/`) ? source.slice(base.length + 1) : lastPart(source);
  return /^(?:image|module)\.ya?ml(?:\/|$)/.test(below) ? `${WHOLE}/${below}` : below;
}
