import { setImmediate as settle } from "node:timers/promises";
import type { ImageName } from "../../src/model/names.js";
import { type ClaimStore, RegistryError } from "../../src/model/registry.js";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that passes only when a test lets it. */
export class FakeTime {
  now = 0;
  readonly #sleepers = new Set<Sleeper>();

  readonly sleep = (seconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const stop = () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      };
      const wake = () => {
        signal.removeEventListener("abort", stop);
        resolve();
      };
      const sleeper = { until: this.now + seconds, wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", stop);
    });

  async pass(seconds: number): Promise<void> {
    const end = this.now + seconds;
    for (;;) {
      // Lets everything that is not asleep go on until it sleeps.
      for (let turn = 0; turn < 5; turn += 1) await settle();
      const next = [...this.#sleepers].sort((a, b) => a.until - b.until)[0];
      if (next === undefined || next.until > end) break;
      this.#sleepers.delete(next);
      this.now = next.until;
      next.wake();
    }
    this.now = end;
  }
}

/** Claims in memory. */
export class FakeClaimStore implements ClaimStore {
  readonly delay = 0.1;
  readonly texts = new Map<string, string>();
  writes = 0;
  /** Why every request fails. */
  refusal: string | undefined;

  async readClaim(name: ImageName, tag: string): Promise<string | undefined> {
    this.#refuse();
    return this.texts.get(`${name}:${tag}`);
  }

  async writeClaim(name: ImageName, tag: string, text: string): Promise<void> {
    this.writes += 1;
    this.#refuse();
    this.texts.set(`${name}:${tag}`, text);
  }

  async removeClaim(name: ImageName, tag: string): Promise<void> {
    this.#refuse();
    this.texts.delete(`${name}:${tag}`);
  }

  #refuse(): void {
    if (this.refusal !== undefined) throw new RegistryError(this.refusal);
  }
}
