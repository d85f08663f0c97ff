/** Random numbers that a seed (32 bits) gives again: mulberry32, by Tommy Ettinger, in the public domain. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0 and less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, but not including, a bound. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** Spread evenly over orders of magnitude. */
  between(low: number, high: number): number {
    return Math.round(low * (high / low) ** this.next());
  }

  isTrue(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of some values, of which there is at least one. */
  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}
