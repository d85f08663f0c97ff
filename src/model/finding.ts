/** One thing that building needs of a machine, or that a catalogue should have. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do about it, or what it costs. */
  readonly advice?: string | undefined;
}
