import type { Finding } from "../model/finding.js";
import { type Palette, PLAIN } from "./palette.js";
import { table } from "./text.js";

export function doctorText(findings: readonly Finding[], isReady: boolean, palette: Palette = PLAIN): string {
  const rows = findings.map(({ what, ok, found, advice }) => [
    ok ? palette.success("ok") : palette.failure("missing"),
    what,
    advice ? `${found}: ${advice}` : found,
  ]);
  const verdict = isReady ? palette.success("can build images") : palette.failure("cannot build images yet");
  return `${table(rows)}\n\nThis machine ${verdict}.\n`;
}
