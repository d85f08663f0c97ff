import { cpus } from "node:os";
import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import { expectedFailure } from "../../exit.js";
import type { DesiredImage } from "../../model/desired.js";
import type { LockedBase, LockedImage, LockedPackage } from "../../model/lock.js";
import type { LockResult } from "../../model/lock-result.js";
import type { ImageName } from "../../model/names.js";
import type { Registry } from "../../model/registry.js";
import { lockChanges } from "../../resolve/lock-changes.js";
import { madeFrom, rootDigest } from "../../resolve/lock-inputs.js";
import { withLocked } from "../../resolve/with-locked.js";
import { jobQueue } from "../../run/job-queue.js";
import { type SourceImage, StepFailure } from "../../run/runner.js";
import type { RunProgress, Workshop } from "../build/build.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { openRegistryFor, type RegistryOptions, registryReference } from "../plan/plan.js";
import { baseLocker, externalBases } from "./bases.js";
import { keptPackages } from "./kept-packages.js";
import { parentBuilder } from "./parents.js";
import { currentEntry, type LockOptions, type LockPlan } from "./plan.js";

export interface MakeLockOptions extends LockOptions, RegistryOptions {
  readonly jobs?: number;
  readonly verbose?: boolean;
}

export interface LockerDeps {
  readonly context: Context;
  readonly loaded: LoadedCatalogue;
  readonly options: MakeLockOptions;
  readonly plan: LockPlan;
  readonly progress: RunProgress;
  readonly requireWorkshop: () => Promise<Workshop>;
}

interface ImageOutcome {
  readonly result?: LockResult;
  /** undefined: the image is open. */
  readonly entry: LockedImage | undefined;
}

/** Locks the images; each begins when those that it starts from are done. */
export class Locker {
  readonly entries = new Map<ImageName, LockedImage>();
  readonly bases = new Map<string, LockedBase>();
  readonly #deps: LockerDeps;
  readonly #pending = new Map<ImageName, Promise<ImageOutcome>>();
  readonly #roots = new Map<ImageName, string>();
  readonly #queue: ReturnType<typeof jobQueue>;
  readonly #baseOf: ReturnType<typeof baseLocker>;
  #parentOf: Promise<(name: ImageName) => Promise<SourceImage>> | undefined;

  constructor(deps: LockerDeps) {
    this.#deps = deps;
    this.#queue = jobQueue(deps.options.jobs ?? cpus().length);
    this.#baseOf = baseLocker(deps.context, { lock: deps.plan.lock, tlsVerify: deps.options.tlsVerify ?? true });
  }

  async run(): Promise<LockResult[]> {
    const { images, open, removed, lock } = this.#deps.plan;
    for (const [name, image] of images) this.#pending.set(name, this.#process(image));
    const results: LockResult[] = [];
    for (const [name, outcome] of await allOutcomes(this.#pending)) {
      if (outcome.entry !== undefined) this.entries.set(name, outcome.entry);
      if (outcome.result !== undefined) results.push(outcome.result);
      else if (open.has(name))
        results.push({ image: name, outcome: "open", changes: [], reason: open.get(name) ?? "" });
    }
    for (const name of removed) {
      if (open.has(name)) continue;
      results.push({ image: name, outcome: "removed", changes: lockChanges(lock?.find(name)?.packages ?? [], []) });
    }
    await this.#keepBases();
    return results;
  }

  async #process(image: DesiredImage): Promise<ImageOutcome> {
    const { node } = image;
    const { name } = node;
    const bases = node.stages.flatMap(({ base }) => (base.type === "image" ? [base.image] : []));
    const baseOutcomes = await Promise.all(bases.map((base) => this.#pending.get(base)));
    const failedBase = bases.find((_, index) => baseOutcomes[index]?.result?.outcome === "failed");
    const outcome = await this.#outcome(image, failedBase);
    this.#roots.set(name, rootDigest(image, outcome.entry?.packages, this.#roots));
    if (outcome.result) this.#deps.progress.finish(name, progressLine(outcome.result));
    return outcome;
  }

  async #outcome(image: DesiredImage, failedBase: ImageName | undefined): Promise<ImageOutcome> {
    const { plan } = this.#deps;
    const { name } = image.node;
    const entry = currentEntry(plan, name);
    if (!plan.wanted.has(name)) return { entry };
    if (failedBase !== undefined) return { entry, result: failure(name, `${failedBase} failed`) };
    return this.#lock(image, entry);
  }

  async #lock(image: DesiredImage, old: LockedImage | undefined): Promise<ImageOutcome> {
    const { name } = image.node;
    const inputs = madeFrom(image, this.#roots);
    if (old?.madeFrom === inputs && !this.#mayMove(old)) {
      return { entry: old, result: { image: name, outcome: "kept", changes: [] } };
    }
    try {
      for (const base of externalBases(image)) this.bases.set(base.ref, await this.#baseOf(base, image.node.platform));
      const packages = await this.#resolve(image, old?.packages ?? []);
      const changes = lockChanges(old?.packages ?? [], packages);
      return { entry: { madeFrom: inputs, packages }, result: { image: name, outcome: "locked", changes } };
    } catch (error) {
      this.#deps.context.signal.throwIfAborted();
      return { entry: old, result: failure(name, reasonOf(error), error instanceof StepFailure ? error.tail : []) };
    }
  }

  /** Whether `--update` lets a package of the entry move. */
  #mayMove({ packages }: LockedImage): boolean {
    const { update } = this.#deps.plan;
    if (update === undefined || update === true) return update === true && packages.length > 0;
    return packages.some(({ name }) => update.has(name));
  }

  async #resolve(image: DesiredImage, old: readonly LockedPackage[]): Promise<readonly LockedPackage[]> {
    const { context, plan, progress, requireWorkshop } = this.#deps;
    const { node, recipe } = image;
    const { name } = node;
    if (recipe.packages.length === 0 && node.stages.at(-1)?.base.type !== "bootstrap") return [];
    const workshop = await requireWorkshop();
    this.#parentOf ??= this.#parents();
    const imageOf = await this.#parentOf;
    // Before this takes a place in the queue: the parents would wait for it.
    const parents = neededParents(image);
    const images = new Map(await Promise.all(parents.map(async (parent) => [parent, await imageOf(parent)] as const)));
    const log = join(stateRoot(context), "logs", `lock-${name}.log`);
    const job = { name, log, signal: context.signal, recipe, platform: node.platform, images };
    return this.#queue(async () => {
      progress.phase(name, "resolving", log);
      return (await workshop.resolve(job, keptPackages(old, plan.update))).packages;
    });
  }

  async #parents() {
    const { context, loaded, options, plan, progress, requireWorkshop } = this.#deps;
    const workshop = await requireWorkshop();
    const image = async (name: ImageName): Promise<DesiredImage> => {
      const outcome = await this.#pending.get(name);
      if (outcome?.result?.outcome === "failed") throw new StepFailure("NOT_LOCKABLE", `${name} failed`);
      const open = plan.images.get(name) as DesiredImage;
      return outcome?.entry === undefined ? open : withLocked(open, outcome.entry);
    };
    const registry = buildingRegistry(context, loaded, options, workshop.output);
    return parentBuilder({ context, loaded, workshop, registry, image, queue: this.#queue, progress });
  }

  /** Keeps the bases that an image in the lockfile starts from, and drops the others. */
  async #keepBases(): Promise<void> {
    const { lock, images } = this.#deps.plan;
    const used = new Set(
      [...this.entries.keys()].flatMap((name) => externalBases(images.get(name) as DesiredImage).map(({ ref }) => ref)),
    );
    for (const ref of [...this.bases.keys()]) if (!used.has(ref)) this.bases.delete(ref);
    for (const [ref, base] of lock?.bases ?? []) if (used.has(ref) && !this.bases.has(ref)) this.bases.set(ref, base);
  }
}

/** The images of the catalogue in which packages are resolved, or from which the root for that is built. */
function neededParents({ node, recipe }: DesiredImage): readonly ImageName[] {
  const stages = node.stages.filter(({ name }) => recipe.packages.some(({ stage }) => stage === name));
  if (stages.some(({ base }) => base.type === "stage")) return node.parents;
  return stages.flatMap(({ base }) => (base.type === "image" ? [base.image] : []));
}

/**
 * Opens the registry for parents. An OCI layout is written to, except for tags; any other registry is only read, and what is
 * built goes into a layout in the state directory.
 */
function buildingRegistry(
  context: Context,
  { desired }: LoadedCatalogue,
  options: RegistryOptions,
  output: Workshop["output"],
): Registry {
  const reference = registryReference(desired.settings, options);
  if (!reference.startsWith("docker://")) return openRegistryFor(context, desired.settings, options, output);
  const layout = `oci:${join(stateRoot(context), "lock-registry")}`;
  return openRegistryFor(context, desired.settings, { ...options, registry: layout, readFrom: reference }, output);
}

/** Waits for every promise even when one fails: the rejections of the others would go unhandled. */
async function allOutcomes(
  pending: ReadonlyMap<ImageName, Promise<ImageOutcome>>,
): Promise<[ImageName, ImageOutcome][]> {
  await Promise.allSettled(pending.values());
  return Promise.all([...pending].map(async ([name, outcome]) => [name, await outcome] as [ImageName, ImageOutcome]));
}

const failure = (image: ImageName, reason: string, tail: readonly string[] = []): LockResult => ({
  image,
  outcome: "failed",
  changes: [],
  reason,
  ...(tail.length > 0 ? { tail } : {}),
});

/** The message of an expected failure, which is why there is no entry. Rethrows anything else: it is a bug. */
function reasonOf(error: unknown): string {
  if (error instanceof StepFailure) return error.message;
  const expected = expectedFailure(error);
  if (expected === undefined) throw error;
  return expected.message;
}

function progressLine({ image, outcome, changes, reason }: LockResult): string | undefined {
  if (outcome === "kept") return undefined;
  const isNew = changes.length > 0 && changes.every(({ from }) => from === null);
  // The cause of a failure stands at the end.
  const what = reason === undefined ? ` (${changes.length} ${isNew ? "new" : "changed"})` : "";
  return `${outcome.padEnd(10)} ${image}${what}`;
}
