import { isAscii } from "node:buffer";
import { type Diagnostic, errorAt, type Place } from "../../model/diagnostic.js";
import type { Lock, LockedImage } from "../../model/lock.js";
import type { ImageName } from "../../model/names.js";
import { YamlSource } from "../yaml/source.js";
import { type Flaw, isFlaw, readEntry } from "./lock-entry.js";
import { type FoundBase, type Head, indexEntries, readHead, type Span } from "./lock-index.js";

const HINT = "`slipway lock` writes it anew";

export interface LockDocument {
  readonly kind: "lock";
  readonly source: YamlSource;
  /** undefined: the diagnostics say why. */
  readonly result: Lock | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads slipway.lock. Its form is that of `lockText` to the letter: strict reading is fast reading. Only the
 * beginnings of entries are found here; each entry is read when it is needed.
 */
export function readLock(path: string, content: Buffer): LockDocument {
  // Then a character is a byte, and making the text takes no time.
  const source = new YamlSource(path, isAscii(content) ? content.toString("latin1") : "");
  const rejected = (flaw: Flaw): LockDocument => {
    return { kind: "lock", source, result: undefined, diagnostics: [diagnosticOf(flaw, source)] };
  };
  if (source.text === "") return rejected({ offset: 0, message: "it must be text of ASCII characters" });
  const head = readHead(source.text);
  if (isFlaw(head)) return rejected(head);
  const entries = indexEntries(source.text, head.entries);
  if (isFlaw(entries)) return rejected(entries);
  return { kind: "lock", source, result: new LockFile(source, head, entries), diagnostics: [] };
}

const diagnosticOf = ({ offset, message }: Flaw, source: YamlSource) =>
  errorAt(source.atOffset(offset), "lock-syntax", message, HINT);

class LockFile implements Lock {
  readonly bases: ReadonlyMap<string, FoundBase>;
  readonly wanted: readonly ImageName[];
  readonly #source: YamlSource;
  readonly #entries: ReadonlyMap<ImageName, Span>;
  readonly #read = new Map<ImageName, LockedImage | Diagnostic>();

  constructor(source: YamlSource, { bases, wanted }: Head, entries: ReadonlyMap<ImageName, Span>) {
    this.bases = bases;
    this.wanted = wanted;
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
      const entry = readEntry(this.#source.text, span);
      read = isFlaw(entry) ? diagnosticOf(entry, this.#source) : entry;
      this.#read.set(image, read);
    }
    return read;
  }
}
