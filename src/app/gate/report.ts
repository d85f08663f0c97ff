import type { Desired } from "../../model/desired.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { GateBuild, GateImage, GateReport, ReportDiagnostic } from "../../model/gate.js";
import type { ImageName } from "../../model/names.js";
import type { PlanStep } from "../../model/plan.js";
import { CODEOWNERS_FILE } from "../../policy/codeowners.js";
import { containerfileDiff } from "../../report/containerfile-diff.js";
import { packageDiff } from "../../resolve/package-diff.js";
import type { GatedChange } from "./change.js";

/** The report of a change; `builds` has the results of building its images, by name. */
export function gateReport(
  { judgement, plan }: GatedChange,
  builds: ReadonlyMap<string, GateBuild> = new Map(),
): GateReport {
  const { tip, base, head, behind, conflicts, before, after, requiredApprovals } = judgement;
  const affected = new Set(plan?.steps.map(({ image }) => image));
  return {
    format: 1,
    base,
    head,
    tip,
    behind,
    conflicts,
    digest: plan?.digest ?? null,
    total: after.catalogue.images.size,
    images: (plan?.steps ?? []).map((step) => ({
      ...imageOf(step, before.desired, after.desired),
      build: builds.get(step.image) ?? null,
    })),
    unchanged: plan ? [...after.desired.images.keys()].filter((name) => !affected.has(name)) : [],
    diagnostics: judgement.diagnostics.map((diagnostic) => reportDiagnostic(diagnostic, judgement.prefix)),
    requirements: requiredApprovals,
  };
}

function imageOf(step: PlanStep, before: Desired, after: Desired): Omit<GateImage, "build"> {
  const { image, version, platform, level, action, reasons } = step;
  return {
    image,
    version,
    platform,
    level,
    action,
    reasons,
    packages: packageDiff(before, after, image),
    containerfile: containerfileDiff(image, containerfileOf(before, image), containerfileOf(after, image)),
  };
}

const containerfileOf = ({ images }: Desired, name: ImageName) => images.get(name)?.recipe.containerfile.text ?? "";

/** A diagnostic with its file named from the top of the repository, as annotations need it: the catalogue may be in a folder. */
const reportDiagnostic = (
  { code, severity, message, file, line, column, hint }: Diagnostic,
  prefix: string,
): ReportDiagnostic => ({
  code,
  severity,
  message,
  file: file === CODEOWNERS_FILE || prefix === "" ? file : `${prefix}/${file}`,
  line,
  column,
  hint: hint ?? null,
});
