import type { LockedBase } from "../../model/lock.js";
import { asciiJson } from "../../model/lock-syntax.js";
import type { Digest, ImageName, Platform } from "../../model/names.js";
import { type Flaw, flawAt, matchAt } from "./lock-entry.js";

const IMAGE = "[a-z0-9][a-z0-9._-]{0,254}";
const DIGEST = "sha256:[0-9a-f]{64}";

const KIND = "kind: Lock\n";
const BASE = new RegExp(
  `  - (\\{"ref":"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,511}","digest":"${DIGEST}","platforms":\\{(?:"[a-z0-9]+/[a-z0-9_]+(?:/[a-z0-9]+)?":"${DIGEST}",?)*\\}\\})\\n`,
  "y",
);
const ENTRY = new RegExp(`  (${IMAGE}):\\n    made-from: ([0-9a-f]{64})\\n`, "y");
const NAME = new RegExp(`  ${IMAGE}:\\n`, "y");
const WANTED = new RegExp(`wanted: \\[(${IMAGE}(?:, ${IMAGE})*)\\]\\n`, "y");
/** An entry's second line, by which the next entry is found. */
const SECOND = "\n    made-from: ";

/** The place of an entry in the text. */
export interface Span {
  readonly start: number;
  /** After `made-from`. */
  readonly body: number;
  readonly end: number;
  readonly madeFrom: string;
}

export interface FoundBase extends LockedBase {
  readonly start: number;
}

/** The text before the entries, and where these begin. */
export interface Head {
  readonly bases: ReadonlyMap<string, FoundBase>;
  readonly wanted: readonly ImageName[];
  readonly entries: number;
}

export function readHead(text: string): Head | Flaw {
  let at = text.startsWith("#") ? text.indexOf("\n") + 1 : 0;
  if (!text.startsWith(KIND, at)) return flawAt(text, at, "it must begin with `kind: Lock`");
  at += KIND.length;
  const bases = new Map<string, FoundBase>();
  if (text.startsWith("bases: []\n", at)) at += "bases: []\n".length;
  else if (text.startsWith("bases:\n", at)) {
    at += "bases:\n".length;
    let last = "";
    for (let line = matchAt(BASE, text, at); line; line = matchAt(BASE, text, at)) {
      const base = readBase(line[1] as string, at);
      if (base === undefined || base.ref <= last) return flawAt(text, at, "bases and their platforms must be sorted");
      last = base.ref;
      bases.set(base.ref, base.base);
      at += line[0].length;
    }
    if (bases.size === 0 || text.startsWith("  ", at))
      return flawAt(text, at, "this is not a base as `slipway lock` writes it");
  } else return flawAt(text, at, "`bases` must stand here");
  const line = matchAt(WANTED, text, at);
  const wanted = (line?.[1]?.split(", ") ?? []) as ImageName[];
  if (wanted.some((name, index) => index > 0 && name <= (wanted[index - 1] as string)))
    return flawAt(text, at, "the names of `wanted` must be sorted");
  at += line?.[0].length ?? 0;
  if (text.startsWith("images: {}\n", at)) return { bases, wanted, entries: at + "images: {}\n".length };
  if (text.startsWith("images:\n", at)) return { bases, wanted, entries: at + "images:\n".length };
  return flawAt(text, at, "`images` must stand here");
}

/** undefined: its platforms do not have the form in which they are written. */
function readBase(json: string, start: number): { readonly ref: string; readonly base: FoundBase } | undefined {
  if (json.includes(",}")) return undefined;
  const { ref, digest, platforms } = JSON.parse(json) as {
    ref: string;
    digest: Digest;
    platforms: Readonly<Record<Platform, Digest>>;
  };
  const pairs = Object.entries(platforms) as [Platform, Digest][];
  const sorted = Object.fromEntries([...pairs].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (asciiJson({ ref, digest, platforms: sorted }) !== json) return undefined;
  return { ref, base: { digest, platforms: new Map(pairs), start } };
}

/** Where the entries begin and end; anything else between two of them is found when the first of them is read. */
export function indexEntries(text: string, start: number): Map<ImageName, Span> | Flaw {
  const entries = new Map<ImageName, Span>();
  if (start === text.length && text.endsWith("images:\n")) return flawAt(text, start, "");
  let last = "";
  for (let at = start; at < text.length; ) {
    const line = matchAt(ENTRY, text, at);
    if (line === null) return entryFlaw(text, at);
    const [all, name = "", madeFrom = ""] = line;
    if (name <= last)
      return flawAt(text, at, name === last ? `\`${name}\` stands here again` : "images must be sorted");
    const body = at + all.length;
    const next = text.indexOf(SECOND, body);
    const end = next < 0 ? text.length : text.lastIndexOf("\n", next - 1) + 1;
    if (end < body) return flawAt(text, body, "`packages` must stand here");
    entries.set(name as ImageName, { start: at, body, end, madeFrom });
    last = name;
    at = end;
  }
  return entries;
}

function entryFlaw(text: string, at: number): Flaw {
  const name = matchAt(NAME, text, at);
  if (name === null) return flawAt(text, at, "this is not an image's entry as `slipway lock` writes it");
  return flawAt(text, at + name[0].length, "`made-from` and 64 hexadecimal digits must stand here");
}
