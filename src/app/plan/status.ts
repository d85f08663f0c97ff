import { CommandError, EXIT } from "../../exit.js";
import type { Deprecation } from "../../model/definition.js";
import { type ImageStatus, STATUSES, type Status, type Verdict } from "../../model/image-status.js";
import { nearest } from "../../model/nearest.js";
import type { Observation, Observations } from "../../model/observation.js";
import type { Plan, PlanStep } from "../../model/plan.js";
import { managersOf } from "../../packages/managers.js";
import { deprecations } from "../../policy/withdrawals.js";
import { reasonsText } from "../../report/plan-text.js";
import type { LastFailure } from "../../run/last-results.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";

export interface StatusInputs {
  readonly loaded: LoadedCatalogue;
  /** Against the registry. */
  readonly plan: Plan;
  readonly observations: Observations;
  readonly failures: ReadonlyMap<string, LastFailure>;
}

/** The status of this name. Fails with a usage error that names the nearest one. */
export function statusNamed(name: string): Status {
  const status = STATUSES.find((known) => known === name);
  if (status !== undefined) return status;
  const near = nearest(name, STATUSES);
  throw new CommandError(
    EXIT.usage,
    `no status is named ${JSON.stringify(name)}`,
    near ? `did you mean ${near}?` : `they are ${STATUSES.join(", ")}; images are named before --only`,
  );
}

/** The status of every image, in build order. */
export function imageStatuses({ loaded, plan, observations, failures }: StatusInputs): ImageStatus[] {
  const steps = new Map(plan.steps.map((step) => [step.image, step]));
  const deprecated = deprecations(loaded, managersOf(loaded.catalogue));
  return [...loaded.desired.images.values()].map(({ node: { name, definition } }) => ({
    image: name,
    version: definition.version,
    ...orDeprecated(statusOf(steps.get(name), observations.get(name), failures.get(name)), deprecated.get(name)),
  }));
}

/** An image that should not be used any more says so, unless there is worse to say. */
function orDeprecated(verdict: Verdict, deprecated: Deprecation | undefined): Verdict {
  if (deprecated === undefined || verdict.status !== "READY") return verdict;
  const { since, reason, replacement } = deprecated;
  const words = [since && `since ${since}`, reason, replacement && `use ${replacement}`];
  return { status: "DEPRECATED", reason: words.filter((word) => word !== undefined).join("; ") };
}

function statusOf(
  step: PlanStep | undefined,
  observation: Observation | undefined,
  failure: LastFailure | undefined,
): Verdict {
  if (step === undefined) return { status: "READY", reason: "" };
  // A failure counts as long as nothing that went into it has changed.
  if (failure && step.key !== null && failure.key === step.key)
    return { status: "ERROR", reason: failure.error.message };
  // Also below a parent that is still to be built, where the reason speaks of the parent only.
  const isThere = observation?.published || observation?.record !== undefined;
  return { status: isThere ? "STALE" : "MISSING", reason: reasonsText(step.reasons) };
}
