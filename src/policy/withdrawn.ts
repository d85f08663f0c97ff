import type { Withdrawal } from "../model/catalogue.js";
import type { Severity } from "../model/diagnostic.js";
import type { DiagnosticCode } from "../model/diagnostic-codes.js";

interface Problem {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly hint: string;
}

/** The problem of using a withdrawn package; an error where images that use it are refused. */
export const withdrawnProblem = (name: string, withdrawn: Withdrawal): Problem =>
  problem("package-withdrawn", `the package ${name}`, withdrawn);

/** The same for an external base. */
export const withdrawnBaseProblem = (ref: string, withdrawn: Withdrawal): Problem =>
  problem("base-withdrawn", `the base ${ref}`, withdrawn);

function problem(code: DiagnosticCode, what: string, { since, reason, replacement, dependents }: Withdrawal): Problem {
  return {
    code,
    severity: dependents === "refuse" ? "error" : "warning",
    message: `${what} was withdrawn${since === undefined ? "" : ` on ${since}`}: ${reason}`,
    hint: replacement === undefined ? "do without it" : `use ${replacement}`,
  };
}
