import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join, posix } from "node:path";
import type { FileTree } from "../../load/git/tree.js";
import type { AptBootstrap } from "../../model/definition.js";
import type { LockedPackage } from "../../model/lock.js";
import { packageJson, packageOrder } from "../../model/lock-syntax.js";
import type { PackageSyntax } from "../../model/package-syntax.js";
import type { Recipe } from "../../model/recipe.js";
import { bootstrapOf } from "../../model/recipe-stages.js";
import { pin } from "../../packages/lock/apt-lock.js";
import { PRINT_CONTROL, readControl } from "../../packages/lock/control-fields.js";
import { manifestContext } from "../../render/build-context.js";
import { bootstrapPackages } from "../../run/bootstrap-packages.js";
import type { BuildJob, Closure } from "../../run/runner.js";
import type { ManagerQuestion } from "./known-answers.js";
import { stageQuestions } from "./questions.js";
import { type ResolveDeps, resolvePackages, storeResolved } from "./resolve-packages.js";
import { type RootDeps, startRoot, systemRoot } from "./roots.js";

export { openKnownAnswers } from "./known-answers.js";
export { baseBelow, baseOf, type RootDeps, systemRoot } from "./roots.js";

export interface ClosureDeps extends ResolveDeps, RootDeps {
  readonly tree: FileTree;
  readonly syntaxOf: (manager: string) => PackageSyntax;
  /** A sources.list of this machine for bootstraps. */
  readonly aptSources: string | undefined;
  /** An existing directory of this run. */
  readonly temporary: string;
}

/**
 * Resolves everything that an image installs, stage by stage, before anything of its definition runs, and puts the files into the
 * package store. `kept`: versions that stay where they still fit. Raises StepFailure.
 */
export async function resolveClosure(
  deps: ClosureDeps,
  job: BuildJob,
  kept: readonly LockedPackage[] = [],
): Promise<Closure> {
  const { stages } = job.recipe.containerfile;
  const spec = bootstrapOf(stages);
  const bootstrap = spec?.manager === "apt" ? await resolveBootstrap(deps, job, { spec, kept }) : undefined;
  const rootfs = bootstrap?.rootfs;
  const packages: LockedPackage[] = [...(bootstrap?.packages ?? [])];
  for (const [index, { name }] of stages.entries()) {
    const manifest = await packageManifest(deps.tree, job.recipe, index);
    const questions = stageQuestions(job.recipe.packages, name, { kept, syntaxOf: deps.syntaxOf, manifest });
    for (const question of questions) {
      const recipe = { ...job.recipe, locked: { packages } };
      const resolved = await resolveStage(deps, { ...job, recipe, ...(rootfs && { rootfs }) }, index, question);
      packages.push(...resolved.map((entry) => (name === undefined ? entry : { stage: name, ...entry })));
    }
  }
  return { packages: sorted(packages), ...(rootfs && { rootfs }) };
}

const sorted = (packages: readonly LockedPackage[]): LockedPackage[] =>
  packages
    .map((entry) => [packageOrder(packageJson(entry)), entry] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, entry]) => entry);

/** A system's packages are resolved from data of what the stage starts from, a language's in a root that has its package manager. */
async function resolveStage(deps: ClosureDeps, job: BuildJob, index: number, question: ManagerQuestion) {
  const { log, signal } = job;
  const isSystem = question.manager === "apt" || question.manager === "dnf";
  const root = await (isSystem ? startRoot(deps, job, index) : systemRoot(deps, job, index));
  const directory = await mkdtemp(join(deps.temporary, "closure-"));
  return resolvePackages(deps, { root, question, directory, log, signal });
}

interface BootstrapJob {
  readonly spec: AptBootstrap;
  readonly kept: readonly LockedPackage[];
}

/** Makes the root file system, which is the only way to know its packages. It serves the build, too, where no version is kept. */
async function resolveBootstrap(deps: ClosureDeps, { log, signal }: BuildJob, { spec, kept }: BootstrapJob) {
  const { aptSources, temporary, store } = deps;
  const own = kept.filter(({ bootstrap }) => bootstrap);
  const directory = await mkdtemp(join(temporary, "bootstrap-"));
  const preferences = own.length === 0 ? undefined : own.map(pin).join("\n");
  try {
    const rootfs = await bootstrapPackages(spec, {
      ...{ directory, preferences, aptSources, print: PRINT_CONTROL, log, signal },
    });
    const report = await readFile(join(directory, "report"), "utf8");
    const answer = { ok: true as const, packages: readControl(report, spec.packages, "nobody") };
    const stored = await storeResolved(answer, directory, store);
    const packages = stored.map((entry) => ({ ...entry, bootstrap: true as const }));
    return { packages, ...(rootfs === undefined ? {} : { rootfs }) };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** The package manifest of a stage and the package manager's lock file beside it, by file name. */
async function packageManifest(tree: FileTree, recipe: Recipe, index: number): Promise<Record<string, string>> {
  const folder = `${manifestContext(index)}/`;
  const entries = recipe.context.filter(({ path }) => path.startsWith(folder));
  const names = new Map(entries.map(({ from, path }) => [from, posix.basename(path)]));
  const texts: Record<string, string> = {};
  if (names.size > 0)
    await tree.read([...names.keys()], (path, content) => {
      texts[names.get(path) ?? ""] = content.toString("utf8");
    });
  return texts;
}
