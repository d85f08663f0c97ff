import { table } from "./text.js";

/** One thing that building needs, or that the catalogue should have. */
export interface DoctorFinding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do about it, or what it costs. */
  readonly advice?: string | undefined;
}

export function doctorText(findings: readonly DoctorFinding[], isReady: boolean): string {
  const rows = findings.map(({ what, ok, found, advice }) => [
    ok ? "ok" : "missing",
    what,
    advice ? `${found}: ${advice}` : found,
  ]);
  return `${table(rows)}\n\nThis machine ${isReady ? "can build images" : "cannot build images yet"}.\n`;
}
