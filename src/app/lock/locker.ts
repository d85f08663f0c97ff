import { randomBytes } from "node:crypto";
import { cpus } from "node:os";
import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import { expectedFailure } from "../../exit.js";
import type { DesiredImage } from "../../model/desired.js";
import type { LockedBase, LockedImage, LockedPackage } from "../../model/lock.js";
import type { LockResult } from "../../model/lock-result.js";
import type { ImageName } from "../../model/names.js";
import type { Registry } from "../../model/registry.js";
import { allManagers } from "../../packages/managers.js";
import { printable } from "../../report/printable.js";
import type { Progress } from "../../report/progress.js";
import { lockChanges } from "../../resolve/lock-changes.js";
import { madeFrom, rootDigest } from "../../resolve/lock-inputs.js";
import { withLocked } from "../../resolve/with-locked.js";
import { jobQueue } from "../../run/job-queue.js";
import { openPackageStore } from "../../run/package-store.js";
import { StepFailure, type StoredImage } from "../../run/runner.js";
import type { Workshop } from "../build/build.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { openRegistryFor, type RegistryOptions, registryReference } from "../plan/plan.js";
import { baseLocker, externalBases } from "./bases.js";
import { type LockJob, lockImage } from "./image.js";
import { parentBuilder } from "./parents.js";
import { currentEntry, type LockOptions, type LockPlan } from "./plan.js";

export interface MakeLockOptions extends LockOptions, RegistryOptions {
  readonly jobs?: number;
}

export interface LockerDeps {
  readonly context: Context;
  readonly loaded: LoadedCatalogue;
  readonly options: MakeLockOptions;
  readonly plan: LockPlan;
  readonly progress: Progress;
  readonly requireWorkshop: () => Promise<Workshop>;
}

/** What has become of one image. */
interface ImageOutcome {
  readonly result?: LockResult;
  /** undefined: it is open. */
  readonly entry: LockedImage | undefined;
}

/** Goes through the images in build order; each starts when those are done that it starts from. */
export class Locker {
  readonly entries = new Map<ImageName, LockedImage>();
  readonly bases = new Map<string, LockedBase>();
  readonly #deps: LockerDeps;
  readonly #pending = new Map<ImageName, Promise<ImageOutcome>>();
  readonly #roots = new Map<ImageName, string>();
  readonly #queue: ReturnType<typeof jobQueue>;
  readonly #baseOf: ReturnType<typeof baseLocker>;
  #parentOf: Promise<(name: ImageName) => Promise<StoredImage>> | undefined;

  constructor(deps: LockerDeps) {
    this.#deps = deps;
    this.#queue = jobQueue(deps.options.jobs ?? cpus().length);
    this.#baseOf = baseLocker(deps.context, { lock: deps.plan.lock, tlsVerify: deps.options.tlsVerify ?? true });
  }

  async run(): Promise<LockResult[]> {
    const { images, open, removed, lock } = this.#deps.plan;
    for (const [name, image] of images) this.#pending.set(name, this.#make(image));
    const results: LockResult[] = [];
    for (const [name, made] of await settled(this.#pending)) {
      if (made.entry !== undefined) this.entries.set(name, made.entry);
      if (made.result !== undefined) results.push(made.result);
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

  async #make(image: DesiredImage): Promise<ImageOutcome> {
    const { plan, progress } = this.#deps;
    const { node } = image;
    const { name } = node;
    const below = node.stages.flatMap(({ base }) => (base.type === "image" ? [base.image] : []));
    const starts = await Promise.all(below.map((parent) => this.#pending.get(parent)));
    const old = currentEntry(plan, name);
    const blocked = below.find((_, index) => starts[index]?.result?.outcome === "failed");
    const made = !plan.wanted.has(name)
      ? { entry: old }
      : blocked === undefined
        ? await this.#lock(image, old)
        : { entry: old, result: failed(name, `${blocked} failed`) };
    this.#roots.set(name, rootDigest(image, made.entry?.packages, this.#roots));
    if (made.result) progress.finish(name, progressLine(made.result));
    return made;
  }

  async #lock(image: DesiredImage, old: LockedImage | undefined): Promise<ImageOutcome> {
    const { name } = image.node;
    const made = madeFrom(image, this.#roots);
    if (old?.madeFrom === made && !this.#moves(old)) {
      return { entry: old, result: { image: name, outcome: "kept", changes: [] } };
    }
    try {
      for (const base of externalBases(image)) this.bases.set(base.ref, await this.#baseOf(base, image.node.platform));
      const packages = await this.#resolve(image, old?.packages ?? []);
      const changes = lockChanges(old?.packages ?? [], packages);
      return { entry: { madeFrom: made, packages }, result: { image: name, outcome: "locked", changes } };
    } catch (error) {
      this.#deps.context.signal.throwIfAborted();
      return { entry: old, result: failed(name, reasonOf(error), error instanceof StepFailure ? error.tail : []) };
    }
  }

  #moves({ packages }: LockedImage): boolean {
    const { update } = this.#deps.plan;
    if (update === undefined || update === true) return update === true && packages.length > 0;
    return packages.some(({ name }) => update.has(name));
  }

  async #resolve(image: DesiredImage, old: readonly LockedPackage[]): Promise<readonly LockedPackage[]> {
    const { context, loaded, plan, progress, requireWorkshop } = this.#deps;
    const { node, recipe } = image;
    const { name } = node;
    if (recipe.packages.length === 0 && recipe.bootstrap === undefined) return [];
    const workshop = await requireWorkshop();
    this.#parentOf ??= this.#parents();
    const imageOf = await this.#parentOf;
    // Before a place in the queue is taken, where these would wait for one.
    await Promise.all(neededParents(image).map(imageOf));
    const root = stateRoot(context);
    const managers = allManagers(loaded.catalogue.languages);
    const job: LockJob = {
      image,
      old,
      update: plan.update,
      directory: join(root, "tmp", `lock-${randomBytes(8).toString("hex")}`),
      log: join(root, "logs", `lock-${name}.log`),
      signal: context.signal,
    };
    const deps = {
      ask: workshop.ask,
      store: openPackageStore(join(root, "cache", "packages", "sha256")),
      tree: loaded.tree,
      runner: workshop.runner,
      imageOf,
      syntaxOf: (manager: string) =>
        managers.find((candidate) => candidate.name === manager) as (typeof managers)[number],
      aptSources: context.env.SLIPWAY_APT_SOURCES,
    };
    return this.#queue(() => {
      progress.phase(name, "resolving");
      return lockImage(deps, job);
    });
  }

  async #parents() {
    const { context, loaded, options, plan, progress, requireWorkshop } = this.#deps;
    const workshop = await requireWorkshop();
    const image = async (name: ImageName): Promise<DesiredImage> => {
      const made = await this.#pending.get(name);
      if (made?.result?.outcome === "failed") throw new StepFailure("NOT_LOCKABLE", `${name} failed`);
      const open = plan.images.get(name) as DesiredImage;
      return made?.entry === undefined ? open : withLocked(open, made.entry.packages);
    };
    const registry = buildingRegistry(context, loaded, options, workshop.output);
    const phase = (name: ImageName, what: string) => progress.phase(name, what);
    return parentBuilder({ context, loaded, workshop, registry, image, queue: this.#queue, phase });
  }

  /** Those that an image in the lock starts from; the others are nobody's. */
  async #keepBases(): Promise<void> {
    const { lock, images } = this.#deps.plan;
    const used = new Set(
      [...this.entries.keys()].flatMap((name) => externalBases(images.get(name) as DesiredImage).map(({ ref }) => ref)),
    );
    for (const ref of [...this.bases.keys()]) if (!used.has(ref)) this.bases.delete(ref);
    for (const [ref, base] of lock?.bases ?? []) if (used.has(ref) && !this.bases.has(ref)) this.bases.set(ref, base);
  }
}

/** Images of the catalogue in whose root packages are resolved, or of which such a root is made. */
function neededParents({ node, recipe }: DesiredImage): readonly ImageName[] {
  const stages = node.stages.filter(({ name }) => recipe.packages.some(({ stage }) => stage === name));
  if (stages.some(({ base }) => base.type === "stage")) return node.parents;
  return stages.flatMap(({ base }) => (base.type === "image" ? [base.image] : []));
}

/** A layout is written to, tags excepted; another registry is only read, and what is built goes to a layout beside the state. */
function buildingRegistry(
  context: Context,
  { desired }: LoadedCatalogue,
  options: RegistryOptions,
  output: Workshop["output"],
): Registry {
  const reference = registryReference(desired.settings, options);
  if (!reference.startsWith("docker://")) return openRegistryFor(context, desired.settings, options, output);
  const own = `oci:${join(stateRoot(context), "lock-registry")}`;
  return openRegistryFor(context, desired.settings, { ...options, registry: own, readFrom: reference }, output);
}

/** Every promise is awaited even when one fails, or the rest would reject unheard. */
async function settled(pending: ReadonlyMap<ImageName, Promise<ImageOutcome>>): Promise<[ImageName, ImageOutcome][]> {
  await Promise.allSettled(pending.values());
  return Promise.all([...pending].map(async ([name, made]) => [name, await made] as [ImageName, ImageOutcome]));
}

const failed = (image: ImageName, reason: string, tail: readonly string[] = []): LockResult => ({
  image,
  outcome: "failed",
  changes: [],
  reason,
  ...(tail.length > 0 ? { tail } : {}),
});

/** What can be expected is why there is no entry; a bug goes on. */
function reasonOf(error: unknown): string {
  if (error instanceof StepFailure) return error.message;
  const failure = expectedFailure(error);
  if (failure === undefined) throw error;
  return failure.message;
}

function progressLine({ image, outcome, changes, reason }: LockResult): string | undefined {
  if (outcome === "kept") return undefined;
  const isNew = changes.length > 0 && changes.every(({ from }) => from === null);
  const what = reason === undefined ? ` (${changes.length} ${isNew ? "new" : "changed"})` : `: ${printable(reason)}`;
  return `${outcome.padEnd(10)} ${image}${what}`;
}
