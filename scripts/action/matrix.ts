import { ActionError, at, MOST_JOBS } from "./invocation.js";

/**
 * The outputs `first` and `second` from the output of `slipway plan --matrix`: each is a matrix for the `strategy` of a job, or
 * empty if the stage has no jobs, because Actions fails on an empty matrix.
 */
export function matrixOutputs(printed: string): Readonly<Record<"first" | "second", string>> {
  const stages = stagesOf(printed);
  if (stages.length > 2)
    throw new ActionError(`slipway plan --matrix printed ${stages.length} stages, but at most two are supported`);
  return { first: matrix(stages[0]), second: matrix(stages[1]) };
}

interface Stage {
  readonly include: readonly { readonly job: string; readonly images: string }[];
}

function stagesOf(printed: string): readonly Stage[] {
  try {
    const stages = at(JSON.parse(printed), "stages");
    if (Array.isArray(stages) && stages.every(isStage)) return stages;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ActionError("slipway plan --matrix did not print stages");
}

function isStage(value: unknown): value is Stage {
  const include = typeof value === "object" && value !== null && "include" in value ? value.include : undefined;
  return (
    Array.isArray(include) && include.every((job) => typeof job?.job === "string" && typeof job?.images === "string")
  );
}

function matrix(stage: Stage | undefined): string {
  const include = stage?.include ?? [];
  if (include.length > MOST_JOBS)
    throw new ActionError(`${include.length} jobs: Actions runs at most ${MOST_JOBS} of a matrix`);
  // Only these two: the `with:` of a job takes no others.
  const jobs = include.map(({ job, images }) => ({ job, images }));
  return jobs.length === 0 ? "" : JSON.stringify({ include: jobs });
}
