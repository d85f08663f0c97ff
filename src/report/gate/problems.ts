import type { GateImage, GateReport, ReportDiagnostic } from "../../model/gate.js";
import { moreRows, type Section } from "../fit.js";
import { code, fenced } from "../markdown.js";
import { failures } from "./facts.js";

/** The last lines of a log: the cause is hardly ever further up. */
const MAX_TAIL = 20;
const MAX_PATH = 300;

/** Errors, then warnings. */
export function problemSection({ diagnostics }: GateReport): Section {
  const rank = ({ severity }: ReportDiagnostic) => (severity === "error" ? 0 : 1);
  return {
    name: "problems",
    open: "**Problems**\n\n",
    items: diagnostics.toSorted((a, b) => rank(a) - rank(b)).map(problem),
    close: "",
    shrink: "rows",
    rest: moreRows("problem"),
  };
}

function problem({ severity, code: name, file, line, column, message, hint }: ReportDiagnostic): string {
  const place = `${file}:${line}:${column}`;
  const first = `- ${severity === "error" ? "❌" : "⚠️"} ${code(place, MAX_PATH)} ${code(name, MAX_PATH)}: ${code(message)}`;
  return hint === null ? first : `${first}<br>hint: ${code(hint)}`;
}

export function conflictSection({ conflicts }: GateReport): Section {
  return {
    name: "conflicts",
    open: "**Conflicts** with the base branch, to be resolved first\n\n",
    items: conflicts.map((path) => `- ${code(path, MAX_PATH)}`),
    close: "",
    shrink: "rows",
    rest: moreRows("file"),
  };
}

/** Failed builds with the last lines of their logs. */
export function failureSection(report: GateReport): Section {
  return {
    name: "failed builds",
    open: "**Failed builds**\n\n",
    items: failures(report).map((image, index) => `${index > 0 ? "\n" : ""}${failure(image)}`),
    close: "",
    shrink: "rows",
    rest: moreRows("failed build"),
  };
}

function failure({ image, build }: GateImage): string {
  const error = build?.error;
  const title = `❌ ${code(image, MAX_PATH)} ${code(error?.message ?? "failed")}`;
  const tail = (error?.tail ?? []).slice(-MAX_TAIL);
  return tail.length === 0 ? title : `${title}\n\n${fenced(tail, "text")}`;
}
