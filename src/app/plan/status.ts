import { CommandError, EXIT } from "../../exit.js";
import type { Deprecation } from "../../model/definition.js";
import { STATUSES, type Status, type Verdict } from "../../model/image-status.js";
import type { BuildKey, ImageName } from "../../model/names.js";
import { nearest } from "../../model/nearest.js";
import type { Observation, Observations } from "../../model/observation.js";
import type { BuildFailure, Plan, PlanStep } from "../../model/plan.js";
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
  /** The keys that another process builds now. */
  readonly building: ReadonlySet<BuildKey>;
}

/** A verdict, with the failure that it speaks of. */
export interface Standing extends Verdict {
  readonly failure?: BuildFailure;
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

/** Where every image stands, in build order. */
export function standings({ loaded, plan, observations, failures, building }: StatusInputs): Map<ImageName, Standing> {
  const steps = new Map(plan.steps.map((step) => [step.image, step]));
  const deprecated = deprecations(loaded, managersOf(loaded.catalogue));
  return new Map(
    [...loaded.desired.images.keys()].map((name) => {
      const standing = standingOf(steps.get(name), observations.get(name), { failure: failures.get(name), building });
      return [name, orDeprecated(standing, deprecated.get(name))];
    }),
  );
}

/** An image that should not be used any more says so, unless there is worse to say. */
function orDeprecated(standing: Standing, deprecated: Deprecation | undefined): Standing {
  if (deprecated === undefined || standing.status !== "READY") return standing;
  const { since, reason, replacement } = deprecated;
  const words = [since && `since ${since}`, reason, replacement && `use ${replacement}`];
  return { status: "DEPRECATED", reason: words.filter((word) => word !== undefined).join("; ") };
}

/** What the state directory knows of an image. */
interface Kept {
  readonly failure: LastFailure | undefined;
  readonly building: ReadonlySet<BuildKey>;
}

function standingOf(
  step: PlanStep | undefined,
  observation: Observation | undefined,
  { failure, building }: Kept,
): Standing {
  if (step === undefined) return { status: "READY", reason: "" };
  if (step.key !== null && building.has(step.key))
    return { status: "BUILDING", reason: "another process builds it now" };
  const error = lastFailure(step, failure);
  if (error) return { status: "ERROR", reason: error.message, failure: error };
  // Also below a parent that is still to be built, where the reason speaks of the parent only.
  const isThere = observation?.published || observation?.record !== undefined;
  return { status: isThere ? "STALE" : "MISSING", reason: reasonsText(step.reasons) };
}

/** A failure counts as long as nothing that went into it has changed. */
export const lastFailure = (step: PlanStep | undefined, failure: LastFailure | undefined): BuildFailure | undefined =>
  failure && step && step.key !== null && failure.key === step.key ? failure.error : undefined;
