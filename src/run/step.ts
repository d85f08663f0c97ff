import type { BuildAccount } from "../model/attribution.js";
import { cut, withRest } from "../model/cut.js";
import type { DesiredImage } from "../model/desired.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { Inventory } from "../model/inventory.js";
import type { LockedPackage } from "../model/lock.js";
import type { BuildKey, Digest, ImageName } from "../model/names.js";
import type { Observation } from "../model/observation.js";
import type { BuildFailure, Outcome } from "../model/plan.js";
import { bootstrapOf } from "../model/recipe-stages.js";
import type { LocalImage, RegistryWriter } from "../model/registry.js";
import type { Claims } from "./claims.js";
import { type OpenImage, type Runner, type SourceImage, StepFailure, type StoredImage, withImage } from "./runner.js";

export interface StepDeps {
  readonly runner: Runner;
  readonly registry: RegistryWriter;
  /** What the registry has for an image on these parents. */
  readonly observe: (image: DesiredImage, parents: readonly Digest[]) => Promise<Observation>;
  /** The problems with what an image is about to install. */
  readonly approve: (image: DesiredImage, closure: readonly LockedPackage[]) => Promise<readonly Diagnostic[]>;
  /** The problems with what is installed in an image that was built. Raises StepFailure, RegistryError. */
  readonly check: (built: BuiltImage) => Promise<readonly Diagnostic[]>;
  /** Attaches to an image the list of its contents, before a pointer tag leads to it. Raises StepFailure, RegistryError. */
  readonly describe: (stored: PublishedImage) => Promise<void>;
  /** Names the cause of a failure that lies in this machine. Left out: every failure says it itself. */
  readonly explain?: (failure: BuildFailure) => Promise<BuildFailure>;
  /** Says to other builders on this registry what this one builds. Left out: nobody is told. */
  readonly claims?: Pick<Claims, "take" | "ended" | "hasMetOthers"> | undefined;
  /** Holds a mutex of this name: two processes that need the same key do the work once. `waiting`: another process holds it. */
  readonly lock: <T>(key: string, signal: AbortSignal, action: () => Promise<T>, waiting?: () => void) => Promise<T>;
}

/** What a step does; `waiting`: another process does it. */
type Phase = "waiting" | "resolving" | "building" | "checking" | "testing" | "publishing";

export interface Step {
  readonly image: DesiredImage;
  readonly parents: readonly ParentImage[];
  readonly log: string;
  readonly signal: AbortSignal;
  readonly observed: (observation: Observation) => void;
  /** Is told the phase, for users. */
  readonly phase: (phase: Phase) => void;
}

/** An image before anything of it is published. */
export interface BuiltImage extends Pick<Step, "image" | "parents" | "log" | "signal"> {
  readonly imageId: Digest;
  readonly inventory: Inventory;
  /** Left out: nothing is known of what made its files. */
  readonly account?: BuildAccount;
  /** What all of its stages were given to install. */
  readonly closure: readonly LockedPackage[];
}

/** An image under its key tag, before its pointer tags are moved. */
export interface PublishedImage extends Pick<Step, "image" | "parents" | "log" | "signal"> {
  readonly imageId: Digest;
  /** Of the manifest. */
  readonly digest: Digest;
  /** undefined: it was built just now and is in local storage. */
  readonly pull?: StoredImage["pull"];
}

export interface ParentImage extends SourceImage {
  readonly name: ImageName;
}

export interface StepDone {
  readonly outcome: Extract<Outcome, "built" | "retagged" | "unchanged">;
  readonly observation: Observation;
  readonly imageId: Digest;
  readonly digest: Digest;
  readonly bytes: number | null;
}

/** Another builder is building the image: there is other work to do in the meantime. */
export interface StepTaken {
  readonly outcome: "taken";
  readonly observation: Observation;
}

/** Whether the registry has everything that an image needs, so that there is nothing to do. */
export const isCurrent = ({ record, tested, stale }: Observation) =>
  record !== undefined && tested && stale.length === 0;

/**
 * Makes the registry hold one image: builds and tests it where it is missing, then sets the key tag, then the pointer tags. A crash
 * anywhere leaves the old pointers, and running again does the rest. Raises StepFailure, and RegistryError of the registry.
 */
export async function runStep(deps: StepDeps, step: Step): Promise<StepDone> {
  for (;;) {
    const done = await tryStep(deps, step);
    if (done.outcome !== "taken") return done;
    step.phase("waiting");
    await deps.claims?.ended(step.image.node.name, done.observation.key as BuildKey, step.signal);
  }
}

/** The same, unless another builder is at it. */
export async function tryStep(deps: StepDeps, step: Step): Promise<StepDone | StepTaken> {
  const parents = step.parents.map(({ imageId }) => imageId);
  const first = await deps.observe(step.image, parents);
  step.observed(first);
  if (isCurrent(first)) return unchanged(first);
  const make = async () => {
    // The process that held the mutex before may have done it, or the builder whose claim has ended.
    const observation = await deps.observe(step.image, parents);
    if (isCurrent(observation)) return unchanged(observation);
    return observation.record ? retag(deps, step, observation) : build(deps, step, observation);
  };
  // Setting tags takes no longer than a claim.
  const makeClaimed = async (): Promise<StepDone | StepTaken> => {
    if (deps.claims === undefined || first.tested) return make();
    const claim = await deps.claims.take(step.image.node.name, first.key as BuildKey, step.signal);
    if (claim === "taken") return { outcome: "taken", observation: first };
    try {
      return await make();
    } finally {
      await claim.release();
    }
  };
  return deps.lock(first.tags.key, step.signal, makeClaimed, () => step.phase("waiting"));
}

function unchanged(observation: Observation): StepDone {
  const { imageId, manifestDigest: digest } = observation.record as NonNullable<Observation["record"]>;
  return { outcome: "unchanged", observation, imageId, digest, bytes: null };
}

async function retag(deps: StepDeps, step: Step, observation: Observation): Promise<StepDone> {
  const { image, signal } = step;
  const { name } = image.node;
  const { imageId, manifestDigest: digest } = observation.record as NonNullable<Observation["record"]>;
  const pull = deps.registry.reference(name, observation.tags.key);
  if (!observation.tested)
    await withImage(deps.runner, imageJob(step, { imageId, pull }), (opened) => test(step, opened));
  step.phase("publishing");
  const { key, tested, pointers } = observation.tags;
  await deps.describe({ ...step, imageId, digest, pull });
  await deps.registry.point(name, key, [tested, ...pointers], signal);
  return { outcome: "retagged", observation, imageId, digest, bytes: null };
}

async function build(deps: StepDeps, step: Step, observation: Observation): Promise<StepDone> {
  const { image, signal, log } = step;
  const { name } = image.node;
  if (image.recipe.locked === undefined && installs(image)) step.phase("resolving");
  const images = new Map(step.parents.map((parent) => [parent.name, parent]));
  const { recipe } = image;
  const job = { name, log, signal, recipe, platform: image.node.platform, images };
  const { packages, rootfs } = await deps.runner.resolve(job);
  refuse(await deps.approve(image, packages));
  step.phase("building");
  const closed = { ...recipe, locked: { packages } };
  const local = await deps.runner.build({ ...job, recipe: closed, ...(rootfs === undefined ? {} : { rootfs }) });
  // One container serves both: making one takes longer than many tests.
  await withImage(deps.runner, imageJob(step, { imageId: local.imageId }), async (opened) => {
    await check(deps, step, { ...local, closure: packages, opened });
    await test(step, opened);
  });
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  step.phase("publishing");
  const { key, tested, pointers } = observation.tags;
  const { imageId, manifestDigest: digest, bytes } = await deps.registry.publish(local, name, key, signal);
  await deps.describe({ ...step, imageId, digest });
  await deps.registry.point(name, key, [tested, ...pointers], signal);
  return { outcome: "built", observation, imageId, digest, bytes };
}

/** Whether package managers have to say what they would install. */
const installs = ({ recipe: { packages, containerfile } }: DesiredImage) =>
  packages.length > 0 || bootstrapOf(containerfile.stages) !== undefined;

const imageJob = ({ image, log, signal }: Step, stored: StoredImage) => ({
  name: image.node.name,
  log,
  signal,
  image: stored,
});

/** Unapproved content fails the image before any tag moves; the key tag is for images that passed. */
async function check(
  { check: problemsOf }: StepDeps,
  step: Step,
  { opened, ...built }: LocalImage & Pick<BuiltImage, "closure"> & { readonly opened: OpenImage },
): Promise<void> {
  const { image, parents, log, signal } = step;
  step.phase("checking");
  const inventory = await opened.inspect();
  refuse(await problemsOf({ image, parents, log, signal, inventory, ...built }));
}

function refuse(problems: readonly Diagnostic[]): void {
  if (problems.length > 0) throw notApproved(problems);
}

/** Messages that fit on the line of an image. */
const SHOWN = 3;

function notApproved(problems: readonly Diagnostic[]): StepFailure {
  const messages = problems.map(({ message }) => message);
  const tail = problems.flatMap(({ file, line, column, code, message, hint }) => [
    `${file}:${line}:${column}: ${code}: ${message}`,
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ]);
  return new StepFailure("NOT_APPROVED", withRest(cut(messages, SHOWN)).join("; "), tail);
}

async function test(step: Step, opened: OpenImage): Promise<void> {
  step.phase("testing");
  const { tests, recipe } = step.image;
  // What build stages install is not in the image.
  const packages = recipe.packages.filter(({ stage }) => stage === undefined);
  await opened.test({ tests, packages });
}
