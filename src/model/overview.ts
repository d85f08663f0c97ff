/** Where somebody stands who works on a catalogue. */
export interface Overview {
  /** The catalogue's directory, absolute. */
  readonly directory: string;
  /** false: nothing of a catalogue is there, and the numbers are 0. */
  readonly isCatalogue: boolean;
  /** null: the directory is in no Git repository. */
  readonly git: {
    /** null: HEAD is detached. */
    readonly branch: string | null;
    /** Files in the directory that are not committed as they are. */
    readonly edits: number;
    /** The branch that changes go to; null: there is none. */
    readonly trunk: string | null;
  } | null;
  readonly images: number;
  readonly errors: number;
  readonly warnings: number;
  /** What a build would do; null: there are errors, or the registry could not be asked. */
  readonly plan: {
    readonly build: number;
    /** At most: these depend on how their parents come out. */
    readonly pending: number;
    readonly retag: number;
    readonly unchanged: number;
  } | null;
  /** Reference of the registry. */
  readonly registry: string | null;
  /** Why it could not be asked. */
  readonly registryProblem: string | null;
  /** Images whose last build failed with the same inputs, in build order. */
  readonly failed: readonly { readonly image: string; readonly message: string; readonly log: string | null }[];
}
