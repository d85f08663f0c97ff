import type { Context } from "../context.js";
import type { ExitCode } from "../exit.js";

/** An option on the command line, and the type of its value. */
export interface VerbOption<T> {
  /** As commander writes them: `-j, --jobs <n>`. */
  readonly flags: string;
  readonly description: string;
  /** All values that there are, for completion in shells. */
  readonly values?: ValueList;
  /** Throws InvalidArgumentError. */
  readonly parse?: (text: string) => T;
}

/** Words, or a function that imports them. */
export type ValueList = readonly string[] | (() => Promise<readonly string[]>);

export type VerbOptions = Readonly<Record<string, VerbOption<unknown>>>;

/** The values of options, by the names of their declarations. An option that is not given has no value. */
export type OptionValues<O extends VerbOptions> = {
  readonly [K in keyof O]?: O[K] extends VerbOption<infer T> ? T : never;
};

/** The type of the one argument in a usage line: `<images...>`, `[images...]`, `<image>`, `[kind]` or none. */
type Argument<Usage extends string> = Usage extends `${string}...${string}`
  ? readonly string[]
  : Usage extends `${string}<${string}<${string}`
    ? readonly [string, string]
    : Usage extends `${string}<${string}`
      ? string
      : Usage extends `${string}[${string}`
        ? string | undefined
        : undefined;

/** A call that works as it is printed. `test/cli/examples.test.ts` runs it. */
export interface Example {
  /** As typed: `slipway build`. */
  readonly command: string;
  /** What it does, beginning in lower case. */
  readonly says: string;
}

/** What every verb has. */
interface VerbText {
  readonly description: string;
  /** It makes a catalogue where it is run, so none is looked for in the directories above. */
  readonly isForNew?: true;
  /** For its help, docs/cli.md and the manual pages. They name images of the reference catalogue. */
  readonly examples: readonly [Example, Example, ...Example[]];
  /** Its output may be long, and all of it comes at the end: on a terminal it is shown by a pager. */
  readonly isPaged?: true;
  /** Shown below the options. */
  readonly help?: string;
  /** Pairs of options that exclude each other, in the words of the command line: `--check`. */
  readonly exclusive?: readonly (readonly [Flag, Flag])[];
}

type Flag = `--${string}`;

interface Declaration<Usage extends string, O extends VerbOptions> extends VerbText {
  /** The verb and its argument. */
  readonly usage: Usage;
  readonly options: O;
  /**
   * Does it. What only this verb needs is imported in here, when it runs: imports are most of a short command's time.
   * Throws the errors of the table in exit.ts.
   */
  run(context: Context, options: OptionValues<O>, argument: Argument<Usage>): Promise<ExitCode>;
}

/** A command of Slipway as its file in this folder declares it. */
export interface Verb extends VerbText {
  readonly usage: string;
  readonly options: VerbOptions;
  run(context: Context, options: object, argument: unknown): Promise<ExitCode>;
}

/** A part of `slipway --help`. */
export interface VerbSection {
  readonly heading: string;
  readonly verbs: readonly (Verb | VerbGroup)[];
}

/** Verbs that are called by two words, such as `policy test`. */
export interface VerbGroup {
  readonly name: string;
  readonly description: string;
  readonly verbs: readonly Verb[];
}

/** Checks what a verb does with its options and its argument against their declarations. */
export function defineVerb<const Usage extends string, O extends VerbOptions>(verb: Declaration<Usage, O>): Verb {
  return verb;
}
