import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { ImageName } from "../../model/names.js";
import type { BuildResult, Plan } from "../../model/plan.js";
import { planText } from "../../report/plan-text.js";
import { createProgress } from "../../report/progress.js";
import { keyOf, observe } from "../../resolve/observe.js";
import { DryRunner, DryRunRegistry } from "../../run/dry-run.js";
import { saveResults } from "../../run/last-results.js";
import { runSchedule, type ScheduleEvent } from "../../run/schedule.js";
import type { StepDeps } from "../../run/step.js";
import { withFileLock } from "../../system/mutex.js";
import { withAncestors } from "../catalogue/ancestors.js";
import { imageNamed, type RegistryOptions } from "../catalogue/catalogue.js";
import { planRegistry, type RegistryPlan } from "../plan/plan.js";
import { selectFromPlan } from "../plan/saved.js";
import type { BuildAudit } from "./built-audit.js";
import type { Workshop } from "./workshop.js";

export interface BuildOptions extends RegistryOptions {
  readonly ref?: string;
  readonly plan?: string;
  readonly dryRun?: boolean;
  readonly jobs?: number;
  /** false: `status` is not told what failed. */
  readonly record?: boolean;
}

/** plan → run → publish. Results come in build order, for the selected images and all that they are built from. */
export async function buildImages(
  context: Context,
  options: BuildOptions,
  names: readonly string[],
): Promise<BuildResult[]> {
  let workshop: Promise<Workshop> | undefined;
  const planned = await planRegistry(context, options, async (args, signal) =>
    (await requireWorkshop()).output(args, signal),
  );
  // What building takes is imported with the first build: a run with nothing to do is done before that.
  const requireWorkshop = () =>
    (workshop ??= import("./workshop.js").then(({ openWorkshop }) =>
      // Vendored packages come from where images come from.
      openWorkshop(context, planned.loaded, planned.registry),
    ));
  const { plan, selected } = await select(planned, options, names);
  if (!context.json && plan.steps.length > 0) context.out(`${planText(plan, planned.against)}\n`);
  try {
    if (plan.steps.length > 0 && !options.dryRun) await requireWorkshop();
    const deps = options.dryRun ? dryDeps(planned) : realDeps(context, planned, requireWorkshop);
    const results = await runWithProgress(context, options, deps, { planned, plan, selected });
    if (!options.dryRun && options.record !== false) await saveResults(stateRoot(context), results);
    return results;
  } finally {
    await (await workshop)?.close();
  }
}

/** What is to be done: all of the plan, the named images with their ancestors, or what a saved plan says. */
async function select(planned: RegistryPlan, { plan: file }: BuildOptions, names: readonly string[]) {
  const { desired } = planned.loaded;
  if (file !== undefined && names.length > 0) {
    throw new CommandError(
      EXIT.usage,
      "--plan and image names exclude each other",
      "a saved plan says itself what to build",
    );
  }
  const wanted =
    file === undefined ? names : selectFromPlan({ text: await readPlan(file), file }, desired, planned.plan);
  if (file === undefined && names.length === 0) return { plan: planned.plan, selected: new Set(desired.images.keys()) };
  const selected = withAncestors(
    wanted.map((name) => imageNamed(planned.loaded, name).node.name),
    desired,
  );
  return { plan: restrict(planned.plan, selected), selected };
}

async function readPlan(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw new CommandError(EXIT.usage, `cannot read ${file}`, "a plan is saved by: slipway plan --json > FILE");
  }
}

function restrict(plan: Plan, selected: ReadonlySet<ImageName>): Plan {
  const steps = plan.steps.filter(({ image }) => selected.has(image));
  return { ...plan, steps, unchanged: selected.size - steps.length };
}

function observer({ loaded: { desired } }: RegistryPlan, registry: RegistryPlan["registry"]): StepDeps["observe"] {
  return (image, parents) => observe(registry, image, keyOf(image, desired, parents));
}

function dryDeps(planned: RegistryPlan): StepDeps {
  const registry = new DryRunRegistry(planned.registry);
  return {
    runner: new DryRunner(),
    registry,
    observe: observer(planned, registry),
    // Nothing is built, so there is nothing to look at.
    check: async () => [],
    describe: async () => {},
    lock: (_key, _signal, action) => action(),
  };
}

function realDeps(context: Context, planned: RegistryPlan, workshop: () => Promise<Workshop>): StepDeps {
  const locks = join(stateRoot(context), "locks");
  // What another run has published since the plan was made is known by then.
  const observations = new Map(planned.observations);
  const look = observer(planned, planned.registry);
  let audit: BuildAudit | undefined;
  let describe: StepDeps["describe"] | undefined;
  return {
    runner: {
      build: async (job) => (await workshop()).runner.build(job),
      inspect: async (job) => (await workshop()).runner.inspect(job),
      test: async (job) => (await workshop()).runner.test(job),
    },
    check: async (built) => {
      const { checkBuilt } = await import("./built-check.js");
      audit ??= (await import("./built-audit.js")).createBuildAudit(context, planned.loaded);
      return checkBuilt({ context, loaded: planned.loaded, workshop: await workshop(), audit }, built);
    },
    describe: async (image) => {
      const { createDescriber } = await import("./describer.js");
      describe ??= createDescriber({ context, planned: { ...planned, observations }, workshop });
      return describe(image);
    },
    registry: planned.registry,
    observe: async (image, parents) => {
      const found = await look(image, parents);
      observations.set(image.node.name, found);
      return found;
    },
    lock: async (key, signal, action) => {
      await workshop();
      return withFileLock(join(locks, key), signal, action);
    },
  };
}

interface Work {
  readonly planned: RegistryPlan;
  readonly plan: Plan;
  readonly selected: ReadonlySet<ImageName>;
}

async function runWithProgress(
  context: Context,
  options: BuildOptions,
  deps: StepDeps,
  { planned, plan, selected }: Work,
) {
  const { clock, signal, columns, note } = context;
  const quiet = context.json || options.dryRun === true;
  const progress = createProgress({ total: selected.size, columns, write: quiet ? () => {} : note, clock });
  const timer = setInterval(() => progress.tick(), 1000);
  const report = (event: ScheduleEvent) =>
    event.type === "done" ? progress.done(event.result) : progress.phase(event.image, event.phase);
  const logs = join(stateRoot(context), "logs");
  try {
    const { desired } = planned.loaded;
    const logFile = (name: ImageName) => join(logs, `${name}.log`);
    const jobs = options.jobs ?? cpus().length;
    return await runSchedule(deps, { desired, plan, selected, jobs, signal, logFile, clock, report });
  } finally {
    clearInterval(timer);
    progress.end();
  }
}
