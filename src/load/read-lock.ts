import { isAscii } from "node:buffer";
import { type Diagnostic, errorAt, type Place } from "../model/diagnostic.js";
import type { Lock, LockedBase, LockedImage, LockedPackage } from "../model/lock.js";
import { asciiJson, isSorted, PACKAGE_JSON, packageOrder, packageProblem } from "../model/lock-syntax.js";
import type { Digest, ImageName, Platform } from "../model/names.js";
import { YamlSource } from "./yaml-source.js";

const HINT = "`slipway lock` writes it anew";
const IMAGE = "[a-z0-9][a-z0-9._-]{0,254}";
const DIGEST = "sha256:[0-9a-f]{64}";

const KIND = "kind: Lock\n";
const BASE = new RegExp(
  `  - (\\{"ref":"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,511}","digest":"${DIGEST}","platforms":\\{(?:"[a-z0-9]+/[a-z0-9_]+(?:/[a-z0-9]+)?":"${DIGEST}",?)*\\}\\})\\n`,
  "y",
);
const ENTRY = new RegExp(`  (${IMAGE}):\\n    made-from: ([0-9a-f]{64})\\n`, "y");
const NAME = new RegExp(`  ${IMAGE}:\\n`, "y");
const PACKAGE = new RegExp(`      - ${PACKAGE_JSON}\\n`, "y");
/** Characters before and after a package's JSON. */
const [BEFORE, AFTER] = ["      - ".length, "\n".length];
/** An entry's second line, by which the next entry is found. */
const SECOND = "\n    made-from: ";
const NO_PACKAGES = "    packages: []\n";
const PACKAGES = "    packages:\n";

/** Where an entry stands in the text. */
interface Span {
  readonly start: number;
  /** Behind `made-from`. */
  readonly body: number;
  readonly end: number;
  readonly madeFrom: string;
}

interface FoundBase extends LockedBase {
  readonly start: number;
}

/** What is wrong at a character of the text. */
interface Flaw {
  readonly offset: number;
  readonly message: string;
}

type Indexed = Map<ImageName, Span> | Flaw;

const isFlaw = (value: object): value is Flaw => "message" in value;

export interface LockDocument {
  readonly kind: "lock";
  readonly source: YamlSource;
  /** undefined: the diagnostics say why. */
  readonly result: Lock | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads slipway.lock. Its form is that of `lockText` to the letter: what is read quickly is read strictly. Only where entries
 * begin is looked at here; each is read when it is asked for.
 */
export function readLock(path: string, content: Buffer): LockDocument {
  // A character is a byte then, and the text takes no time to make.
  const source = new YamlSource(path, isAscii(content) ? content.toString("latin1") : "");
  const rejected = (flaw: Flaw): LockDocument => {
    return { kind: "lock", source, result: undefined, diagnostics: [diagnosticOf(flaw, source)] };
  };
  if (source.text === "") return rejected({ offset: 0, message: "it must be text of ASCII characters" });
  const head = readHead(source.text);
  if (isFlaw(head)) return rejected(head);
  const entries = indexEntries(source.text, head.entries);
  if (isFlaw(entries)) return rejected(entries);
  return { kind: "lock", source, result: new LockFile(source, head.bases, entries), diagnostics: [] };
}

const diagnosticOf = ({ offset, message }: Flaw, source: YamlSource) =>
  errorAt(source.atOffset(offset), "lock-syntax", message, HINT);

class LockFile implements Lock {
  readonly bases: ReadonlyMap<string, FoundBase>;
  readonly #source: YamlSource;
  readonly #entries: ReadonlyMap<ImageName, Span>;
  readonly #read = new Map<ImageName, LockedImage | Diagnostic>();

  constructor(source: YamlSource, bases: ReadonlyMap<string, FoundBase>, entries: ReadonlyMap<ImageName, Span>) {
    this.bases = bases;
    this.#source = source;
    this.#entries = entries;
  }

  get names(): readonly ImageName[] {
    return [...this.#entries.keys()];
  }

  find(image: ImageName): LockedImage | undefined {
    const read = this.#entry(image);
    return read === undefined || "code" in read ? undefined : read;
  }

  problem(image: ImageName): Diagnostic | undefined {
    const read = this.#entry(image);
    return read !== undefined && "code" in read ? read : undefined;
  }

  text(image: ImageName): string | undefined {
    const span = this.#entries.get(image);
    return span && this.#source.text.slice(span.start, span.end);
  }

  at(image?: ImageName): Place {
    const span = image === undefined ? undefined : this.#entries.get(image);
    return this.#source.atOffset(span ? span.start + 2 : 0);
  }

  atBase(ref: string): Place {
    return this.#source.atOffset((this.bases.get(ref)?.start ?? -4) + 4);
  }

  #entry(image: ImageName): LockedImage | Diagnostic | undefined {
    const span = this.#entries.get(image);
    if (span === undefined) return undefined;
    let read = this.#read.get(image);
    if (read === undefined) {
      const found = readEntry(this.#source.text, span);
      read = isFlaw(found) ? diagnosticOf(found, this.#source) : found;
      this.#read.set(image, read);
    }
    return read;
  }
}

function readHead(text: string): { readonly bases: Map<string, FoundBase>; readonly entries: number } | Flaw {
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
      return flawAt(text, at, "this is no base as `slipway lock` writes it");
  } else return flawAt(text, at, "`bases` must stand here");
  if (text.startsWith("images: {}\n", at)) return { bases, entries: at + "images: {}\n".length };
  if (text.startsWith("images:\n", at)) return { bases, entries: at + "images:\n".length };
  return flawAt(text, at, "`images` must stand here");
}

/** undefined: its platforms are not as they are written. */
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

/** Where the entries begin and end: whatever else stands between two of them is found when the first of them is read. */
function indexEntries(text: string, start: number): Indexed {
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
  if (name === null) return flawAt(text, at, "this is no entry of an image as `slipway lock` writes it");
  return flawAt(text, at + name[0].length, "`made-from` and 64 hexadecimal digits must stand here");
}

function readEntry(text: string, { body, end, madeFrom }: Span): LockedImage | Flaw {
  if (text.startsWith(NO_PACKAGES, body)) {
    const behind = body + NO_PACKAGES.length;
    return behind === end ? { madeFrom, packages: [] } : flawAt(text, behind, "nothing may stand here");
  }
  const start = body + PACKAGES.length;
  if (!text.startsWith(PACKAGES, body) || start === end) return flawAt(text, body, "`packages` must stand here");
  let last = "";
  for (let at = start; at < end; ) {
    const line = matchAt(PACKAGE, text, at);
    if (line === null) return flawAt(text, at, "this is no package as `slipway lock` writes it");
    const [all, why = ""] = line;
    const json = all.slice(BEFORE, -AFTER);
    // Most packages have one reason at most: what takes longer is done for the others.
    if ((why.includes(",") && !isSorted(why.split(","))) || json.includes('"@')) {
      if (packageProblem(JSON.parse(json))) return packageFlaw(json, at + BEFORE);
    }
    const order = packageOrder(json);
    if (order === last) return { offset: at + BEFORE, message: "the package stands here again" };
    if (order < last) return { offset: at + BEFORE, message: "packages must be sorted" };
    last = order;
    at += all.length;
  }
  return new LockedEntry(madeFrom, text.slice(start, end));
}

/** Objects are made of the lines when somebody wants them. */
class LockedEntry implements LockedImage {
  #packages: readonly LockedPackage[] | undefined;
  constructor(
    readonly madeFrom: string,
    readonly lines: string,
  ) {}

  get packages(): readonly LockedPackage[] {
    this.#packages ??= this.lines
      .slice(0, -AFTER)
      .split("\n")
      .map((line) => JSON.parse(line.slice(BEFORE)) as LockedPackage);
    return this.#packages;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** What is wrong with the line at an offset; `otherwise` where nothing better is known. */
function flawAt(text: string, at: number, otherwise: string): Flaw {
  const end = text.indexOf("\n", at);
  if (end < 0) return { offset: text.length, message: "the file ends in the middle" };
  const line = text.slice(at, end);
  const conflict = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/.test(line);
  if (conflict) return { offset: at, message: "a merge conflict is not resolved here" };
  const special = /[\r\t]/.exec(line);
  if (special) return { offset: at + special.index, message: "the file holds neither tabs nor carriage returns" };
  const start = /^ {6}- (?=\{)/.exec(line)?.[0].length;
  if (start !== undefined) return packageFlaw(line.slice(start), at + start);
  return { offset: at + (/^ */.exec(line)?.[0].length ?? 0), message: otherwise };
}

function packageFlaw(json: string, offset: number): Flaw {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { offset, message: "this is no JSON" };
  }
  const found = packageProblem(value as object);
  if (found === undefined)
    return { offset, message: "the members of a package have one order, without spaces between them" };
  const { member, problem } = found;
  const at = json.indexOf(`"${member}":`);
  return { offset: offset + Math.max(at, 0), message: `\`${member}\` ${problem}` };
}
