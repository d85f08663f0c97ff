/** The input of one part of the benchmark. */
export interface PartInput {
  /** A directory for this part only, removed afterwards. */
  readonly directory: string;
  /** Prints a line of progress. */
  readonly say: (text: string) => void;
}

export interface PartResult {
  /** Says what was measured, and the goals. */
  readonly intro: string;
  /** Markdown. */
  readonly tables: readonly string[];
}

/** A part of the benchmark that can be run on its own. */
export interface Part {
  readonly title: string;
  /** Throws if a contestant fails or gives a wrong answer, because there is nothing to compare then. */
  run(input: PartInput): PartResult | Promise<PartResult>;
}
