import { type Palette, PLAIN } from "./palette.js";
import { table } from "./text.js";

/** One thing that building needs, or that the catalogue should have. */
export interface DoctorFinding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do about it, or what it costs. */
  readonly advice?: string | undefined;
}

export function doctorText(findings: readonly DoctorFinding[], isReady: boolean, palette: Palette = PLAIN): string {
  const rows = findings.map(({ what, ok, found, advice }) => [
    ok ? palette.success("ok") : palette.failure("missing"),
    what,
    advice ? `${found}: ${advice}` : found,
  ]);
  const verdict = isReady ? palette.success("can build images") : palette.failure("cannot build images yet");
  return `${table(rows)}\n\nThis machine ${verdict}.\n`;
}
