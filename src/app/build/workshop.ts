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
import { createExternalFetcher, type ExternalImage } from "../../run/externals.js";
import { layerBytes } from "../../run/image-config.js";
import { createImageFetcher } from "../../run/images.js";
import { writeMachineDirectory } from "../../run/machine-directory.js";
import { openPackageStore } from "../../run/package-store.js";
import { lastLines } from "../../run/process.js";
import type { Job, Runner } from "../../run/runner.js";
import { scanImage } from "../../run/scan-image.js";
import type { StateDirectory } from "../../run/state-directory.js";
import { testImage } from "../../run/test-image.js";
import { trustedCertificates } from "../../run/trusted-certificates.js";
import { withFileLock } from "../../system/mutex.js";
import type { Loaded } from "../catalogue/catalogue.js";
import { type LockedBuildDeps, prepareLocked } from "./locked-inputs.js";
import { cleanUpAlone, enterState } from "./presence.js";
import { readyMachine } from "./probed-machine.js";
import { askUpstream } from "./upstream.js";
import { writeContext } from "./write-context.js";

/** What building takes on this machine. It is set up only when there is something to build. */
export interface Workshop {
  readonly runner: Runner;
  /** Reads what is installed in an external image. Raises StepFailure. */
  inspectExternal(image: ExternalImage, job: Job): Promise<Inventory>;
  /** Runs Buildah and gives its standard output; a failure is the registry's. */
  readonly output: RunBuildah;
  /** Runs a command in an image with this machine's settings; see run/ask-image.ts. */
  ask(question: Question): Promise<string>;
  /** Bytes of an image's layers in local storage, not compressed. */
  sizeOf(imageId: Digest, signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

type Sources = Pick<Loaded, "tree" | "catalogue">;
/** A registry that `slipway vendor` stores package files in. */
type PackageFiles = Pick<FileStore, "fetchFile">;

/**
 * Sets up building. Fails with exit code 4 where this machine cannot build, saying what to install. `files`: where locked packages
 * are looked for that are not on this machine.
 */
export async function openWorkshop(context: Context, sources: Sources, files?: PackageFiles): Promise<Workshop> {
  const { state, system } = await readyMachine(context);
  const buildah = createBuildah(system, state.temporary);
  const presence = await enterState(state, buildah, context.signal);
  const runId = randomBytes(8).toString("hex");
  const temporary = join(state.temporary, runId);
  await mkdir(temporary, { recursive: true });
  const machine = await prepareMachine(context, { state, runId, languages: sources.catalogue.languages });
  const tools = createTools({ context, sources, files, state, buildah, runId, temporary, machine });
  return {
    output: (args, signal) => output(buildah, args, signal),
    sizeOf: (imageId, signal) => layerBytes(buildah, imageId, signal),
    ask: tools.ask,
    inspectExternal: tools.inspectExternal,
    runner: tools.runner,
    close: async () => {
      await rm(temporary, { recursive: true, force: true });
      await presence.release();
      // Buildah leaves its working containers when it is ended in the middle.
      if (context.signal.aborted || tools.unfinished.size > 0) {
        await cleanUpAlone(state, buildah, new AbortController().signal, tools.unfinished);
      }
    },
  };
}

interface ToolsOf {
  readonly context: Context;
  readonly sources: Sources;
  readonly files: PackageFiles | undefined;
  readonly state: StateDirectory;
  readonly buildah: Buildah;
  readonly runId: string;
  /** A directory of this run. */
  readonly temporary: string;
  /** The directory that is mounted while images without locked packages are built. */
  readonly machine: string;
}

function createTools(given: ToolsOf): Pick<Workshop, "runner" | "inspectExternal" | "ask"> & {
  readonly unfinished: ReadonlySet<Digest>;
} {
  const { sources, buildah, machine, temporary } = given;
  const { languages } = sources.catalogue;
  const fetch = createImageFetcher(buildah);
  const unfinished = new Set<Digest>();
  const build = buildDeps(given, { fetch, unfinished });
  const checks = (packages: readonly RecipePackage[]) => installedChecks(packages, languages);
  const scan = { buildah, fetch, temporary, reader: INVENTORY_READER };
  return {
    unfinished,
    ask: (question) => askImage({ buildah, fetch, machine }, question),
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

function buildDeps(given: ToolsOf, shared: Pick<BuildImageDeps, "fetch" | "unfinished">): BuildImageDeps {
  const { context, sources, state, buildah, temporary, machine } = given;
  const { env } = context;
  const contextSources = {
    tree: sources.tree,
    download: downloaderFor(context, state, sources.catalogue.settings.downloads),
  };
  const build: BuildImageDeps = {
    ...shared,
    buildah,
    fetchExternal: createExternalFetcher(buildah),
    timeout: sources.catalogue.settings.builderTimeout,
    machine,
    temporary,
    bootstrapNeeds: { aptSources: env.SLIPWAY_APT_SOURCES, yumRepos: env.SLIPWAY_YUM_REPOS, caBundle: caBundle(env) },
    writeContext: (recipe: Recipe, directory: string, job: Job) => writeContext(contextSources, recipe, directory, job),
    prepareLocked: (job, directory) => prepareLocked(locked, job, directory),
  };
  const ask = (question: Question) => askImage({ buildah, fetch: shared.fetch, machine }, question);
  const locked = lockedDeps(given, (requested, directory, job) =>
    askUpstream({ ask, build: fetching }, requested, directory, job),
  );
  // A root that is built in order to fetch packages is built by a run that holds the mutex of fetching already.
  const nested = { ...locked, sources: { ...locked.sources, lock: withoutLock } };
  const fetching: BuildImageDeps = {
    ...build,
    prepareLocked: (job, directory) => prepareLocked(nested, job, directory),
  };
  return build;
}

function lockedDeps(given: ToolsOf, upstream: LockedBuildDeps["sources"]["upstream"]): LockedBuildDeps {
  const { context, sources, files, state, runId, temporary } = given;
  const { settings, languages } = sources.catalogue;
  return {
    sources: {
      store: openPackageStore(join(state.root, "cache", "packages", "sha256")),
      files,
      upstream,
      lock: (name, signal, action) => withFileLock(join(state.locks, name), signal, action),
      temporary,
    },
    managers: allManagers(languages),
    runId,
    network: settings.lock.network,
    env: context.env,
    caBundle: caBundle(context.env),
  };
}

const withoutLock = <T>(_name: string, _signal: AbortSignal, action: () => Promise<T>) => action();

function downloaderFor(
  context: Context,
  state: StateDirectory,
  settings: Loaded["catalogue"]["settings"]["downloads"],
) {
  return createDownloader({
    settings,
    cache: join(state.root, "cache", "downloads"),
    env: context.env,
    ca: trustedCertificates(caBundle(context.env)),
    lock: (name, signal, action) => withFileLock(join(state.locks, name), signal, action),
  });
}

interface MachineOf {
  readonly state: StateDirectory;
  readonly runId: string;
  readonly languages: readonly Language[];
}

async function prepareMachine(context: Context, { state, runId, languages }: MachineOf): Promise<string> {
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
