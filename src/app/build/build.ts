import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { type Context, stateRoot, storageRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { Desired } from "../../model/desired.js";
import type { ImageName } from "../../model/names.js";
import type { BuildResult, Plan } from "../../model/plan.js";
import { planText } from "../../report/plan-text.js";
import { findEach, keyOf, observe } from "../../resolve/observe.js";
import { Claims } from "../../run/claims.js";
import { mayNeedCleaning } from "../../run/clean-up.js";
import { DryRunner, DryRunRegistry } from "../../run/dry-run.js";
import { readDurations, saveDurations } from "../../run/durations.js";
import { saveResults } from "../../run/last-results.js";
import { runSchedule, type ScheduleEvent } from "../../run/schedule.js";
import { isCurrent, type StepDeps } from "../../run/step.js";
import { withMutex } from "../../system/mutex.js";
import { imageNamed, withAncestors } from "../catalogue/catalogue.js";
import { deferred } from "../deferred.js";
import {
  planOnSoundImages,
  planRegistry,
  type RegistryOptions,
  type RegistryPlan,
  selectFromPlan,
} from "../plan/plan.js";
import { openProgress } from "./build-progress.js";
import { builderIdentity } from "./builder-identity.js";
import { createStateWriter } from "./catalogue-state.js";
import { type DeferredWorkshop, deferredWorkshop } from "./deferred-workshop.js";
import { spaceExplainer } from "./disk-space.js";

export { openProgress, type RunProgress } from "./build-progress.js";
export { type DeferredWorkshop, deferredWorkshop } from "./deferred-workshop.js";
export { diskFinding } from "./disk-space.js";
export type { Workshop } from "./workshop.js";
/** Only a run that builds something needs these, so they are loaded on first use. */
export const openWorkshop = deferred(() => import("./workshop.js"), "openWorkshop");
export const probeMachine = deferred(() => import("./probed-machine.js"), "probeMachine");
export const createApproval = deferred(() => import("./approval.js"), "createApproval");
export const createBuiltCheck = deferred(() => import("./built-check.js"), "createBuiltCheck");

export interface BuildOptions extends RegistryOptions {
  readonly ref?: string;
  readonly plan?: string;
  readonly dryRun?: boolean;
  readonly jobs?: number;
  /** Prints the logs of builds. */
  readonly verbose?: boolean;
  /** false: failures are not recorded for `status`. */
  readonly record?: boolean;
  /** false: neither the plan nor the results are printed, because the caller reports them. */
  readonly report?: boolean;
}

/** plan → run → publish. Results are in build order, for the selected images and everything that they are built from. */
export async function buildImages(
  context: Context,
  options: BuildOptions,
  names: readonly string[],
): Promise<BuildResult[]> {
  const first: RegistryPlan = await planRegistry(context, options, async (args, signal) =>
    (await workshop.open()).output(args, signal),
  );
  // Vendored packages come from the registry that images come from.
  const workshop = deferredWorkshop(context, first.loaded, first.registry);
  const chosen = await selectImages(first, options, names);
  const { selected } = chosen;
  const stepsOf = (plan: Plan) => restrict(plan, selected).steps;
  const planned = options.dryRun ? first : await planOnSoundImages(first, stepsOf);
  const plan = planned === first ? chosen.plan : restrict(planned.plan, selected);
  const { builderIsolation } = planned.loaded.catalogue.settings;
  const isolation = context.isolation ?? builderIsolation;
  if (!context.json && options.report !== false && plan.steps.length > 0)
    context.out(`${planText(plan, planned.against, isolation, context.colors.out)}\n`);
  try {
    if (plan.steps.length > 0 && !options.dryRun) await workshop.open();
    // What a killed run has left is removed with the opening, by a machine that can build.
    else if (!options.dryRun && (await mayNeedCleaning(join(stateRoot(context), "tmp"))))
      await workshop.open().catch(() => {});
    const builder = await builderIdentity(stateRoot(context));
    const deps = options.dryRun ? dryDeps(planned) : realDeps(context, planned, { workshop: workshop.open, builder });
    const marked = isolation === "chroot" && !options.dryRun ? builtByChroot : (result: BuildResult) => result;
    const work = { planned, plan, selected, marked, spread: Number.parseInt(builder.slice(0, 8), 16) };
    const state = options.dryRun ? undefined : createStateWriter(planned, context);
    await state?.forget(plan);
    const results = await runWithProgress(context, options, deps, work);
    await state?.record();
    if (!options.dryRun && options.record !== false) await saveResults(stateRoot(context), results);
    const { images } = planned.loaded.desired;
    if (!options.dryRun) await saveDurations(stateRoot(context), results, (name) => images.has(name as ImageName));
    return results;
  } finally {
    await workshop.close();
  }
}

const builtByChroot = (result: BuildResult): BuildResult =>
  result.outcome === "built" ? { ...result, isolation: "chroot" } : result;

/** Selects the images to build: all of the plan, the named ones with their ancestors, or those of a saved plan. */
async function selectImages(planned: RegistryPlan, { plan: file }: BuildOptions, names: readonly string[]) {
  const { desired } = planned.loaded;
  if (file !== undefined && names.length > 0) {
    throw new CommandError(
      EXIT.usage,
      "--plan and image names exclude each other",
      "a saved plan already says what to build",
    );
  }
  if (file === undefined && names.length === 0) return { plan: planned.plan, selected: new Set(desired.images.keys()) };
  const requested =
    file === undefined ? names : selectFromPlan({ text: await readPlan(file), file }, desired, planned.plan);
  const selected = withAncestors(
    requested.map((name) => imageNamed(planned.loaded, name).node.name),
    desired,
  );
  return { plan: restrict(planned.plan, selected), selected };
}

async function readPlan(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw new CommandError(EXIT.usage, `cannot read ${file}`, "to save a plan: slipway plan --json > FILE");
  }
}

function restrict(plan: Plan, selected: ReadonlySet<ImageName>): Plan {
  const steps = plan.steps.filter(({ image }) => selected.has(image));
  return { ...plan, steps, unchanged: selected.size - steps.length };
}

function observer({ loaded: { desired } }: RegistryPlan, registry: RegistryPlan["registry"]): StepDeps["observe"] {
  return (image, parents) => observe(findEach(registry), image, keyOf(image, desired, parents));
}

function dryDeps(planned: RegistryPlan): StepDeps {
  const registry = new DryRunRegistry(planned.registry);
  return {
    runner: new DryRunner(),
    registry,
    observe: observer(planned, registry),
    // Nothing is built, so there is nothing to look at.
    approve: async () => [],
    check: async () => [],
    describe: async () => {},
    lock: (_key, _signal, action) => action(),
  };
}

interface BuildPlace {
  readonly workshop: DeferredWorkshop["open"];
  /** See builder-identity.ts. */
  readonly builder: string;
}

function realDeps(context: Context, planned: RegistryPlan, { workshop, builder }: BuildPlace): StepDeps {
  const locks = join(stateRoot(context), "locks");
  const observations = new Map(planned.observations);
  const observeNow = observer(planned, planned.registry);
  const wanting = new Set(planned.plan.steps.map(({ image }) => image));
  let approve: Promise<StepDeps["approve"]> | undefined;
  let check: Promise<StepDeps["check"]> | undefined;
  let describe: StepDeps["describe"] | undefined;
  return {
    runner: {
      resolve: async (job) => (await workshop()).runner.resolve(job),
      build: async (job) => (await workshop()).runner.build(job),
      open: async (job) => (await workshop()).runner.open(job),
    },
    approve: async (image, closure) => {
      approve ??= createApproval(context, planned.loaded);
      return (await approve)(image, closure);
    },
    check: async (built) => {
      check ??= createBuiltCheck({ context, loaded: planned.loaded, workshop });
      return (await check)(built);
    },
    describe: async (image) => {
      const { createDescriber } = await import("./describer.js");
      describe ??= createDescriber({ context, planned: { ...planned, observations }, workshop });
      await describe(image);
      await (await workshop()).keep(image.imageId);
    },
    explain: spaceExplainer(writtenTo(context, planned.against)),
    registry: planned.registry,
    claims: claimsOf(context, planned, builder),
    // Each step observes its image again: another run may have published it since the plan was made. One without a step is as it was planned.
    observe: async (image, parents) => {
      const before = planned.observations.get(image.node.name);
      if (!wanting.has(image.node.name) && before && isCurrent(before)) {
        if (before.key === keyOf(image, planned.loaded.desired, parents)) return before;
      }
      const observation = await observeNow(image, parents);
      observations.set(image.node.name, observation);
      return observation;
    },
    lock: async (key, signal, action, waiting) => {
      await workshop();
      return withMutex(join(locks, key), signal, action, waiting);
    },
  };
}

function claimsOf({ clock }: Context, { registry, loaded }: RegistryPlan, builder: string): StepDeps["claims"] {
  const { claims: store } = registry;
  return store && new Claims({ store, builder, clock, patience: loaded.catalogue.settings.builderTimeout * 60 });
}

/** The directories that a build writes to: the state, Buildah's storage and a registry that is a layout. */
const writtenTo = (context: Context, registry: string) => [
  stateRoot(context),
  ...[storageRoot(context) ?? []].flat(),
  ...(registry.startsWith("oci:") ? [resolve(context.catalogue, registry.slice("oci:".length))] : []),
];

interface Work {
  readonly planned: RegistryPlan;
  readonly plan: Plan;
  readonly selected: ReadonlySet<ImageName>;
  /** Differs between builders. */
  readonly spread: number;
  /** Adds to a result what the run does not know. */
  readonly marked: (result: BuildResult) => BuildResult;
}

async function runWithProgress(
  context: Context,
  options: BuildOptions,
  deps: StepDeps,
  { planned, plan, selected, marked, spread }: Work,
) {
  const { clock, signal } = context;
  const { desired } = planned.loaded;
  const jobs = options.jobs ?? cpus().length;
  const logs = join(stateRoot(context), "logs");
  const logFile = (name: string) => join(logs, `${name}.log`);
  const progress = await openProgress(context, {
    images: progressImages(plan, desired, await readDurations(stateRoot(context))),
    ...{ jobs, verbose: options.verbose ?? false, results: options.report !== false },
    silent: context.json || options.dryRun === true,
  });
  const report = (event: ScheduleEvent) =>
    event.type === "done"
      ? progress.done(marked(event.result))
      : progress.phase(event.image, event.phase, logFile(event.image));
  try {
    const results = await runSchedule(deps, { desired, plan, selected, jobs, signal, logFile, clock, report, spread });
    return results.map(marked);
  } finally {
    progress.end();
  }
}

const progressImages = ({ steps }: Plan, { images }: Desired, durations: ReadonlyMap<string, number>) =>
  steps.map(({ image, version, action }) => ({
    name: image,
    title: `${image} ${version}`,
    after: images.get(image)?.node.parents ?? [],
    // Moving tags takes no time worth showing.
    estimate: action === "retag" ? 0 : durations.get(image),
  }));
