import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EPOCH, MACHINE_MOUNT } from "../model/build-environment.js";
import { containerfileText, localReference } from "../model/containerfile.js";
import { LINE_FEED_ARGUMENT } from "../model/containerfile-words.js";
import type { Instruction, RecipeStage } from "../model/instructions.js";
import type { Digest } from "../model/names.js";
import type { Recipe } from "../model/recipe.js";
import { bootstrapOf, externalReferences, finalBase } from "../model/recipe-stages.js";
import type { LocalImage } from "../model/registry.js";
import { type BootstrapNeeds, bootstrap } from "./bootstrap.js";
import { readAccount } from "./build-account.js";
import type { Buildah } from "./buildah.js";
import type { ExternalFetcher } from "./externals.js";
import { finishImage } from "./finish-image.js";
import { additionsFor, readConfig } from "./image-config.js";
import { imageLayers } from "./image-layers.js";
import { bareId, type createImageFetcher } from "./images.js";
import { copiedPaths } from "./mount-points.js";
import { foreignPlatform } from "./platform.js";
import { lastLines } from "./process.js";
import { type BuildJob, type Job, StepFailure } from "./runner.js";
import { needsTrace, prepareTrace, type SetupTrace, untraced } from "./setup-trace.js";

export interface BuildImageDeps {
  readonly buildah: Buildah;
  readonly fetch: ReturnType<typeof createImageFetcher>;
  readonly fetchExternal: ExternalFetcher;
  /** Writes the context's files; fails when one is no longer what the recipe says. */
  readonly writeContext: (recipe: Recipe, directory: string, job: Job) => Promise<void>;
  /** Minutes that Buildah may take for the image. */
  readonly timeout: number;
  /** Whether it is written down what made the files of images; nobody asks that of a root that is only built to run a command in. */
  readonly accounts: boolean;
  /** A directory of this run for contexts. */
  readonly temporary: string;
  /** Mounted at MACHINE_MOUNT, where the recipe has no locked packages. */
  readonly machine: string;
  /** Makes the directory that takes its place for locked packages, below one of the image's own. */
  readonly prepareLocked: (job: BuildJob, directory: string) => Promise<LockedMachine>;
  readonly bootstrapNeeds: BootstrapNeeds;
  /**
   * Collects the images of Buildah from which a finished one was made. They cannot be removed at once: another image with the same
   * content may be under construction, or this very image may be what another definition describes.
   */
  readonly unfinished: Set<Digest>;
}

/** What the build of an image with locked packages is given. */
export interface LockedMachine {
  /** Mounted at MACHINE_MOUNT. */
  readonly directory: string;
  /** Directories by mount point. They are read-only, because their files are those of the package store. */
  readonly volumes: ReadonlyMap<string, string>;
  /** Where the steps of each stage, counted from 0, read its settings; nothing of it enters the image or the key. */
  readonly settingsOf: (index: number) => string;
  /** A repository on this machine; undefined: the lockfile has no packages of a bootstrap. */
  readonly bootstrap?: string;
  readonly offline: boolean;
}

/** Builds one image: writes its context, makes its bootstrap if it has one, and runs Buildah. */
export async function buildImage(deps: BuildImageDeps, job: BuildJob): Promise<LocalImage> {
  const directory = join(deps.temporary, job.name);
  const context = join(directory, "context");
  await rm(directory, { recursive: true, force: true });
  await mkdir(context, { recursive: true });
  const foreign = foreignPlatform(job.platform);
  const { stages } = job.recipe.containerfile;
  const spec = bootstrapOf(stages);
  if (foreign?.problem !== undefined && (spec !== undefined || hasInstruction(stages, isCommand)))
    throw new StepFailure("BUILD_FAILED", foreign.problem);
  try {
    await deps.writeContext(job.recipe, context, job);
    const locked = job.recipe.locked === undefined ? undefined : await deps.prepareLocked(job, directory);
    const { noOffline } = deps.buildah.system;
    if (locked?.offline && noOffline !== undefined)
      throw new StepFailure("BUILD_FAILED", `cannot cut the network off, as a locked build has to: ${noOffline}`);
    await writeFile(join(directory, "Containerfile"), containerfileText(stages, locked?.settingsOf));
    if (spec !== undefined) {
      const own = locked?.bootstrap === undefined ? {} : { repository: locked.bootstrap, offline: locked.offline };
      await bootstrap(spec, context, { ...job, ...deps.bootstrapNeeds, ...own });
    }
    return await buildAndFinish(deps, job, { directory, locked });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const hasInstruction = (stages: readonly RecipeStage[], matches: (instruction: Instruction) => boolean) =>
  stages.some(({ instructions }) => instructions.some(matches));

const isCommand = ({ type }: Instruction) => type === "install" || type === "run" || type === "script";

const isLineFeed = ({ type }: Instruction) => type === "line-feed";

/** Whether a step looks at MACHINE_MOUNT: only the prologue does. */
const readsSettings = (instruction: Instruction) =>
  instruction.type === "script" || (instruction.type === "install" && instruction.parts.length > 1);

interface Surroundings {
  readonly directory: string;
  readonly locked: LockedMachine | undefined;
}

async function buildAndFinish(deps: BuildImageDeps, job: BuildJob, surroundings: Surroundings): Promise<LocalImage> {
  const { buildah } = deps;
  const { directory } = surroundings;
  const { recipe } = job;
  const { stages } = recipe.containerfile;
  const bases = await fetchBases(deps, job);
  const baseId = bases(stages.length - 1);
  const base = baseId && (await readConfig(buildah, baseId, job.signal));
  const image = stages.at(-1);
  const additions = additionsFor(image?.instructions ?? [], base);
  const trace = deps.accounts ? await traceFor(deps, job, directory) : undefined;
  // Beforehand: Buildah removes the image of a stage that has no instructions.
  const layers = stages.map((_, index) => bases(index)).map((id) => (id ? imageLayers(buildah.system, id) : []));
  const below = await Promise.all(layers);
  const built = await runBuild(deps, job, { ...surroundings, trace });
  const bare = image?.bare && { bare: { base, copied: copiedPaths(recipe) } };
  const isDone = !additions && !bare;
  const imageId = isDone
    ? built
    : await finishImage(buildah, { ...job, imageId: built, directory, additions, ...bare });
  if (imageId !== built) deps.unfinished.add(built);
  if (!deps.accounts) return { imageId };
  const traces = (await trace?.read()) ?? untraced(stages);
  return { imageId, account: await readAccount(buildah, { imageId, stages, traces, bases: below }, job) };
}

/** Only an OCI runtime can be watched. */
async function traceFor({ buildah }: BuildImageDeps, { recipe }: BuildJob, directory: string) {
  const { runtime, isolation } = buildah.system;
  const { stages } = recipe.containerfile;
  if (isolation !== "oci" || runtime === undefined || !needsTrace(stages)) return undefined;
  return prepareTrace(stages, runtime, join(directory, "trace"));
}

/** Fetches everything that the stages start from; returns what tells the image ID of each stage's final base. */
async function fetchBases(deps: BuildImageDeps, { recipe, images, platform, signal, log }: BuildJob) {
  for (const image of images.values()) await deps.fetch(image, signal, log);
  const { stages } = recipe.containerfile;
  const externals = new Map<string, Digest>();
  for (const reference of externalReferences(stages))
    externals.set(reference, await deps.fetchExternal({ reference, platform }, signal, log));
  return (index: number): Digest | undefined => {
    const base = finalBase(stages, index);
    if (base.type === "image") return images.get(base.image)?.imageId;
    return base.type === "external" ? externals.get(base.reference) : undefined;
  };
}

async function runBuild(
  { buildah, machine, timeout }: BuildImageDeps,
  job: BuildJob,
  { directory, locked, trace }: Surroundings & { readonly trace: SetupTrace | undefined },
): Promise<Digest> {
  const { isolation } = buildah.system;
  const runtime = trace?.runtime ?? buildah.system.runtime;
  const { stages } = job.recipe.containerfile;
  const idFile = join(directory, "id");
  const args = [
    ...(runtime === undefined ? [] : ["--runtime", runtime]),
    ...["--isolation", isolation, "--network", "host", "--format", "oci", "--layers=false", "--force-rm"],
    // Nothing that varies may enter the image: no times, no versions, no names from local storage.
    ...["--timestamp", String(EPOCH), "--identity-label=false", "--omit-history"],
    ...(foreignPlatform(job.platform) === undefined ? [] : ["--platform", job.platform]),
    ...[...job.images].flatMap(([name, { imageId }]) => {
      return ["--build-context", `${localReference(name)}=container-image://${bareId(imageId)}`];
    }),
    // Everything that it starts from is in local storage: what a registry says by now does not matter.
    ...(job.images.size + externalReferences(stages).length > 0 ? ["--pull-never"] : []),
    // A Containerfile cannot express a line break in a value; as a build argument without a default it leaves no trace.
    ...(hasInstruction(stages, isLineFeed) ? ["--build-arg", `${LINE_FEED_ARGUMENT}=\n`] : []),
    // Only for steps that look there: in an image without this directory the mount point would stay.
    ...(hasInstruction(stages, readsSettings) ? volumes(machine, locked) : []),
    ...["--iidfile", idFile, "--file", join(directory, "Containerfile"), join(directory, "context")],
  ];
  const { signal, log } = job;
  const offline = locked?.offline ?? false;
  const built = await buildah.run(["build", ...args], { signal, log, timeout: timeout * 60, offline });
  if (built.exitCode === 0) return (await readFile(idFile, "utf8")).trim() as Digest;
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  if (built.timedOut) throw new StepFailure("BUILD_FAILED", tooLong(timeout));
  const tail = lastLines(`${built.stdout}\n${built.stderr}`);
  const advice = locked === undefined ? "" : lockedAdvice(tail, offline);
  throw new StepFailure("BUILD_FAILED", `${failedStep(built.stderr, built.stdout)}${advice}`, tail);
}

const tooLong = (minutes: number) =>
  `the build did not end within ${minutes} min (\`builder: { timeout: … }\` in slipway.yaml sets the limit)`;

function volumes(machine: string, locked: LockedMachine | undefined): string[] {
  const further = [...(locked?.volumes ?? [])].map(([mount, directory]) => `${directory}:${mount}:ro`);
  return [`${locked?.directory ?? machine}:${MACHINE_MOUNT}`, ...further].flatMap((volume) => ["--volume", volume]);
}

/** How apt, pip, npm and dnf say that a package is missing. */
const LACKS =
  /Unable to locate package|has no installation candidate|Version '.*' for '.*' was not found|unmet dependencies|No matching distribution|npm ERR! code E(?:404|TARGET)|npm error code E(?:404|TARGET)|No match for argument|Unable to find a match|nothing provides/;

/** A hint at what fails a locked build and not an open one. */
function lockedAdvice(tail: readonly string[], offline: boolean): string {
  if (tail.some((line) => LACKS.test(line)))
    return " (slipway.lock lacks a package that it takes: run `slipway lock --update`)";
  if (!offline) return "";
  return " (a locked build has no network; `lock: { network: host }` in slipway.yaml lets `setup` have it)";
}

/** The instruction that failed and Buildah's reason, without Buildah's wrapping. */
function failedStep(stderr: string, stdout: string): string {
  const step = /building at STEP "([\s\S]*?)": ([\s\S]*)/.exec(stderr);
  if (step === null) return lastLines(stderr, 1)[0] ?? lastLines(stdout, 1)[0] ?? "Buildah said nothing";
  const instruction = (step[1] as string).replace(/\s+/g, " ");
  const short = instruction.length > 120 ? `${instruction.slice(0, 117)}…` : instruction;
  return `${(step[2] as string).trim().split("\n")[0]} in \`${short}\``;
}
