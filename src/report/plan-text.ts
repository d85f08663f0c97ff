import type { Isolation } from "../model/build-environment.js";
import { cutLoosely, withRest } from "../model/cut.js";
import type { Plan, PlanStep, Reason } from "../model/plan.js";
import { type Palette, PLAIN } from "./palette.js";
import { printable } from "./printable.js";
import { plural, table } from "./text.js";

/** What to know about builds with this isolation. */
const CHROOT_NOTE = "Isolation is chroot: while these images are built, their commands see this machine.";

/** A plan for people: its steps with their reasons, and a summary. `isolation`: of the builds. */
export function planText(plan: Plan, against: string, isolation: Isolation = "oci", palette: Palette = PLAIN): string {
  const heading = `${palette.strong("Plan")} against ${against}`;
  if (plan.steps.length === 0) return `${heading}: nothing to do, ${plural(plan.unchanged, "image")} unchanged.\n`;
  const note = isolation === "chroot" ? `${palette.warning(CHROOT_NOTE)}\n` : "";
  const rows = plan.steps.map((step) => row(step, palette));
  return `${heading}\n\n${table(rows)}\n\n${summary(plan, palette)}\n${note}`;
}

/** One package may bring forty: `slipway why` shows them all. */
const MAX_REASONS = 4;

function row({ action, image, version, reasons }: PlanStep, palette: Palette): string[] {
  const why = withRest(cutLoosely(reasons.map(rowReason), MAX_REASONS));
  return [actionText(action, palette), `${palette.image(image)} ${version}`, why.join("; ")];
}

const ACTION_STYLES = { build: "success", pending: "faint", retag: "success", delete: "failure" } as const;

/** The action of a step in its colour. */
export const actionText = (action: PlanStep["action"], palette: Palette) => palette[ACTION_STYLES[action]](action);

/** The cause of a cascade has its own row above, so the path from there is enough. */
export const rowReason = (reason: Reason) =>
  reason.code === "PARENT" || reason.code === "STAGE" ? `${reason.code} ${reason.via.join(" → ")}` : reasonText(reason);

export const reasonsText = (reasons: readonly Reason[]) => reasons.map(reasonText).join("; ");

/** `PARENT debian-base: PACKAGE curl added (debian-base → python3-base)`. */
export function reasonText({ code, detail, via }: Reason): string {
  // The detail already names a direct parent.
  const text = `${code} ${printable(detail)}`;
  return via.length > 1 ? `${text} (by way of ${via.slice(1).join(" → ")})` : text;
}

function summary({ steps, unchanged, digest }: Plan, palette: Palette): string {
  const count = (action: PlanStep["action"]) => steps.filter((step) => step.action === action).length;
  const pending = count("pending");
  const parts = [
    plural(count("build"), "image", "images").concat(" to build"),
    ...(pending > 0 ? [`up to ${pending} may follow`] : []),
    ...(count("retag") > 0 ? [`${count("retag")} to retag`] : []),
    ...(count("delete") > 0 ? [`${count("delete")} removed`] : []),
    `${unchanged} unchanged`,
  ];
  return `${palette.strong(parts.join(" · "))}${palette.faint(` · plan ${digest.slice(0, 12)}`)}`;
}
