import type {
  GateBuild,
  GateImage,
  GateReport,
  PackageChange,
  ReportDiagnostic,
  RequiredApproval,
} from "../model/gate.js";
import { GATE_LIMITS as MAX } from "../model/gate-limits.js";
import type { Reason } from "../model/plan.js";
import { shorten } from "./markdown.js";
import { printable } from "./printable.js";

/** The text of report.json, in the form and within the limits that load/kinds/report.ts accepts. */
export function reportJson(report: GateReport): string {
  const bounded = boundReport(report);
  const attempts: ((image: GateImage) => GateImage)[] = [
    (image) => image,
    (image) => ({ ...image, containerfile: "" }),
    (image) => ({ ...image, containerfile: "", packages: { added: [], removed: [], changed: [] } }),
  ];
  let text = "";
  for (const smaller of attempts) {
    text = `${JSON.stringify({ ...bounded, images: bounded.images.map(smaller) })}\n`;
    if (Buffer.byteLength(text) <= MAX.bytes) break;
  }
  return text;
}

function boundReport(report: GateReport): GateReport {
  const { conflicts, images, unchanged, requirements } = report;
  return {
    ...report,
    conflicts: conflicts.slice(0, MAX.conflicts).map(boundPath),
    images: images.map(boundImage),
    unchanged: unchanged.slice(0, MAX.unchanged),
    diagnostics: boundDiagnostics(report.diagnostics),
    requirements: requirements?.slice(0, MAX.requirements).map(boundRequired) ?? null,
  };
}

function boundImage(image: GateImage): GateImage {
  const { reasons, packages, containerfile, build } = image;
  return {
    ...image,
    reasons: reasons.slice(0, MAX.reasons).map(boundReason),
    packages: {
      added: packages.added.slice(0, MAX.packages).map(boundPackage),
      removed: packages.removed.slice(0, MAX.packages).map(boundPackage),
      changed: packages.changed.slice(0, MAX.packages).map(boundPackage),
    },
    containerfile: shorten(containerfile, MAX.diff),
    build: build && boundBuild(build),
  };
}

/** Of a long path, keeps the cause and the last steps. */
function boundReason({ code, detail, via }: Reason): Reason {
  const way = via.length > MAX.via ? [...via.slice(0, 1), ...via.slice(1 - MAX.via)] : via;
  return { code, detail: shorten(detail, MAX.line), via: way };
}

function boundPackage({ name, from, to }: PackageChange): PackageChange {
  const cut = (text: string | null) => (text === null ? null : shorten(text, MAX.line));
  return { name: shorten(name, MAX.line), from: cut(from), to: cut(to) };
}

function boundBuild(build: GateBuild): GateBuild {
  const { error } = build;
  if (error === null) return build;
  const tail = error.tail.slice(-MAX.tail).map((line) => shorten(line, MAX.line));
  return { ...build, error: { code: error.code, message: shorten(error.message, MAX.message), tail } };
}

/** If there are too many, keeps errors rather than warnings. */
function boundDiagnostics(diagnostics: readonly ReportDiagnostic[]): ReportDiagnostic[] {
  const rest = diagnostics.length - MAX.diagnostics;
  if (rest <= 0) return diagnostics.map(boundDiagnostic);
  const rank = ({ severity }: ReportDiagnostic) => (severity === "error" ? 0 : 1);
  const kept = diagnostics.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX.diagnostics - 1);
  const last = { ...(kept.at(-1) as ReportDiagnostic), code: "too-many-problems", hint: null };
  const message = `only the first ${kept.length} of ${diagnostics.length} problems are in the report`;
  return [...kept, { ...last, message }].map(boundDiagnostic);
}

function boundDiagnostic(diagnostic: ReportDiagnostic): ReportDiagnostic {
  const { file, message, hint } = diagnostic;
  return {
    ...diagnostic,
    file: boundPath(file),
    message: shorten(message, MAX.message),
    hint: hint === null ? null : shorten(hint, MAX.message),
  };
}

function boundRequired(required: RequiredApproval): RequiredApproval {
  const { paths, teams, users } = required;
  return {
    ...required,
    paths: paths.slice(0, MAX.paths).map(boundPath),
    teams: teams.slice(0, MAX.owners),
    users: users.slice(0, MAX.owners),
  };
}

/** Git allows any bytes in a name; the reader of a report accepts paths without control characters only. */
function boundPath(path: string): string {
  const inside = printable(path)
    .replace(/^\/+/, "")
    .split("/")
    .map((part) => (part === ".." ? "…" : part))
    .join("/");
  return inside === "" ? "." : shorten(inside, MAX.path);
}
