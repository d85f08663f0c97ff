import type { Desired, DesiredImage } from "../model/desired.js";
import type { BuildKey, ImageName } from "../model/names.js";
import type { Observation } from "../model/observation.js";
import type { BuildFailure, BuildResult, Plan, PlanStep } from "../model/plan.js";
import { keyTag } from "../model/tags.js";
import { type SystemProblem, systemProblem } from "../system/system-error.js";
import { Places } from "./places.js";
import { StepFailure } from "./runner.js";
import { type ParentImage, type StepDeps, type StepDone, type StepTaken, tryStep } from "./step.js";

export interface ScheduleOptions {
  readonly desired: Desired;
  readonly plan: Plan;
  /** The requested images; everything that they are built from comes along. */
  readonly selected: ReadonlySet<ImageName>;
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Path of an image's log file. */
  readonly logFile: (name: ImageName) => string;
  /** Seconds since some fixed moment. */
  readonly clock: () => number;
  readonly report: (event: ScheduleEvent) => void;
  /** A number that differs between builders: of the images that are ready, each begins at another one. Left out: 0. */
  readonly spread?: number;
}

export type ScheduleEvent =
  | { readonly type: "phase"; readonly image: ImageName; readonly phase: string }
  | { readonly type: "done"; readonly result: BuildResult };

/** Whether an error has a message for users (a RegistryError, for one), as opposed to a bug. */
const isExpected = (error: unknown): error is Error & { name: string } =>
  error instanceof Error && ["RegistryError", "TreeError"].includes(error.name);

/**
 * Runs the steps of a plan: each image starts as soon as its parents are done, at most `jobs` at a time. When an image fails, those
 * built on it are skipped and the rest goes on. An image that another builder is building takes no place. Results come in build order.
 */
export async function runSchedule(deps: StepDeps, options: ScheduleOptions): Promise<BuildResult[]> {
  const turns = createTurns(deps, options);
  const planned = new Map(options.plan.steps.map((step) => [step.image, step]));
  const pending = new Map<ImageName, Promise<BuildResult>>();
  const sources = new Map<ImageName, ParentImage>();
  for (const image of options.desired.images.values()) {
    const { name, parents } = image.node;
    if (!options.selected.has(name)) continue;
    const before = parents.map((parent) => pending.get(parent) as Promise<BuildResult>);
    pending.set(name, runAfter(before, image, planned.get(name)));
  }
  // Nobody may close what other images still use.
  await Promise.allSettled(pending.values());
  return Promise.all(pending.values());

  async function runAfter(
    before: readonly Promise<BuildResult>[],
    image: DesiredImage,
    planStep: PlanStep | undefined,
  ) {
    const parents = await Promise.all(before);
    const blocked = parents.find(({ outcome }) => outcome === "failed" || outcome === "skipped");
    const result = blocked
      ? skipped(image, blocked)
      : await turns.run(image.node.name, planStep, () => runImage(deps, options, image, sourcesOf(image)));
    const complete = { ...result, reasons: planStep?.reasons ?? [] };
    if (complete.imageId !== null) sources.set(complete.image, sourceImage(image, complete));
    options.report({ type: "done", result: complete });
    return complete;
  }

  function sourcesOf({ node: { parents } }: DesiredImage): ParentImage[] {
    return parents.map((name) => sources.get(name) as ParentImage);
  }

  /** An image as the next build finds it: local storage first, else by its key tag in the registry. */
  function sourceImage({ node }: DesiredImage, { imageId, key }: BuildResult): ParentImage {
    if (imageId === null || key === null) throw new Error(`${node.name} was not built`);
    const stored = { imageId, pull: deps.registry.reference(node.name, keyTag(key)) };
    const parent = node.definition.kind === "BaseImage" ? undefined : sources.get(node.parent as ImageName);
    return { name: node.name, ...stored, base: parent?.base ?? stored };
  }
}

interface Turns {
  /** Repeats an attempt until no other builder has the image. */
  run(
    name: ImageName,
    step: PlanStep | undefined,
    attempt: () => Promise<BuildResult | StepTaken>,
  ): Promise<BuildResult>;
}

function createTurns(deps: StepDeps, { desired, jobs, report, signal, spread = 0 }: ScheduleOptions): Turns {
  const places = new Places(jobs);
  const order = new Map([...desired.images.keys()].map((name, index) => [name, index]));
  let isAlone = true;
  /** As long as nobody else builds, images are taken in the order in which they became ready. */
  const rank = (name: ImageName) => {
    if (isAlone && !deps.claims?.hasMetOthers) return 0;
    return ((order.get(name) as number) - (spread % order.size) + order.size) % order.size;
  };
  return {
    async run(name, step, attempt) {
      for (;;) {
        // An image that needs nothing takes no place: it would wait behind builds for nothing.
        const result = await (step ? places.run(() => rank(name), attempt) : attempt());
        if (result.outcome === "taken") {
          report({ type: "phase", image: name, phase: "waiting" });
          await deps.claims?.ended(name, result.observation.key as BuildKey, signal);
          continue;
        }
        // Somebody has published what was missing when the plan was made.
        if (step?.action === "build" && result.outcome === "unchanged") isAlone = false;
        return result;
      }
    },
  };
}

async function runImage(
  deps: StepDeps,
  options: ScheduleOptions,
  image: DesiredImage,
  parents: readonly ParentImage[],
): Promise<BuildResult | StepTaken> {
  const { name } = image.node;
  const log = options.logFile(name);
  const started = options.clock();
  const seconds = () => Math.round((options.clock() - started) * 10) / 10;
  let key: BuildKey | null = null;
  const fail = (error: BuildFailure) => failed(image, { key, seconds: seconds(), error });
  if (options.signal.aborted) return fail(INTERRUPTED);
  try {
    const phase = (phase: string) => options.report({ type: "phase", image: name, phase });
    const observed = (observation: Observation) => {
      key = observation.key;
    };
    const done = await tryStep(deps, { image, parents, log, signal: options.signal, phase, observed });
    if (done.outcome === "taken") return done;
    return succeeded(image, seconds(), done);
  } catch (error) {
    const explain = deps.explain ?? (async (failure: BuildFailure) => failure);
    if (options.signal.aborted) return fail(error instanceof StepFailure ? error.toFailure(log) : INTERRUPTED);
    if (error instanceof StepFailure) return fail(await explain(error.toFailure(log)));
    const problem = systemProblem(error);
    if (problem) return fail(await explain(machineFailure(problem, log)));
    if (!isExpected(error)) throw error;
    return fail(await explain({ code: "PUBLISH_FAILED", message: error.message, log }));
  }
}

const machineFailure = ({ message, hint }: SystemProblem, log: string): BuildFailure => ({
  ...{ code: "MACHINE_FAILED", message, log },
  ...(hint === undefined ? {} : { tail: [`hint: ${hint}`] }),
});

function succeeded(image: DesiredImage, seconds: number, done: StepDone): BuildResult {
  const { outcome, imageId, digest, bytes, observation } = done;
  return { ...identity(image), outcome, key: observation.key, imageId, digest, seconds, bytes, reasons: [] };
}

function failed(
  image: DesiredImage,
  part: Pick<BuildResult, "key" | "seconds"> & { readonly error: BuildFailure },
): BuildResult {
  return { ...identity(image), ...NOTHING, outcome: "failed", ...part };
}

function skipped(image: DesiredImage, blocked: BuildResult): BuildResult {
  const why = blocked.outcome === "failed" ? "failed" : "was skipped";
  const error = { code: "PARENT_FAILED", message: `${blocked.image} ${why}` };
  return { ...identity(image), ...NOTHING, outcome: "skipped", seconds: 0, error };
}

const INTERRUPTED: BuildFailure = { code: "INTERRUPTED", message: "interrupted" };

const NOTHING = { key: null, imageId: null, digest: null, bytes: null, reasons: [] } as const;

const identity = ({ node }: DesiredImage) => ({
  image: node.name,
  version: node.definition.version,
  platform: node.platform,
});
