import type { PlanStep } from "../model/plan.js";
import { printable } from "./printable.js";

/** What `slipway why --json` prints; without a step, there is nothing to do. */
export function whyJson(image: string, version: string, step: PlanStep | undefined) {
  const { action, key, reasons } = step ?? { action: "unchanged", key: null, reasons: [] };
  return { image, version, action, key, reasons };
}

/** The reasons of one image, one per line, each with the path from its cause. */
export function whyText(name: string, step: PlanStep | undefined, against: string): string {
  if (step === undefined) return `${name} needs nothing: no input differs from ${against}.\n`;
  const reasons = step.reasons.map(({ code, detail, via }) => {
    const path = via.length > 0 ? `\n    ${[...via, name].join(" → ")}` : "";
    return `  ${code.padEnd(11)} ${printable(detail)}${path}`;
  });
  return `${name} ${step.version}: ${step.action}, against ${against}\n${reasons.join("\n")}\n`;
}
