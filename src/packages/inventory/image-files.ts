/** The files of an image that may tell what is installed. Nothing in them can be trusted to be well formed. */
export interface ImageFiles {
  /** Absolute, as the image itself would find them, sorted: files for which isWanted is true, and directories of that kind. */
  readonly paths: readonly string[];
  /** The first `limit` bytes of a file as text, with links followed inside of the image; undefined: there is no such file. */
  read(path: string, limit: number): string | undefined;
}

/** Bytes of a package manager's database: more than is read of any image, so that none can hide behind what is cut off. */
export const DATABASE_LIMIT = 512 << 20;
/** Bytes of what one package says of itself. */
export const PACKAGE_LIMIT = 1 << 20;

/** Longest name or version that is passed on; no package manager knows longer ones. */
const MAX_TEXT = 256;
/** The most that one package can need or provide. */
const MAX_NAMES = 5000;

/** A value as text of one line; undefined: it is none. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const line = value.trim().slice(0, MAX_TEXT).replace(/\s+/g, " ");
  return line === "" ? undefined : line;
}

/** Each name once, in order. */
export function namesOf(names: Iterable<string | undefined>): string[] {
  const unique = new Set<string>();
  for (const name of names) if (name !== undefined && name !== "" && unique.size < MAX_NAMES) unique.add(name);
  return [...unique];
}

/** Requirements of which each names one package. */
export const plainly = (names: Iterable<string | undefined>) => namesOf(names).map((name) => [name]);
