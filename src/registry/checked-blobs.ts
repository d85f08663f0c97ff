import type { BigIntStats } from "node:fs";
import type { Digest } from "../model/names.js";
import { readCacheSync, writeCache } from "../system/cache-file.js";

/** A file as it was when it was hashed: whoever writes to it changes one of these. */
const identityOf = ({ ino, size, mtimeNs, ctimeNs }: BigIntStats) => `${ino} ${size} ${mtimeNs} ${ctimeNs}`;

const FORMAT = "checked blobs 1";

type Verdict = "whole" | "damaged";

/** `VERDICT INODE SIZE MTIME CTIME`. */
const LINE = /^(whole|damaged) (\d+ \d+ \d+ \d+)$/;

/**
 * What the hashes of a layout's blobs were when they were last computed, so that a blob that nobody has written to since costs a stat.
 * A disk that loses bits changes no time: only reading everything notices that (`slipway verify --registry`). The file is a cache, and one that
 * is missing or makes no sense counts as empty.
 */
export class CheckedBlobs {
  readonly #file: string | undefined;
  #read: Map<Digest, string> | undefined;
  /** What this process has found out since it wrote the file. */
  readonly #news = new Map<Digest, string>();

  /** `file`: an absolute path outside of the layout; left out: nothing outlives this process. */
  constructor(file?: string) {
    this.#file = file;
  }

  verdict(digest: Digest, stats: BigIntStats): Verdict | undefined {
    const [, verdict, identity] = LINE.exec(this.#known().get(digest) ?? "") ?? [];
    return identity === identityOf(stats) ? (verdict as Verdict) : undefined;
  }

  /** Whether somebody has written to a file since it was whole. A copy that keeps the time counts as the same. */
  isWritten(digest: Digest, stats: BigIntStats): boolean {
    const [, verdict, identity = ""] = LINE.exec(this.#known().get(digest) ?? "") ?? [];
    const [, size, written] = identity.split(" ");
    return verdict === "whole" && (size !== String(stats.size) || written !== String(stats.mtimeNs));
  }

  set(digest: Digest, stats: BigIntStats, verdict: Verdict): void {
    const line = `${verdict} ${identityOf(stats)}`;
    this.#known().set(digest, line);
    this.#news.set(digest, line);
  }

  /** A file that was linked and unlinked by us has another time of change, and still the content that was hashed. */
  renew(digest: Digest, stats: BigIntStats): void {
    const [, verdict, identity = ""] = LINE.exec(this.#known().get(digest) ?? "") ?? [];
    const withoutChange = (text: string) => text.split(" ").slice(0, 3).join(" ");
    if (verdict === "whole" && withoutChange(identity) === withoutChange(identityOf(stats)))
      this.set(digest, stats, verdict);
  }

  /** Adds the news to what other processes have written meanwhile. What cannot be written is hashed again. */
  async save(): Promise<void> {
    if (this.#file === undefined || this.#news.size === 0) return;
    const all = new Map([...readVerdicts(this.#file), ...this.#news]);
    this.#news.clear();
    await writeCache(this.#file, FORMAT, Object.fromEntries(all));
  }

  #known(): Map<Digest, string> {
    this.#read ??= this.#file === undefined ? new Map() : readVerdicts(this.#file);
    return this.#read;
  }
}

const readVerdicts = (file: string): Map<Digest, string> =>
  new Map(Object.entries(readCacheSync<Record<Digest, string>>(file, FORMAT) ?? {}) as [Digest, string][]);
