import { planRegistry, type RegistryOptions } from "../app/plan/plan.js";
import { type Context, stateRoot } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import type { Deprecation } from "../model/definition.js";
import type { Observation } from "../model/observation.js";
import type { PlanStep } from "../model/plan.js";
import { managersOf } from "../packages/managers.js";
import { deprecations } from "../policy/withdrawals.js";
import { reasonsText } from "../report/plan-text.js";
import { table } from "../report/text.js";
import { type LastFailure, readFailures } from "../run/last-results.js";

/** Each image as the registry has it: READY, STALE, MISSING or ERROR, with the reason. */
export async function run(context: Context, options: RegistryOptions & { readonly ref?: string }): Promise<ExitCode> {
  const { plan, loaded, observations } = await planRegistry(context, options);
  const failures = await readFailures(stateRoot(context));
  const deprecated = deprecations(loaded, managersOf(loaded.catalogue));
  const images = [...loaded.desired.images.values()].map(({ node }) => ({
    image: node.name,
    version: node.definition.version,
    ...orDeprecated(
      statusOf(
        plan.steps.find(({ image }) => image === node.name),
        observations.get(node.name),
        failures.get(node.name),
      ),
      deprecated.get(node.name),
    ),
  }));
  if (context.json) context.out(`${JSON.stringify({ images }, null, 2)}\n`);
  else
    context.out(
      `${table(images.map(({ image, version, status, reason }) => [status, `${image} ${version}`, reason]))}\n`,
    );
  return EXIT.done;
}

type Status = "READY" | "STALE" | "MISSING" | "ERROR" | "DEPRECATED";

interface ImageStatus {
  readonly status: Status;
  readonly reason: string;
}

/** An image that should not be used any more says so, unless there is worse to say. */
function orDeprecated(found: ImageStatus, deprecated: Deprecation | undefined): ImageStatus {
  if (deprecated === undefined || found.status !== "READY") return found;
  const { since, reason, replacement } = deprecated;
  const words = [since && `since ${since}`, reason, replacement && `use ${replacement}`];
  return { status: "DEPRECATED", reason: words.filter((word) => word !== undefined).join("; ") };
}

function statusOf(
  step: PlanStep | undefined,
  observation: Observation | undefined,
  failure: LastFailure | undefined,
): ImageStatus {
  if (step === undefined) return { status: "READY", reason: "" };
  // A failure counts as long as nothing that went into it has changed.
  if (failure && step.key !== null && failure.key === step.key)
    return { status: "ERROR", reason: failure.error.message };
  // Also below a parent that is still to be built, where the reason speaks of the parent only.
  const isThere = observation?.published || observation?.record !== undefined;
  return { status: isThere ? "STALE" : "MISSING", reason: reasonsText(step.reasons) };
}
