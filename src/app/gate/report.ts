import type { Context } from "../../context.js";
import type { Desired } from "../../model/desired.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { GateBuild, GateImage, GateReport, ReportDiagnostic } from "../../model/gate.js";
import type { ImageName } from "../../model/names.js";
import type { Plan, PlanStep } from "../../model/plan.js";
import { CODEOWNERS_FILE } from "../../policy/codeowners.js";
import { containerfileDiff } from "../../report/containerfile-diff.js";
import { packageDiff } from "../../resolve/package-diff.js";
import { planBetween } from "../../resolve/plan.js";
import { type Judgement, judgeChange } from "./judgement.js";

export interface GatedChange {
  readonly judgement: Judgement;
  /** null: there are rejections, so there is nothing to plan. */
  readonly plan: Plan | null;
}

/** What a change would do, and what is wrong with it. */
export async function gateChange(
  context: Context,
  refs: { readonly base: string; readonly head: string },
): Promise<GatedChange> {
  const judgement = await judgeChange(context, refs);
  const isRejected = judgement.diagnostics.some(({ severity }) => severity === "error");
  const plan = isRejected ? null : planBetween(judgement.before.desired, judgement.after.desired);
  return { judgement, plan };
}

/** The report of a change; `builds` is what came of building its images, by name. */
export function gateReport(
  { judgement, plan }: GatedChange,
  builds: ReadonlyMap<string, GateBuild> = new Map(),
): GateReport {
  const { tip, base, head, behind, conflicts, before, after, requiredApprovals: requirements } = judgement;
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
    diagnostics: judgement.diagnostics.map((diagnostic) => reported(diagnostic, judgement.prefix)),
    requirements,
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

const containerfileOf = ({ images }: Desired, name: ImageName) => images.get(name)?.recipe.containerfile ?? "";

/** In a folder of a larger repository, files are named from the repository's top: annotations stand there. */
const reported = (
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
