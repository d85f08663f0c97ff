import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { CACHE_MOUNT, MACHINE_MOUNT } from "../../model/build-environment.js";
import { isLockManager, type LockedPackage, type LockManager } from "../../model/lock.js";
import type { Network } from "../../model/network.js";
import type { Recipe } from "../../model/recipe.js";
import { bootstrapOf, stageIndex } from "../../model/recipe-stages.js";
import { debRepository, restorePriorities } from "../../packages/deb-repository.js";
import { type NpmVersion, npmVersion, npmVersions } from "../../packages/npm-repository.js";
import type { MachineNeeds, PackageManager } from "../../packages/package-manager.js";
import { rpmRepository, stageMachine } from "../../packages/stage-machine.js";
import type { BuildMount } from "../../run/build-image.js";
import { makeDirectories, writeMachineDirectory } from "../../run/machine-directory.js";
import { readDebs } from "../../run/read-debs.js";
import { makeRpmRepository } from "../../run/rpm-repository.js";
import type { BuildJob } from "../../run/runner.js";
import { makeDirectory } from "../../system/make-directory.js";
import { type PackageGroup, type PackageSources, takeLockedPackages } from "./locked-files.js";

export interface BuildMountDeps {
  readonly sources: PackageSources;
  readonly managers: readonly PackageManager[];
  readonly runId: string;
  /** The network that an image's build gets. */
  readonly networkOf: (recipe: Recipe) => Network;
  /** The machine's settings for steps with such a network. */
  readonly settingsFor: (network: Network) => Pick<MachineNeeds, "env" | "config">;
  readonly caBundle: string | undefined;
  /** apt's settings of the base image that a stage stands on; undefined: the stage starts from it. */
  readonly aptSettings: (job: BuildJob, index: number) => Promise<ReadonlyMap<string, string> | undefined>;
}

/** A folder of the build mount. */
const REPOSITORIES = "packages";

/**
 * Makes the build mount of an image: for each stage, the settings, and for each of its managers a repository of exactly its packages.
 * A manager that cannot be locked gets this machine's settings. Raises StepFailure.
 */
export async function prepareMount(deps: BuildMountDeps, job: BuildJob, directory: string): Promise<BuildMount> {
  const { stages } = job.recipe.containerfile;
  const packages = job.recipe.locked?.packages ?? [];
  // Its root file system is there already.
  const locked = job.rootfs === undefined ? packages : packages.filter(({ bootstrap }) => !bootstrap);
  const machine = join(directory, "machine");
  // Its mode is for the image to change, and the machine's other users must not reach what programs it leaves there.
  const closed = join(directory, "closed");
  const cache = join(closed, "cache");
  makeDirectory(closed, 0o700);
  const repositories = join(directory, REPOSITORIES);
  // With the mount points of what is mounted below it.
  for (const each of [join(machine, REPOSITORIES), join(machine, basename(CACHE_MOUNT)), cache, repositories])
    makeDirectory(each);
  const network = deps.networkOf(job.recipe);
  let bootstrap: string | undefined;
  const indexOf = ({ stage }: PackageGroup) => stageIndex(stages, stage);
  // A language's files may be fetched in a root that is built from everything before them.
  const order = (group: PackageGroup) => (group.manager === "apt" || group.manager === "dnf" ? 0 : 1 + indexOf(group));
  for (const group of groups(locked).sort((a, b) => order(a) - order(b))) {
    const place = group.bootstrap ? "bootstrap" : String(indexOf(group));
    const target = join(repositories, place, group.manager);
    makeDirectory(target);
    await takeLockedPackages(deps.sources, group, (entry) => join(target, fileName(entry)), job);
    await writeIndex(group, target, job);
    if (group.bootstrap) bootstrap = await bootstrapRepository(group.manager, target);
  }
  const has = (index: number) => {
    const own = locked.filter((entry) => stageIndex(stages, entry.stage) === index && entry.bootstrap === undefined);
    return [...new Set(own.map(({ manager }) => manager))];
  };
  for (const [index, { name }] of stages.entries()) {
    const [managers, others] = [has(index), othersOf(deps, job, name)];
    const aptSettings = managers.includes("apt") ? await deps.aptSettings(job, index) : undefined;
    await writeStage(deps, { machine, cache, index, network, managers, others, aptSettings });
  }
  return {
    volumes: new Map([
      [MACHINE_MOUNT, machine],
      [`${MACHINE_MOUNT}/${REPOSITORIES}`, repositories],
    ]),
    cache,
    // Two stages may lock two versions of one package, and a RUN step cannot tell in which stage it is: each is told where to look.
    settingsOf: (index) => `${MACHINE_MOUNT}/${index}/env`,
    ...(bootstrap === undefined ? {} : { bootstrap }),
  };
}

/** The managers of a stage that find their packages on the network. */
const othersOf = ({ managers }: BuildMountDeps, { recipe }: BuildJob, stage: string | undefined) =>
  managers.filter(
    ({ name }) =>
      !isLockManager(name) && recipe.packages.some((entry) => entry.stage === stage && entry.manager === name),
  );

/** Groups the packages by stage and manager. */
function groups(locked: readonly LockedPackage[]): PackageGroup[] {
  const byPlace = new Map<string, LockedPackage[]>();
  for (const entry of locked) {
    const id = JSON.stringify([entry.stage, entry.manager, entry.bootstrap]);
    byPlace.set(id, [...(byPlace.get(id) ?? []), entry]);
  }
  return [...byPlace.values()].map((packages) => {
    const [{ manager, stage, bootstrap }] = packages as [LockedPackage];
    return { manager, stage, bootstrap: bootstrap === true, packages };
  });
}

/**
 * A wheel keeps its name, which says what it is for. Other files are named by hash: those of two npm scopes may have the same
 * name.
 */
function fileName({ manager, file, sha256 }: LockedPackage): string {
  const extensions: Readonly<Record<LockManager, string>> = { apt: ".deb", dnf: ".rpm", npm: ".tgz", pip: "" };
  return manager === "pip" ? basename(file) : `${sha256}${extensions[manager]}`;
}

async function writeIndex(
  { manager, packages, bootstrap }: PackageGroup,
  directory: string,
  job: BuildJob,
): Promise<void> {
  if (manager === "dnf") await makeRpmRepository(directory, job);
  if (manager === "apt") {
    const files = packages.map((entry) => ({ file: fileName(entry), size: entry.size, sha256: entry.sha256 }));
    const read = await readDebs(
      files.map(({ file }) => join(directory, file)),
      job,
    );
    const origin = bootstrap ? bootstrapOf(job.recipe.containerfile.stages) : undefined;
    const spec = origin?.manager === "apt" ? origin : undefined;
    const controls = spec === undefined ? read : restorePriorities(read, spec.packages);
    const entries = files.map((file, index) => ({ ...file, control: controls[index] as string }));
    for (const [name, text] of debRepository(entries, spec?.suite).indexes)
      await writeFile(join(directory, name), text);
  }
  if (manager === "npm") {
    const versions: NpmVersion[] = [];
    for (const entry of packages) {
      const { name, version } = entry;
      const file = fileName(entry);
      versions.push(npmVersion({ name, version, file, bytes: await readFile(join(directory, file)) }));
    }
    await writeFile(join(directory, "versions.json"), npmVersions(versions, latestOf(packages, job)));
  }
}

/** The locked versions of the packages that the definition requests in their latest version. */
function latestOf(packages: readonly LockedPackage[], { recipe }: BuildJob): ReadonlyMap<string, string> {
  const free = new Set(recipe.packages.flatMap(({ name, version }) => (version === undefined ? [name] : [])));
  const requested = packages.filter(({ name, why }) => why.length === 0 && free.has(name));
  return new Map(requested.map(({ name, version }) => [name, version]));
}

/** The repository in the form that the manager's bootstrap takes. */
async function bootstrapRepository(manager: LockManager, directory: string): Promise<string> {
  if (manager === "apt") return directory;
  const file = `${directory}.repo`;
  await writeFile(file, rpmRepository(`file://${encodeURI(directory)}`));
  return file;
}

interface StagePlace {
  /** The directory of the build mount. */
  readonly machine: string;
  readonly cache: string;
  readonly index: number;
  readonly managers: readonly LockManager[];
  readonly others: readonly PackageManager[];
  readonly network: Network;
  readonly aptSettings: ReadonlyMap<string, string> | undefined;
}

async function writeStage(deps: BuildMountDeps, place: StagePlace): Promise<void> {
  const { machine, cache, index, managers, others, network, aptSettings } = place;
  const mount = `${MACHINE_MOUNT}/${index}`;
  const caBundle = network === "none" ? undefined : deps.caBundle;
  const files = stageMachine(deps.managers, {
    ...{ mount, cache: CACHE_MOUNT, runId: deps.runId, managers, others, ...deps.settingsFor(network) },
    repositories: `${MACHINE_MOUNT}/${REPOSITORIES}/${index}`,
    ...(caBundle === undefined ? {} : { caBundle: `${mount}/ca.crt` }),
    ...(aptSettings === undefined ? {} : { aptSettings }),
  });
  await makeDirectories(cache, files.directories);
  await writeMachineDirectory(join(machine, String(index)), {
    ...files,
    ...(caBundle === undefined ? {} : { caBundle }),
  });
}
