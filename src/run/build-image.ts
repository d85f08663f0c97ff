import { constants, writeFileSync } from "node:fs";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CACHE_MOUNT, EPOCH } from "../model/build-environment.js";
import { containerfileText, localReference, withoutPrologue } from "../model/containerfile.js";
import { LINE_FEED_ARGUMENT } from "../model/containerfile-words.js";
import type { Instruction, RecipeStage } from "../model/instructions.js";
import type { Digest } from "../model/names.js";
import type { Network } from "../model/network.js";
import type { Recipe } from "../model/recipe.js";
import { bootstrapOf, externalReferences, finalBase } from "../model/recipe-stages.js";
import type { LocalImage } from "../model/registry.js";
import { makeDirectory } from "../system/make-directory.js";
import { type BootstrapNeeds, bootstrap } from "./bootstrap.js";
import { readAccount } from "./build-account.js";
import { type Buildah, READ_ONLY, WRITABLE } from "./buildah.js";
import { requireIntact } from "./damaged-storage.js";
import type { ExternalFetcher } from "./externals.js";
import { finishImage } from "./finish-image.js";
import { additionsFor, readConfig } from "./image-config.js";
import { imageLayers } from "./image-layers.js";
import { bareId, type createImageFetcher } from "./images.js";
import { mergeCopies } from "./merge-copies.js";
import { copiedPaths } from "./mount-points.js";
import type { PackageProxy } from "./package-proxy.js";
import { foreignPlatform } from "./platform.js";
import { lastLines } from "./process.js";
import { type BuildJob, type Job, StepFailure } from "./runner.js";
import { seccompProfile } from "./seccomp.js";
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
  /** The network that an image's build gets. */
  readonly networkOf: (recipe: Recipe) => Network;
  /** Opens what lets a build with network `packages` reach the package sources. */
  readonly openProxy: (job: BuildJob) => PackageProxy;
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
}

/** Builds one image: writes its context, makes its bootstrap if it has one, and runs Buildah. */
export async function buildImage(deps: BuildImageDeps, job: BuildJob): Promise<LocalImage> {
  const directory = join(deps.temporary, job.name);
  const context = join(directory, "context");
  await rm(directory, { recursive: true, force: true });
  makeDirectory(context);
  const foreign = foreignPlatform(job.platform);
  const { stages } = job.recipe.containerfile;
  const spec = bootstrapOf(stages);
  if (foreign?.problem !== undefined && (spec !== undefined || hasInstruction(stages, isCommand)))
    throw new StepFailure("BUILD_FAILED", foreign.problem);
  try {
    await deps.writeContext(job.recipe, context, job);
    const mount = await deps.prepareMount(job, directory);
    const network = deps.networkOf(job.recipe);
    const { noOffline } = deps.buildah.system;
    if (network !== "host" && noOffline !== undefined)
      throw new StepFailure("BUILD_FAILED", `cannot cut the network off for \`network: ${network}\`: ${noOffline}`);
    const copied = await mergeCopies(context, stages);
    await writeFile(join(directory, "Containerfile"), containerfileText(copied, mount.settingsOf));
    if (job.rootfs !== undefined) await copyFile(job.rootfs, join(context, "rootfs.tar"), constants.COPYFILE_FICLONE);
    else if (spec !== undefined) {
      const own = mount.bootstrap === undefined ? {} : { repository: mount.bootstrap, offline: network !== "host" };
      await bootstrap(spec, context, { ...job, ...deps.bootstrapNeeds, ...own });
    }
    return await buildAndFinish(deps, job, { directory, mount, network });
  } catch (error) {
    if (error instanceof StepFailure && error.code === "BUILD_FAILED" && !job.signal.aborted)
      await requireIntact(
        deps.buildah,
        [...job.images.values()].map(({ imageId }) => imageId),
        { ...job, directory },
      );
    throw error;
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
  readonly network: Network;
}

interface Traced extends Surroundings {
  readonly trace: SetupTrace | undefined;
}

async function buildAndFinish(deps: BuildImageDeps, job: BuildJob, surroundings: Surroundings): Promise<LocalImage> {
  const { buildah } = deps;
  const { directory } = surroundings;
  const { recipe } = job;
  const { stages } = recipe.containerfile;
  const bases = await fetchBases(deps, job);
  const baseId = bases(stages.length - 1);
  const base = baseId && (await readConfig(buildah.system, baseId));
  const image = stages.at(-1);
  const additions = additionsFor(image?.instructions ?? [], base);
  const trace = deps.accounts ? await traceFor(deps, job, surroundings) : undefined;
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
async function traceFor({ buildah }: BuildImageDeps, { recipe }: BuildJob, { directory, mount }: Surroundings) {
  const { runtime, isolation } = buildah.system;
  const { stages } = recipe.containerfile;
  if (isolation !== "oci" || runtime === undefined || !needsTrace(stages)) return undefined;
  return prepareTrace(stages, runtime, { directory: join(directory, "trace"), cache: mount.cache });
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

async function runBuild(deps: BuildImageDeps, job: BuildJob, surroundings: Traced): Promise<Digest> {
  const { buildah, timeout } = deps;
  const { signal, log } = job;
  const { directory, network } = surroundings;
  const proxy = network === "packages" ? deps.openProxy(job) : undefined;
  const way = network === "packages" ? (proxy ?? "none") : network;
  const args = ["build", ...buildArguments(deps, job, surroundings)];
  const built = await buildah.run(args, { signal, log, timeout: timeout * 60, network: way });
  proxy?.close();
  if (built.exitCode === 0) return (await readFile(join(directory, "id"), "utf8")).trim() as Digest;
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  if (built.timedOut) throw new StepFailure("BUILD_FAILED", tooLong(timeout));
  const tail = lastLines(`${built.stdout}\n${beforeVerdict(built.stderr)}`).map(withoutPrologue);
  const advice = networkAdvice({
    network,
    refused: proxy?.refused() ?? [],
    unreached: proxy?.unreached() ?? [],
    lacks: says(tail, LACKS),
    cutOff: says(tail, CUT_OFF),
  });
  throw new StepFailure("BUILD_FAILED", `${failedStep(built.stderr, built.stdout)}${advice}`, tail);
}

function buildArguments(
  { buildah }: BuildImageDeps,
  job: BuildJob,
  { directory, mount, network, trace }: Traced,
): readonly string[] {
  const { isolation } = buildah.system;
  const runtime = trace?.runtime ?? buildah.system.runtime;
  const { stages } = job.recipe.containerfile;
  return [
    ...(network === "host" ? [] : socketsApart(directory)),
    // The namespace that Buildah runs in is what a step gets.
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
    ...["--iidfile", join(directory, "id"), "--file", join(directory, "Containerfile"), join(directory, "context")],
  ];
}

/** What a network namespace does not hold back is held back by the kernel's filter. */
function socketsApart(directory: string): readonly string[] {
  const profile = seccompProfile();
  if (profile.problem !== undefined)
    throw new StepFailure("BUILD_FAILED", `cannot cut the network off: ${profile.problem}`);
  if (profile.text === undefined) return [];
  const file = join(directory, "seccomp.json");
  writeFileSync(file, profile.text);
  return ["--security-opt", `seccomp=${file}`];
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

/** How programs say that there is no network, or no name server. */
const CUT_OFF =
  /network is unreachable|connection refused|name resolution|could not resolve|name or service not known|bad address|unknown ?host|no such host|address information|EAI_AGAIN|ENOTFOUND|ENETUNREACH|ECONNREFUSED/i;

const says = (tail: readonly string[], words: RegExp) => tail.some((line) => words.test(line));

interface NetworkFacts {
  readonly network: Network;
  readonly refused: readonly string[];
  readonly unreached: readonly string[];
  /** A package is missing. */
  readonly lacks: boolean;
  /** A program says that it reaches nobody. */
  readonly cutOff: boolean;
}

/** A hint at what fails where the machine's network would not. */
function networkAdvice({ network, refused, unreached, lacks, cutOff }: NetworkFacts): string {
  if (lacks)
    return " (a build has only the packages that its definition requests and what these need; if slipway.lock lacks one, run `slipway lock --update`)";
  if (refused.length > 0) {
    const hosts = `${refused.slice(0, 5).join(", ")}${refused.length > 5 ? ", …" : ""}`;
    return ` (its network is \`packages\`, and ${hosts} was refused: if packages come from there, an administrator names it in \`package-hosts\` of the base image)`;
  }
  if (unreached.length > 0) return ` (${unreached.slice(0, 3).join("; ")})`;
  if (network !== "none" || !cutOff) return "";
  return " (it is built without a network; `network: packages` in the definition lets it reach the sources of packages)";
}

/** What was printed before Buildah named the step that failed, which is in the message. */
function beforeVerdict(stderr: string): string {
  const text = `\n${stderr}`;
  const verdict = text.lastIndexOf("\nError: building at STEP ");
  return verdict < 0 ? stderr : text.slice(0, verdict);
}

/** The instruction that failed and Buildah's reason, without Buildah's wrapping. */
function failedStep(stderr: string, stdout: string): string {
  const step = /building at STEP "([\s\S]*?)": ([\s\S]*)/.exec(stderr);
  if (step === null) return lastLines(stderr, 1)[0] ?? lastLines(stdout, 1)[0] ?? "Buildah said nothing";
  const instruction = withoutPrologue(step[1] as string).replace(/\s+/g, " ");
  const short = instruction.length > 120 ? `${instruction.slice(0, 117)}…` : instruction;
  return `${(step[2] as string).trim().split("\n")[0]} in \`${short}\``;
}
