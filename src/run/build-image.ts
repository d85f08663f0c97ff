import { constants, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CACHE_MOUNT, EPOCH } from "../model/build-environment.js";
import { containerfileText, localReference } from "../model/containerfile.js";
import { LINE_FEED_ARGUMENT } from "../model/containerfile-words.js";
import type { Instruction, RecipeStage } from "../model/instructions.js";
import type { Digest } from "../model/names.js";
import type { Recipe } from "../model/recipe.js";
import { bootstrapOf, externalReferences, finalBase } from "../model/recipe-stages.js";
import type { LocalImage } from "../model/registry.js";
import { type BootstrapNeeds, bootstrap } from "./bootstrap.js";
import { type Buildah, READ_ONLY, WRITABLE } from "./buildah.js";
import type { ExternalFetcher } from "./externals.js";
import { finishImage } from "./finish-image.js";
import { additionsFor, readConfig } from "./image-config.js";
import { bareId, type createImageFetcher } from "./images.js";
import { copiedPaths } from "./mount-points.js";
import { foreignPlatform } from "./platform.js";
import { lastLines } from "./process.js";
import { type BuildJob, type Job, StepFailure } from "./runner.js";

export interface BuildImageDeps {
  readonly buildah: Buildah;
  readonly fetch: ReturnType<typeof createImageFetcher>;
  readonly fetchExternal: ExternalFetcher;
  /** Writes the context's files; fails when one is no longer what the recipe says. */
  readonly writeContext: (recipe: Recipe, directory: string, job: Job) => Promise<void>;
  /** Minutes that Buildah may take for the image. */
  readonly timeout: number;
  /** A directory of this run for contexts. */
  readonly temporary: string;
  /** Makes what RUN steps find at MACHINE_MOUNT, below a directory of the image's own. */
  readonly prepareMount: (job: BuildJob, directory: string) => Promise<BuildMount>;
  readonly bootstrapNeeds: BootstrapNeeds;
  /**
   * Collects the images of Buildah from which a finished one was made. They cannot be removed at once: another image with the same
   * content may be under construction, or this very image may be what another definition describes.
   */
  readonly unfinished: Set<Digest>;
}

/** What RUN steps find at MACHINE_MOUNT. It is made for one build, and no other can see it. */
export interface BuildMount {
  /** Directories by mount point, the outer one first. They are read-only; files may be those of the package store. */
  readonly volumes: ReadonlyMap<string, string>;
  /** The directory for caches, mounted at CACHE_MOUNT. */
  readonly cache: string;
  /** Where the steps of each stage, counted from 0, read its settings; nothing of it enters the image or the key. */
  readonly settingsOf: (index: number) => string;
  /** A repository on this machine; undefined: the closure has no packages of a bootstrap, or it has been made. */
  readonly bootstrap?: string;
  /** true: the build has no network. */
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
    const mount = await deps.prepareMount(job, directory);
    const { noOffline } = deps.buildah.system;
    if (mount.offline && noOffline !== undefined)
      throw new StepFailure("BUILD_FAILED", `cannot cut the network off, as a build has to: ${noOffline}`);
    await writeFile(join(directory, "Containerfile"), containerfileText(stages, mount.settingsOf));
    if (job.rootfs !== undefined) await copyFile(job.rootfs, join(context, "rootfs.tar"), constants.COPYFILE_FICLONE);
    else if (spec !== undefined) {
      const own = mount.bootstrap === undefined ? {} : { repository: mount.bootstrap, offline: mount.offline };
      await bootstrap(spec, context, { ...job, ...deps.bootstrapNeeds, ...own });
    }
    return await buildAndFinish(deps, job, { directory, mount });
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
  readonly mount: BuildMount;
}

async function buildAndFinish(deps: BuildImageDeps, job: BuildJob, surroundings: Surroundings): Promise<LocalImage> {
  const { buildah } = deps;
  const { directory } = surroundings;
  const { recipe } = job;
  const base = await fetchBase(deps, job);
  const image = recipe.containerfile.stages.at(-1);
  const additions = additionsFor(image?.instructions ?? [], base);
  const imageId = await runBuild(deps, job, surroundings);
  if (!additions && !image?.bare) return { imageId };
  const bare = image?.bare && { bare: { base, copied: copiedPaths(recipe) } };
  const finished = await finishImage(buildah, { ...job, imageId, directory, additions, ...bare });
  if (finished !== imageId) deps.unfinished.add(imageId);
  return { imageId: finished };
}

/** Fetches everything that the stages start from and returns the configuration of the image's final base. */
async function fetchBase(deps: BuildImageDeps, { recipe, images, platform, signal, log }: BuildJob) {
  for (const image of images.values()) await deps.fetch(image, signal, log);
  const { stages } = recipe.containerfile;
  const externals = new Map<string, Digest>();
  for (const reference of externalReferences(stages))
    externals.set(reference, await deps.fetchExternal({ reference, platform }, signal, log));
  const base = finalBase(stages);
  const imageId =
    base.type === "image"
      ? images.get(base.image)?.imageId
      : base.type === "external"
        ? externals.get(base.reference)
        : undefined;
  return imageId && readConfig(deps.buildah, imageId, signal);
}

async function runBuild(
  { buildah, timeout }: BuildImageDeps,
  job: BuildJob,
  { directory, mount }: Surroundings,
): Promise<Digest> {
  const { isolation, runtime } = buildah.system;
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
    ...(hasInstruction(stages, readsSettings) ? volumes(mount) : []),
    ...["--iidfile", idFile, "--file", join(directory, "Containerfile"), join(directory, "context")],
  ];
  const { signal, log } = job;
  const { offline } = mount;
  const built = await buildah.run(["build", ...args], { signal, log, timeout: timeout * 60, offline });
  if (built.exitCode === 0) return (await readFile(idFile, "utf8")).trim() as Digest;
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  if (built.timedOut) throw new StepFailure("BUILD_FAILED", tooLong(timeout));
  const tail = lastLines(`${built.stdout}\n${built.stderr}`);
  throw new StepFailure("BUILD_FAILED", `${failedStep(built.stderr, built.stdout)}${advice(tail, offline)}`, tail);
}

const tooLong = (minutes: number) =>
  `the build did not end within ${minutes} min (\`builder: { timeout: … }\` in slipway.yaml sets the limit)`;

const volumes = ({ volumes: mounts, cache }: BuildMount) =>
  [
    ...[...mounts].map(([at, directory]) => `${directory}:${at}:${READ_ONLY}`),
    `${cache}:${CACHE_MOUNT}:${WRITABLE}`,
  ].flatMap((volume) => ["--volume", volume]);

/** How apt, pip, npm and dnf say that a package is missing. */
const LACKS =
  /Unable to locate package|has no installation candidate|Version '.*' for '.*' was not found|unmet dependencies|No matching distribution|npm ERR! code E(?:404|TARGET)|npm error code E(?:404|TARGET)|No match for argument|Unable to find a match|nothing provides/;

/** A hint at what fails such a build and not one that takes whatever it finds. */
function advice(tail: readonly string[], offline: boolean): string {
  if (tail.some((line) => LACKS.test(line)))
    return " (a build has only the packages that its definition requests and what these need; if slipway.lock lacks one, run `slipway lock --update`)";
  return offline
    ? " (a build has no network: request packages in the definition, and declare downloads as artifacts)"
    : "";
}

/** The instruction that failed and Buildah's reason, without Buildah's wrapping. */
function failedStep(stderr: string, stdout: string): string {
  const step = /building at STEP "([\s\S]*?)": ([\s\S]*)/.exec(stderr);
  if (step === null) return lastLines(stderr, 1)[0] ?? lastLines(stdout, 1)[0] ?? "Buildah said nothing";
  const instruction = (step[1] as string).replace(/\s+/g, " ");
  const short = instruction.length > 120 ? `${instruction.slice(0, 117)}…` : instruction;
  return `${(step[2] as string).trim().split("\n")[0]} in \`${short}\``;
}
