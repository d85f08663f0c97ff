import type { Finding } from "../model/finding.js";
import { table } from "./text.js";

export function doctorText(findings: readonly Finding[], isReady: boolean): string {
  const rows = findings.map(({ what, ok, found, advice }) => [
    ok ? "ok" : "missing",
    what,
    advice ? `${found}: ${advice}` : found,
  ]);
  return `${table(rows)}\n\nThis machine ${isReady ? "can build images" : "cannot build images yet"}.\n`;
}
