/** What one part of the benchmark is given. */
export interface PartInput {
  /** A directory of its own, removed afterwards. */
  readonly directory: string;
  /** A line of progress. */
  readonly say: (text: string) => void;
}

export interface PartResult {
  /** What was measured, and the goals. */
  readonly intro: string;
  /** Markdown. */
  readonly tables: readonly string[];
}

/** A part of the benchmark that can be run by itself. */
export interface Part {
  readonly title: string;
  /** Throws where a contestant fails or gives a wrong answer: then there is nothing to compare. */
  run(input: PartInput): PartResult | Promise<PartResult>;
}
