import type { ManifestContent, ManifestProblem, ManifestRequest } from "../../model/manifest.js";

/** Collects the requests and problems that a reader finds. */
export class Findings implements ManifestContent {
  readonly requests: ManifestRequest[] = [];
  readonly problems: ManifestProblem[] = [];

  problem(line: number, column: number, message: string, hint: string): void {
    // More problems have one cause: the file may be no package manifest.
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ line, column, message, hint });
  }
}

const MAX_PROBLEMS = 100;
/** Gives line and column, from 1, of offsets in a text, for readers that work on the whole text. */
export class Places {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  at(offset: number): { readonly line: number; readonly column: number } {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}
