import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Context, caBundle, machineConfig } from "../../context.js";
import { CACHE_MOUNT, MACHINE_MOUNT } from "../../model/build-environment.js";
import type { Inventory } from "../../model/inventory.js";
import type { LockedPackage } from "../../model/lock.js";
import type { Digest } from "../../model/names.js";
import { buildNetwork } from "../../model/network.js";
import type { Recipe, RecipePackage } from "../../model/recipe.js";
import { type FileStore, type LocalImage, RegistryError, type RunBuildah } from "../../model/registry.js";
import { installedChecks } from "../../packages/installed.js";
import { INVENTORY_READER } from "../../packages/inventory/read-inventory.js";
import { machineFiles } from "../../packages/machine.js";
import { allManagers } from "../../packages/managers.js";
import type { PackageManager } from "../../packages/package-manager.js";
import { aptSettings } from "../../run/apt-settings.js";
import { askImage, type Question } from "../../run/ask-image.js";
import { type BuildImageDeps, buildImage } from "../../run/build-image.js";
import type { Buildah } from "../../run/buildah.js";
import { hasContainers, hasOrphans, mayNeedCleaning } from "../../run/clean-up.js";
import { copyDatabase } from "../../run/copy-database.js";
import { createDownloader } from "../../run/download.js";
import { downloadAuthorities } from "../../run/download-authorities.js";
import { createExternalFetcher, type ExternalImage } from "../../run/externals.js";
import { uncompressedLayerBytes } from "../../run/image-config.js";
import { ImageContainer } from "../../run/image-container.js";
import { imageLayers } from "../../run/image-layers.js";
import { createImageFetcher } from "../../run/images.js";
import { keepImage } from "../../run/kept-images.js";
import { writeMachineDirectory } from "../../run/machine-directory.js";
import { openPackageStore } from "../../run/package-store.js";
import { lastLines } from "../../run/process.js";
import {
  type BuildJob,
  type Closure,
  type ImageJob,
  type Job,
  type OpenImage,
  type Runner,
  withImage,
} from "../../run/runner.js";
import { scanImage } from "../../run/scan-image.js";
import type { StateDirectory } from "../../run/state-directory.js";
import { testImage } from "../../run/test-image.js";
import { makeDirectory } from "../../system/make-directory.js";
import { withMutex } from "../../system/mutex.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { baseBelow, type ClosureDeps, openKnownAnswers, resolveClosure } from "../closure/closure.js";
import { type BuildMountDeps, prepareMount } from "./build-mount.js";
import { machineSettings } from "./machine-settings.js";
import { openProxy } from "./open-proxy.js";
import { cleanUpAlone, enterMachine } from "./probed-machine.js";
import { askUpstream } from "./upstream.js";
import { writeContext } from "./write-context.js";

/** Everything that building needs on this machine. It is set up only when there is something to build. */
export interface Workshop {
  readonly runner: Runner;
  /** Resolves what an image installs, whatever slipway.lock says, with versions that stay where they can. Raises StepFailure. */
  resolve(job: BuildJob, kept: readonly LockedPackage[]): Promise<Closure>;
  /** Reads what is installed in an external image. Raises StepFailure. */
  inspectExternal(image: ExternalImage, job: Job): Promise<Inventory>;
  /** Runs Buildah and returns its standard output. Raises RegistryError, as only publishing uses it. */
  readonly output: RunBuildah;
  /** Runs a command in an image with the build mount of this machine; see run/ask-image.ts. */
  ask(question: Question): Promise<string>;
  /** Marks an image in local storage as one that later runs may want: a registry has it. */
  keep(imageId: Digest): Promise<void>;
  /** The size of an image's layers in local storage: bytes, uncompressed. */
  sizeOf(imageId: Digest): Promise<number>;
  close(): Promise<void>;
}

type Sources = Pick<LoadedCatalogue, "tree" | "catalogue">;
/** A registry that `slipway vendor` stores package files in. */
type PackageFiles = Pick<FileStore, "fetchFile">;

export interface WorkshopOptions {
  /** Has the locked packages that are not on this machine. */
  readonly files?: PackageFiles | undefined;
  /** false: nothing is written down about what made the files of images, which only a measurement of its cost wants. */
  readonly accounts?: boolean;
}

/** Sets up building. Fails with exit code 4 where this machine cannot build, saying what to install. */
export async function openWorkshop(
  context: Context,
  sources: Sources,
  { files, accounts = true }: WorkshopOptions = {},
): Promise<Workshop> {
  const { state, buildah, presence } = await enterMachine(context, sources.catalogue.settings);
  const runId = randomBytes(8).toString("hex");
  const temporary = join(state.temporary, runId);
  const leave = async () => {
    await rm(temporary, { recursive: true, force: true });
    await presence.leave();
  };
  let tools: Tools;
  try {
    makeDirectory(temporary);
    tools = await createTools({ context, sources, files, accounts, state, buildah, runId, temporary });
  } catch (error) {
    await leave();
    throw error;
  }
  return {
    keep: (imageId) => keepImage(state.storage, imageId),
    output: (args, signal) => output(buildah, args, signal),
    sizeOf: (imageId) => uncompressedLayerBytes(buildah.system, imageId),
    ask: tools.ask,
    inspectExternal: tools.inspectExternal,
    runner: tools.runner,
    resolve: tools.resolve,
    close: async () => {
      await leave();
      // Buildah leaves working containers and directories behind when it is killed, and one of an earlier run may have outlived that.
      const { temporary } = state;
      const isUnclean =
        (await hasContainers(buildah)) || (await mayNeedCleaning(temporary)) || (await hasOrphans(temporary));
      if (context.signal.aborted || tools.unfinished.size > 0 || isUnclean)
        await cleanUpAlone(state, buildah, new AbortController().signal);
    },
  };
}

interface WorkshopParts {
  readonly context: Context;
  readonly sources: Sources;
  readonly files: PackageFiles | undefined;
  readonly accounts: boolean;
  readonly state: StateDirectory;
  readonly buildah: Buildah;
  readonly runId: string;
  /** A directory of this run. */
  readonly temporary: string;
}

type Tools = Pick<Workshop, "runner" | "resolve" | "inspectExternal" | "ask"> & {
  readonly unfinished: ReadonlySet<Digest>;
};

async function createTools(parts: WorkshopParts): Promise<Tools> {
  const { sources, buildah, temporary } = parts;
  const { languages } = sources.catalogue;
  const fetch = createImageFetcher(buildah);
  const unfinished = new Set<Digest>();
  const asking = { ...(await writeQuestionMount(parts)), buildah, fetch, temporary };
  const ask = (question: Question) => askImage(asking, question);
  const build = buildDeps(parts, { fetch, unfinished, ask });
  const closure = closureDeps(parts, { build, ask });
  const checks = (packages: readonly RecipePackage[]) => installedChecks(packages, languages);
  const open = async (job: ImageJob): Promise<OpenImage> => {
    const container = new ImageContainer({ buildah, fetch, temporary }, job);
    return {
      inspect: () => scanImage({ temporary, reader: INVENTORY_READER }, container, job),
      test: (demands) => testImage({ buildah, container, installedChecks: checks }, job, demands),
      close: () => container.close(),
    };
  };
  return {
    unfinished,
    ask,
    resolve: (job, kept) => resolveClosure(closure, job, kept),
    inspectExternal: async (image, job) => {
      const imageId = await build.fetchExternal(image, job.signal, job.log);
      return withImage({ open }, { ...job, image: { imageId } }, (opened) => opened.inspect());
    },
    runner: {
      resolve: async (job) => {
        await writeFile(job.log, "");
        return job.recipe.locked ?? resolveClosure(closure, job);
      },
      build: (job) => buildImage(build, job),
      open,
    },
  };
}

interface SharedTools extends Pick<BuildImageDeps, "fetch" | "unfinished"> {
  readonly ask: (question: Question) => Promise<string>;
}

function buildDeps(parts: WorkshopParts, { ask, ...shared }: SharedTools): BuildImageDeps {
  const { context, sources, accounts, state, buildah, temporary } = parts;
  const { env } = context;
  const contextSources = {
    tree: sources.tree,
    download: downloaderFor(context, state, sources.catalogue.settings.downloads),
  };
  const build: BuildImageDeps = {
    ...shared,
    accounts,
    buildah,
    networkOf: (recipe) => buildNetwork(recipe, sources.catalogue.settings.lock.network),
    openProxy: (job) => openProxy(context, sources.catalogue, job),
    fetchExternal: createExternalFetcher(buildah),
    timeout: sources.catalogue.settings.builderTimeout,
    temporary,
    bootstrapNeeds: { aptSources: env.SLIPWAY_APT_SOURCES, yumRepos: env.SLIPWAY_YUM_REPOS, caBundle: caBundle(env) },
    writeContext: (recipe: Recipe, directory: string, job: Job) => writeContext(contextSources, recipe, directory, job),
    prepareMount: (job, directory) => prepareMount(mount, job, directory),
  };
  const mount = mountDeps(parts, {
    upstream: (group, directory, job) =>
      askUpstream({ ...fetching, ask, build: (part) => buildPart(fetching, part) }, group, directory, job),
    aptSettings: async (job, index) => {
      const base = await baseBelow(build, job, index);
      if (base === undefined) return undefined;
      await shared.fetch(base, job.signal, job.log);
      return aptSettings(await imageLayers(buildah.system, base.imageId));
    },
  });
  // A root that is built in order to fetch packages is built by a run that already holds the mutex for fetching.
  const nested = { ...mount, sources: { ...mount.sources, withMutex: withoutMutex } };
  const fetching: BuildImageDeps = {
    ...build,
    accounts: false,
    prepareMount: (job, directory) => prepareMount(nested, job, directory),
  };
  return build;
}

/** Builds part of an image; it is removed at the end of the run. */
async function buildPart(build: BuildImageDeps, job: BuildJob): Promise<LocalImage> {
  const image = await buildImage(build, job);
  build.unfinished.add(image.imageId);
  return image;
}

function closureDeps(
  { context, sources, state, buildah, temporary }: WorkshopParts,
  { build, ask }: { readonly build: BuildImageDeps; readonly ask: SharedTools["ask"] },
): ClosureDeps {
  const managers = allManagers(sources.catalogue.languages);
  return {
    ask,
    temporary,
    tree: sources.tree,
    store: packageStore(state),
    known: openKnownAnswers(join(state.root, "cache", "closures")),
    aptSources: context.env.SLIPWAY_APT_SOURCES,
    build: (part) => buildPart({ ...build, accounts: false }, part),
    fetchExternal: build.fetchExternal,
    copyDatabase: (image, to, job) => copyDatabase({ buildah, fetch: build.fetch, temporary }, image, to, job),
    syntaxOf: (name) => managers.find((manager) => manager.name === name) as PackageManager,
  };
}

const packageStore = ({ root }: StateDirectory) => openPackageStore(join(root, "cache", "packages", "sha256"));

function mountDeps(
  parts: WorkshopParts,
  {
    upstream,
    aptSettings: settingsOfBase,
  }: Pick<BuildMountDeps["sources"], "upstream"> & Pick<BuildMountDeps, "aptSettings">,
): BuildMountDeps {
  const { context, sources, files, state, runId, temporary } = parts;
  const { settings, languages } = sources.catalogue;
  return {
    sources: {
      store: packageStore(state),
      files,
      upstream,
      withMutex: (name, signal, action) => withMutex(join(state.locks, name), signal, action),
      temporary,
    },
    managers: allManagers(languages),
    runId,
    networkOf: (recipe) => buildNetwork(recipe, settings.lock.network),
    settingsFor: (network) => machineSettings(context, network),
    caBundle: caBundle(context.env),
    aptSettings: settingsOfBase,
  };
}

const withoutMutex = <T>(_name: string, _signal: AbortSignal, action: () => Promise<T>) => action();

function downloaderFor(
  context: Context,
  state: StateDirectory,
  settings: LoadedCatalogue["catalogue"]["settings"]["downloads"],
) {
  return createDownloader({
    settings,
    cache: join(state.root, "cache", "downloads"),
    env: context.env,
    ca: downloadAuthorities(caBundle(context.env)),
    lock: (name, signal, action) => withMutex(join(state.locks, name), signal, action),
  });
}

/** What package managers find in an image that is asked: this machine's settings, and caches of base images. */
async function writeQuestionMount({ context, sources, state, runId, temporary }: WorkshopParts) {
  const ca = caBundle(context.env);
  const { directories, ...files } = machineFiles(allManagers(sources.catalogue.languages), {
    ...{ mount: MACHINE_MOUNT, cache: CACHE_MOUNT, runId },
    env: context.env,
    config: machineConfig(context.env),
    ...(ca === undefined ? {} : { caBundle: `${MACHINE_MOUNT}/ca.crt` }),
  });
  const machine = join(temporary, "machine");
  await writeMachineDirectory(machine, { ...files, ...(ca === undefined ? {} : { caBundle: ca }) });
  // The mount point of the caches.
  await mkdir(join(machine, basename(CACHE_MOUNT)));
  return { machine, cacheDirectories: directories, caches: state.caches };
}

async function output(buildah: Buildah, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const { exitCode, stdout, stderr } = await buildah.run(args, signal ? { signal } : {});
  if (exitCode === 0) return stdout;
  throw new RegistryError(`buildah ${args[0]}: ${lastLines(stderr, 1)[0] ?? `exit code ${exitCode}`}`);
}
