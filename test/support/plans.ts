import type { BuildKey, Platform } from "../../src/model/names.js";
import type { BuildResult, Plan, PlanStep, Reason, ReasonCode } from "../../src/model/plan.js";
import { digest, imageName } from "./definitions.js";

const PLATFORM = "linux/amd64" as Platform;

/** A build key that is easy to read in a difference. */
export const fakeKey = (digit: string) => digit.repeat(64).slice(0, 64) as BuildKey;

export const reason = (code: ReasonCode, detail: string, ...via: readonly string[]): Reason => ({
  code,
  detail,
  via: via.map(imageName),
});

export function step(image: string, fields: Partial<PlanStep> = {}): PlanStep {
  const defaults = { version: "1.0", platform: PLATFORM, level: 0, action: "build", key: fakeKey("1") } as const;
  return { image: imageName(image), ...defaults, reasons: [reason("MISSING", "never published")], ...fields };
}

export function plan(steps: readonly PlanStep[], fields: Partial<Plan> = {}): Plan {
  return {
    digest: "0123456789abcdef".repeat(4),
    inputs: "f".repeat(64),
    base: null,
    head: null,
    steps,
    unchanged: 0,
    ...fields,
  };
}

/** Built by default; a result that was not built has no image. */
export function result(image: string, fields: Partial<BuildResult> = {}): BuildResult {
  const there = !["failed", "skipped"].includes(fields.outcome ?? "built");
  return {
    image: imageName(image),
    version: "1.0",
    platform: PLATFORM,
    outcome: "built",
    key: there ? fakeKey("1") : null,
    imageId: there ? digest("abc") : null,
    digest: there ? digest("d") : null,
    seconds: 0,
    bytes: null,
    reasons: [],
    ...fields,
  };
}
