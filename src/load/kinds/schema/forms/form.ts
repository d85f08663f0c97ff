/** An anchored pattern with its meaning in words, as it continues "`x` must be …". */
export interface Form {
  readonly pattern: string;
  readonly patternErrorMessage: string;
  readonly maxLength?: number;
}

/*
 * First line of defence against text that would become something else where it ends: an option (`-` in front), another
 * Containerfile instruction (line breaks), a reference to a variable (`$`), another path (`..`), or text that a reviewer
 * sees differently than the machine does (bidirectional controls, CVE-2021-42574). Compiled with the flag `u`, so the
 * last range matches lone surrogates only.
 */
export const HIDDEN = "\\u0080-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff";
export const CONTROL = "\\u0000-\\u001f\\u007f";
/** Control characters except tab and line feed. */
export const CONTROL_IN_TEXT = "\\u0000-\\u0008\\u000b-\\u001f\\u007f";
