import type { BuildFailure, PlanStep } from "../model/plan.js";
import { failureLines } from "./failure-lines.js";
import { type Palette, PLAIN } from "./palette.js";
import { printable } from "./printable.js";

/** What a build would do with one image, and why. */
export interface Explained {
  readonly image: string;
  readonly version: string;
  /** undefined: there is nothing to do. */
  readonly step: PlanStep | undefined;
  /** What the plan compares with. */
  readonly against: string;
  /** How it failed the last time, with the same inputs. */
  readonly failure: BuildFailure | undefined;
  /** Another process builds it now. */
  readonly isBuilding: boolean;
}

/** What `slipway why --json` prints; without a step, there is nothing to do. */
export function whyJson({ image, version, step, failure, isBuilding }: Explained) {
  const { action, key, reasons } = step ?? { action: "unchanged", key: null, reasons: [] };
  return { image, version, action, key, reasons, building: isBuilding, failure: failure ?? null };
}

/** The last failure, then the reasons of one image, one per line, each with the path from its cause. */
export function whyText({ image, step, against, failure, isBuilding }: Explained, palette: Palette = PLAIN): string {
  if (step === undefined) return `${image} needs nothing: no input differs from ${against}.\n`;
  const reasons = step.reasons.map(({ code, detail, via }) => {
    const path = via.length > 0 ? `\n    ${[...via, image].join(" → ")}` : "";
    return `  ${palette.strong(code.padEnd(11))} ${printable(detail)}${path}`;
  });
  const lines = [
    ...(isBuilding ? [`${image} is being built now, by another process.`] : []),
    ...(failure === undefined
      ? []
      : [
          `${palette.image(image)} ${palette.failure("failed the last time")}: ${printable(failure.message)}`,
          ...failureLines(failure, palette),
        ]),
    `${palette.image(image)} ${step.version}: ${step.action}, against ${against}`,
    ...reasons,
  ];
  return `${lines.join("\n")}\n`;
}
