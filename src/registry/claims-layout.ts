import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ImageName } from "../model/names.js";
import type { ClaimStore } from "../model/registry.js";
import { replaceFile } from "../system/replace-file.js";
import { changing } from "./layout-change.js";
import type { LayoutStore } from "./layout-store.js";

/** Milliseconds, by the clock of the file system: a claim that is renewed is never nearly as old. */
const OLD = 3_600_000;

/**
 * Claims as files in the layout's directory. Files and no mutexes: builders on several machines may share it by a file system that
 * keeps no locks between them, and none of them may wait for ever for one that has gone.
 */
export class LayoutClaims implements ClaimStore {
  readonly delay = 0.01;
  readonly #store: LayoutStore;

  constructor(store: LayoutStore) {
    this.#store = store;
  }

  readClaim(name: ImageName, tag: string, signal: AbortSignal): Promise<string | undefined> {
    return changing(this.#store, { what: `read the claim of ${name}`, signal }, async () => {
      try {
        const text = await readFile(this.#file(name, tag), "utf8");
        return text === "" ? undefined : text;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    });
  }

  writeClaim(name: ImageName, tag: string, text: string, signal: AbortSignal): Promise<void> {
    return changing(this.#store, { what: `claim ${name}`, signal }, async () => {
      this.#store.check();
      await replaceFile(this.#file(name, tag), text);
    });
  }

  removeClaim(name: ImageName, tag: string, signal: AbortSignal): Promise<void> {
    return changing(this.#store, { what: `remove the claim of ${name}`, signal }, async () => {
      const file = this.#file(name, tag);
      const { mtimeMs } = await stat(file);
      await rm(file, { force: true });
      await this.#removeOld(mtimeMs - OLD);
    });
  }

  /** Removes what killed builders have left. The directory stays, because another builder may be about to write into it. */
  async #removeOld(before: number): Promise<void> {
    for (const entry of await readdir(this.#directory)) {
      const path = join(this.#directory, entry);
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && found.mtimeMs < before) await rm(path, { force: true });
    }
  }

  get #directory(): string {
    return join(this.#store.directory, ".slipway-claims");
  }

  #file(name: ImageName, tag: string): string {
    return join(this.#directory, `${name}:${tag}`);
  }
}
