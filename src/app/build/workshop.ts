import { createHash, randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Context, caBundle, machineConfig, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
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
import { cleanUp, PRESENCE } from "../../run/clean-up.js";
import { createDownloader } from "../../run/download.js";
import { createExternalFetcher, type ExternalImage } from "../../run/externals.js";
import { layerBytes } from "../../run/image-config.js";
import { createImageFetcher } from "../../run/images.js";
import { writeMachineDirectory } from "../../run/machine-directory.js";
import { openPackageStore } from "../../run/package-store.js";
import { probe, probeOnce, runrootFor } from "../../run/probe.js";
import { lastLines } from "../../run/process.js";
import type { Job, Runner } from "../../run/runner.js";
import { scanImage } from "../../run/scan-image.js";
import { openStateDirectory, type StateDirectory } from "../../run/state-directory.js";
import { testImage } from "../../run/test-image.js";
import { trustedCertificates } from "../../run/trusted-certificates.js";
import { acquireFileLock, type FileLock, tryFileLock, withFileLock } from "../../system/mutex.js";
import type { Loaded } from "../catalogue/catalogue.js";
import { type LockedBuildDeps, prepareLocked } from "./locked-inputs.js";
import { askUpstream } from "./upstream.js";
import { writeContext } from "./write-context.js";

/** What building takes on this machine. It is set up only when there is something to build. */
export interface Workshop {
  readonly runner: Runner;
  /** What is installed in an image of others. Raises StepFailure. */
  inspectExternal(image: ExternalImage, job: Job): Promise<Inventory>;
  /** Runs Buildah and gives its standard output; what goes wrong is the registry's failure. */
  readonly output: RunBuildah;
  /** Runs a command in an image with this machine's settings; see run/ask-image.ts. */
  ask(question: Question): Promise<string>;
  /** Bytes of an image's layers in local storage, not compressed. */
  sizeOf(imageId: Digest, signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

/** Looks at the machine; `fresh` believes nothing that was found before. */
export async function probeMachine(context: Context, fresh: boolean) {
  const state = await openStateDirectory(stateRoot(context), context.env.SLIPWAY_STORAGE);
  // Runroots must not be shared by two storages; sockets and mounts in them want a short path.
  const runroot = runrootFor(createHash("sha256").update(state.storage).digest("hex").slice(0, 12), context.env);
  const probed = fresh
    ? await probe(state.storage, runroot)
    : await probeOnce(state.storage, runroot, join(state.root, "probe.json"));
  return { state, probed };
}

/**
 * Sets up building. Fails with exit code 4 where this machine cannot build, saying what to install. `files`: where locked packages
 * are looked for that are not on this machine.
 */
export async function openWorkshop(
  context: Context,
  { tree, catalogue }: Pick<Loaded, "tree" | "catalogue">,
  files?: Pick<FileStore, "fetchFile">,
): Promise<Workshop> {
  const { state, probed } = await probeMachine(context, false);
  if (probed.system === undefined) {
    const missing = probed.findings
      .filter(({ ok }) => !ok)
      .map(({ what, found, advice }) => `${what}: ${found}${advice ? `; ${advice}` : ""}`);
    throw new CommandError(
      EXIT.unavailable,
      `this machine cannot build images: ${missing.join(" · ")}`,
      "slipway doctor tells more",
    );
  }
  const buildah = createBuildah(probed.system, state.temporary);
  const runId = randomBytes(8).toString("hex");
  const presence = await enter(state, buildah, context.signal);
  const { languages } = catalogue;
  const machine = await prepareMachine(context, { state, runId, languages });
  const temporary = join(state.temporary, runId);
  await mkdir(temporary, { recursive: true });
  const fetch = createImageFetcher(buildah);
  const sources = { tree, download: downloaderFor(context, state, catalogue.settings.downloads) };
  const unfinished = new Set<Digest>();
  const fetchExternal = createExternalFetcher(buildah);
  const ask = (question: Question) => askImage({ buildah, fetch, machine }, question);
  const build: BuildImageDeps = {
    buildah,
    fetch,
    fetchExternal,
    machine,
    temporary,
    unfinished,
    bootstrapNeeds: {
      aptSources: context.env.SLIPWAY_APT_SOURCES,
      yumRepos: context.env.SLIPWAY_YUM_REPOS,
      caBundle: caBundle(context.env),
    },
    writeContext: (recipe: Recipe, directory: string, job: Job) => writeContext(sources, recipe, directory, job),
    prepareLocked: (job, directory) => prepareLocked(locked, job, directory),
  };
  const locked: LockedBuildDeps = {
    sources: {
      store: openPackageStore(join(state.root, "cache", "packages", "sha256")),
      files,
      upstream: (asked, directory, job) => askUpstream({ ask, build: fetching }, asked, directory, job),
      lock: (name, signal, action) => withFileLock(join(state.locks, name), signal, action),
      temporary,
    },
    managers: allManagers(languages),
    runId,
    network: catalogue.settings.lock.network,
    env: context.env,
    caBundle: caBundle(context.env),
  };
  // Who fetches has the lock already, also where a root has to be built for that.
  const held = { ...locked, sources: { ...locked.sources, lock: withoutLock } };
  const fetching: BuildImageDeps = { ...build, prepareLocked: (job, directory) => prepareLocked(held, job, directory) };
  const checks = (packages: readonly RecipePackage[]) => installedChecks(packages, languages);
  const scan = { buildah, fetch, temporary, reader: INVENTORY_READER };
  const test = { buildah, fetch, installedChecks: checks };
  return {
    output: (args, signal) => output(buildah, args, signal),
    inspectExternal: async (image, job) =>
      scanImage(scan, { ...job, image: { imageId: await build.fetchExternal(image, job.signal, job.log) } }),
    ask,
    sizeOf: (imageId, signal) => layerBytes(buildah, imageId, signal),
    runner: {
      build: async (job) => {
        await writeFile(job.log, "");
        return buildImage(build, job);
      },
      inspect: (job) => scanImage(scan, job),
      test: (job) => testImage(test, job),
    },
    close: async () => {
      await rm(temporary, { recursive: true, force: true });
      await presence.release();
      // Buildah leaves its working containers when it is ended in the middle.
      if (context.signal.aborted || unfinished.size > 0) {
        await cleanUpAlone(state, buildah, new AbortController().signal, unfinished);
      }
    },
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

/**
 * Every run is present in the state directory under a shared lock. The one that finds itself alone first removes what a
 * killed run left behind.
 */
async function enter(state: StateDirectory, buildah: Buildah, signal: AbortSignal): Promise<FileLock> {
  await cleanUpAlone(state, buildah, signal);
  return acquireFileLock(join(state.locks, PRESENCE), signal, "shared");
}

async function cleanUpAlone(
  state: StateDirectory,
  buildah: Buildah,
  signal: AbortSignal,
  unfinished: ReadonlySet<Digest> = new Set(),
): Promise<void> {
  const alone = await tryFileLock(join(state.locks, PRESENCE), signal);
  if (alone === undefined) return;
  await cleanUp(buildah, state, unfinished);
  await alone.release();
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
