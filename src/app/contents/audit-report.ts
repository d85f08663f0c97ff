import { lineOf } from "../../model/diagnostic.js";
import type { AuditReport, AuditReportFinding } from "../../report/audit-text.js";
import type { Audit, AuditedFinding } from "./audit.js";

/** An audit as a document: --json prints it, and the text is made from it. */
export function auditReport({ images, advisories, blind }: Audit): AuditReport {
  return {
    images: images.map(({ contents, version, findings }) => ({
      image: contents.image,
      version,
      from: contents.from,
      findings: findings.map(findingOf),
    })),
    unknown: images.flatMap(({ contents }) => (contents.from === "unknown" ? [contents.image] : [])).sort(),
    blind,
    advisories: { count: advisories.count, newest: advisories.newest },
  };
}

/** Whether a finding that the policy enforces is in some image, and nobody has accepted it. */
export const isRefused = ({ images }: Audit) =>
  images.some(({ findings }) => findings.some(({ diagnostic }) => diagnostic?.severity === "error"));

function findingOf({ waiver, origin, ...finding }: AuditedFinding): AuditReportFinding {
  const { id, aliases, rating, level, summary, package: found, fixedIn } = finding;
  const { type, name, version, source, place } = found;
  return {
    id,
    aliases,
    rating,
    level,
    summary,
    package: { type, name, version, ...(source ? { source } : {}), place },
    fixedIn: fixedIn ?? null,
    broughtBy: origin.image,
    at: lineOf(origin.at()),
    waived: waiver ? { owner: waiver.owner, reason: waiver.reason, expires: waiver.expires } : null,
  };
}
