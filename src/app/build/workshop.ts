import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Context, caBundle, machineConfig } from "../../context.js";
import { MACHINE_MOUNT } from "../../model/build-environment.js";
import type { Inventory } from "../../model/inventory.js";
import type { Language } from "../../model/language.js";
import type { Digest } from "../../model/names.js";
import type { Recipe, RecipePackage } from "../../model/recipe.js";
import { type FileStore, RegistryError, type RunBuildah } from "../../model/registry.js";
import { installedChecks } from "../../packages/installed.js";
import { INVENTORY_READER } from "../../packages/inventory/read-inventory.js";
import { machineFiles } from "../../packages/machine.js";
import { allManagers } from "../../packages/managers.js";
import { askImage, type Question } from "../../run/ask-image.js";
import { type BuildImageDeps, buildImage } from "../../run/build-image.js";
import { type Buildah, createBuildah } from "../../run/buildah.js";
import { createDownloader } from "../../run/download.js";
import { downloadAuthorities } from "../../run/download-authorities.js";
import { createExternalFetcher, type ExternalImage } from "../../run/externals.js";
import { uncompressedLayerBytes } from "../../run/image-config.js";
import { createImageFetcher } from "../../run/images.js";
import { writeMachineDirectory } from "../../run/machine-directory.js";
import { openPackageStore } from "../../run/package-store.js";
import { lastLines } from "../../run/process.js";
import type { Job, Runner } from "../../run/runner.js";
import { scanImage } from "../../run/scan-image.js";
import type { StateDirectory } from "../../run/state-directory.js";
import { testImage } from "../../run/test-image.js";
import { withMutex } from "../../system/mutex.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { type LockedBuildDeps, prepareLocked } from "./locked-inputs.js";
import { cleanUpAlone, enterState } from "./presence.js";
import { requireMachine } from "./probed-machine.js";
import { askUpstream } from "./upstream.js";
import { writeContext } from "./write-context.js";

/** Everything that building needs on this machine. It is set up only when there is something to build. */
export interface Workshop {
  readonly runner: Runner;
  /** Reads what is installed in an external image. Raises StepFailure. */
  inspectExternal(image: ExternalImage, job: Job): Promise<Inventory>;
  /** Runs Buildah and returns its standard output. Raises RegistryError, as only publishing uses it. */
  readonly output: RunBuildah;
  /** Runs a command in an image with the build mount of this machine; see run/ask-image.ts. */
  ask(question: Question): Promise<string>;
  /** The size of an image's layers in local storage: bytes, uncompressed. */
  sizeOf(imageId: Digest, signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

type Sources = Pick<LoadedCatalogue, "tree" | "catalogue">;
/** A registry that `slipway vendor` stores package files in. */
type PackageFiles = Pick<FileStore, "fetchFile">;

/**
 * Sets up building. Fails with exit code 4 where this machine cannot build, saying what to install. `files` has the locked packages
 * that are not on this machine.
 */
export async function openWorkshop(context: Context, sources: Sources, files?: PackageFiles): Promise<Workshop> {
  const { state, system } = await requireMachine(context);
  const buildah = createBuildah(system, state.temporary);
  const presence = await enterState(state, buildah, context.signal);
  const runId = randomBytes(8).toString("hex");
  const temporary = join(state.temporary, runId);
  await mkdir(temporary, { recursive: true });
  const buildMount = await writeBuildMount(context, { state, runId, languages: sources.catalogue.languages });
  const tools = createTools({ context, sources, files, state, buildah, runId, temporary, buildMount });
  return {
    output: (args, signal) => output(buildah, args, signal),
    sizeOf: (imageId, signal) => uncompressedLayerBytes(buildah, imageId, signal),
    ask: tools.ask,
    inspectExternal: tools.inspectExternal,
    runner: tools.runner,
    close: async () => {
      await rm(temporary, { recursive: true, force: true });
      await presence.release();
      // Buildah leaves its working containers behind when it is interrupted.
      if (context.signal.aborted || tools.unfinished.size > 0) {
        await cleanUpAlone(state, buildah, new AbortController().signal, tools.unfinished);
      }
    },
  };
}

interface WorkshopParts {
  readonly context: Context;
  readonly sources: Sources;
  readonly files: PackageFiles | undefined;
  readonly state: StateDirectory;
  readonly buildah: Buildah;
  readonly runId: string;
  /** A directory of this run. */
  readonly temporary: string;
  /** The directory that is mounted while images without locked packages are built. */
  readonly buildMount: string;
}

function createTools(parts: WorkshopParts): Pick<Workshop, "runner" | "inspectExternal" | "ask"> & {
  readonly unfinished: ReadonlySet<Digest>;
} {
  const { sources, buildah, buildMount, temporary } = parts;
  const { languages } = sources.catalogue;
  const fetch = createImageFetcher(buildah);
  const unfinished = new Set<Digest>();
  const build = buildDeps(parts, { fetch, unfinished });
  const checks = (packages: readonly RecipePackage[]) => installedChecks(packages, languages);
  const scan = { buildah, fetch, temporary, reader: INVENTORY_READER };
  return {
    unfinished,
    ask: (question) => askImage({ buildah, fetch, machine: buildMount }, question),
    inspectExternal: async (image, job) =>
      scanImage(scan, { ...job, image: { imageId: await build.fetchExternal(image, job.signal, job.log) } }),
    runner: {
      build: async (job) => {
        await writeFile(job.log, "");
        return buildImage(build, job);
      },
      inspect: (job) => scanImage(scan, job),
      test: (job) => testImage({ buildah, fetch, installedChecks: checks }, job),
    },
  };
}

function buildDeps(parts: WorkshopParts, shared: Pick<BuildImageDeps, "fetch" | "unfinished">): BuildImageDeps {
  const { context, sources, state, buildah, temporary, buildMount } = parts;
  const { env } = context;
  const contextSources = {
    tree: sources.tree,
    download: downloaderFor(context, state, sources.catalogue.settings.downloads),
  };
  const build: BuildImageDeps = {
    ...shared,
    accounts: true,
    buildah,
    fetchExternal: createExternalFetcher(buildah),
    timeout: sources.catalogue.settings.builderTimeout,
    machine: buildMount,
    temporary,
    bootstrapNeeds: { aptSources: env.SLIPWAY_APT_SOURCES, yumRepos: env.SLIPWAY_YUM_REPOS, caBundle: caBundle(env) },
    writeContext: (recipe: Recipe, directory: string, job: Job) => writeContext(contextSources, recipe, directory, job),
    prepareLocked: (job, directory) => prepareLocked(locked, job, directory),
  };
  const ask = (question: Question) => askImage({ buildah, fetch: shared.fetch, machine: buildMount }, question);
  const locked = lockedDeps(parts, (group, directory, job) =>
    askUpstream({ ask, build: fetching }, group, directory, job),
  );
  // A root that is built in order to fetch packages is built by a run that already holds the mutex for fetching.
  const nested = { ...locked, sources: { ...locked.sources, withMutex: withoutMutex } };
  const fetching: BuildImageDeps = {
    ...build,
    accounts: false,
    prepareLocked: (job, directory) => prepareLocked(nested, job, directory),
  };
  return build;
}

function lockedDeps(parts: WorkshopParts, upstream: LockedBuildDeps["sources"]["upstream"]): LockedBuildDeps {
  const { context, sources, files, state, runId, temporary } = parts;
  const { settings, languages } = sources.catalogue;
  return {
    sources: {
      store: openPackageStore(join(state.root, "cache", "packages", "sha256")),
      files,
      upstream,
      withMutex: (name, signal, action) => withMutex(join(state.locks, name), signal, action),
      temporary,
    },
    managers: allManagers(languages),
    runId,
    network: settings.lock.network,
    env: context.env,
    caBundle: caBundle(context.env),
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

interface BuildMountSources {
  readonly state: StateDirectory;
  readonly runId: string;
  readonly languages: readonly Language[];
}

async function writeBuildMount(context: Context, { state, runId, languages }: BuildMountSources): Promise<string> {
  const ca = caBundle(context.env);
  const files = machineFiles(allManagers(languages), {
    mount: MACHINE_MOUNT,
    runId,
    env: context.env,
    config: machineConfig(context.env),
    ...(ca === undefined ? {} : { caBundle: `${MACHINE_MOUNT}/ca.crt` }),
  });
  await writeMachineDirectory(state.machine, { ...files, ...(ca === undefined ? {} : { caBundle: ca }) });
  return state.machine;
}

async function output(buildah: Buildah, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const { exitCode, stdout, stderr } = await buildah.run(args, signal ? { signal } : {});
  if (exitCode === 0) return stdout;
  throw new RegistryError(`buildah ${args[0]}: ${lastLines(stderr, 1)[0] ?? `exit code ${exitCode}`}`);
}
