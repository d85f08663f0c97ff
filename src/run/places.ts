interface Waiting {
  readonly rank: () => number;
  readonly start: () => void;
}

/** Places for actions at the same time. Which of those that wait is next is asked when a place becomes free. */
export class Places {
  #free: number;
  readonly #waiting: Waiting[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs an action when there is a place for it: the lowest rank first, of equal ranks the first that came. */
  async run<T>(rank: () => number, action: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      this.#waiting.push({ rank, start });
      this.#fill();
    });
    try {
      return await action();
    } finally {
      this.#free += 1;
      this.#fill();
    }
  }

  #fill(): void {
    while (this.#free > 0 && this.#waiting.length > 0) {
      const ranks = this.#waiting.map(({ rank }) => rank());
      const [next] = this.#waiting.splice(ranks.indexOf(Math.min(...ranks)), 1);
      this.#free -= 1;
      next?.start();
    }
  }
}
