import { setTimeout as wait } from "node:timers/promises";
import type { BuildKey, ImageName } from "../model/names.js";
import { type ClaimStore, RegistryError } from "../model/registry.js";
import { claimTag } from "../model/tags.js";

/** Seconds between two renewals of a claim. */
const BEAT = 5;
/** Seconds after which a claim that nobody has renewed is void. */
const VOID = 20;
/** Seconds: the longest pause between two looks at another's claim. Shorter than BEAT, so that no renewal is missed. */
const LONGEST_PAUSE = 4;
/** Renewals before texts come again: a build of any length leaves no more manifests than that. */
const BEATS = 8;
/** Seconds for all requests about one claim. */
const REQUEST_LIMIT = 10;
/** Failures after which no claims are made any more. */
const MOST_FAILURES = 3;

/** An image that this builder has claimed. */
export interface Claim {
  /** Never rejects: a claim that stays is void soon. */
  release(): Promise<void>;
}

export interface ClaimsOptions {
  readonly store: ClaimStore;
  /** Letters and digits: the same for all runs on one state directory, and for no others. */
  readonly builder: string;
  /** Seconds after which another's claim is disregarded, however often it is renewed. */
  readonly patience: number;
  /** Seconds since some fixed moment; never set back. */
  readonly clock: () => number;
  /** Left out: real time. Rejects when the signal is aborted. */
  readonly sleep?: (seconds: number, signal: AbortSignal) => Promise<void>;
}

interface Sighting {
  readonly text: string;
  readonly since: number;
  readonly count: number;
}

/**
 * Tells other builders on one registry what this one is building, and finds out what they are building. Whether a claim still stands is told by
 * its text, which the builder changes all the time: the only clock is that of whoever looks. Two builders may hold the same claim, or a
 * registry may refuse claims: then an image is built twice, and whichever is published first stays.
 */
export class Claims {
  readonly #options: ClaimsOptions;
  readonly #sleep: NonNullable<ClaimsOptions["sleep"]>;
  /** What was seen of others' claims, by NAME:TAG. */
  readonly #seen = new Map<string, Sighting>();
  /** Claims that have stood for too long. */
  readonly #disregarded = new Set<string>();
  #failures = 0;
  #met = false;

  constructor(options: ClaimsOptions) {
    this.#options = options;
    this.#sleep = options.sleep ?? realSleep;
  }

  /** Whether another builder's claim was seen. */
  get hasMetOthers(): boolean {
    return this.#met;
  }

  /** Claims an image; "taken": another builder is building it. Where the registry takes no claims, it is as if there were no others. */
  async take(name: ImageName, key: BuildKey, signal: AbortSignal): Promise<Claim | "taken"> {
    if (this.#failures >= MOST_FAILURES) return UNSAID;
    const { store, clock } = this.#options;
    const tag = claimTag(key);
    const claimed = await this.#attempt(signal, async (limited) => {
      if (await this.#stands(name, tag, limited)) return "taken";
      const started = clock();
      await store.writeClaim(name, tag, this.#text(0), limited);
      // Whoever read before this was written has written by now, and the last one has it.
      await this.#sleep(store.delay + 2 * (clock() - started), limited);
      return (await this.#stands(name, tag, limited)) ? "taken" : "mine";
    });
    if (claimed === undefined) return UNSAID;
    return claimed === "taken" ? claimed : this.#hold(name, tag);
  }

  /** Resolves when the image's claim has ended, is void or has stood for too long, and when the signal is aborted. */
  async ended(name: ImageName, key: BuildKey, signal: AbortSignal): Promise<void> {
    const { clock, patience } = this.#options;
    const tag = claimTag(key);
    const started = clock();
    while (!signal.aborted) {
      if (!(await this.#attempt(signal, (limited) => this.#stands(name, tag, limited)))) return;
      const waited = clock() - started;
      if (waited > patience) this.#disregarded.add(`${name}:${tag}`);
      // A tenth of the time that it has taken anyway.
      await this.#sleep(Math.min(LONGEST_PAUSE, 0.2 + waited / 10), signal).catch(() => {});
    }
  }

  /** Whether another builder's claim stands. */
  async #stands(name: ImageName, tag: string, signal: AbortSignal): Promise<boolean> {
    const { store, clock } = this.#options;
    const ref = `${name}:${tag}`;
    const text = await store.readClaim(name, tag, signal);
    // One of our own is left over from a run that was killed: this run has the mutex of the key.
    if (text === undefined || this.#isOwn(text) || this.#disregarded.has(ref)) {
      this.#seen.delete(ref);
      return false;
    }
    this.#met = true;
    const before = this.#seen.get(ref);
    const seen = before?.text === text ? { ...before, count: before.count + 1 } : { text, since: clock(), count: 1 };
    this.#seen.set(ref, seen);
    // More than two looks: this process may have been stopped for a while itself.
    return seen.count < 3 || clock() - seen.since < VOID;
  }

  #hold(name: ImageName, tag: string): Claim {
    const { store } = this.#options;
    const stop = new AbortController();
    const renewed = this.#renew(name, tag, stop.signal);
    return {
      release: async () => {
        stop.abort();
        await renewed;
        await this.#attempt(NEVER, async (limited) => {
          const text = await store.readClaim(name, tag, limited);
          if (text !== undefined && this.#isOwn(text)) await store.removeClaim(name, tag, limited);
          return true;
        });
      },
    };
  }

  /** Renews a claim until the signal is aborted or another builder has taken it over. */
  async #renew(name: ImageName, tag: string, signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    for (let beat = 1; ; beat += 1) {
      await this.#sleep(BEAT, signal).catch(() => {});
      if (signal.aborted) return;
      const goesOn = await this.#attempt(NEVER, async (limited) => {
        const text = await store.readClaim(name, tag, limited);
        if (text !== undefined && !this.#isOwn(text)) return false;
        await store.writeClaim(name, tag, this.#text(beat % BEATS), limited);
        return true;
      });
      if (goesOn === false) return;
    }
  }

  /** undefined: the registry refuses or does not answer. */
  async #attempt<T>(signal: AbortSignal, action: (limited: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const limit = AbortSignal.timeout(REQUEST_LIMIT * 1000);
    try {
      const result = await action(AbortSignal.any([signal, limit]));
      this.#failures = 0;
      return result;
    } catch (error) {
      if (!(error instanceof RegistryError || limit.aborted || signal.aborted)) throw error;
      this.#failures += 1;
      return undefined;
    }
  }

  #text(beat: number): string {
    return `${this.#options.builder} ${beat}`;
  }

  #isOwn(text: string): boolean {
    return text.startsWith(`${this.#options.builder} `);
  }
}

const NEVER = new AbortController().signal;

/** Of an image that is built without a claim. */
const UNSAID: Claim = { release: async () => {} };

async function realSleep(seconds: number, signal: AbortSignal): Promise<void> {
  await wait(seconds * 1000, undefined, { signal });
}
