import { mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OUTPUT_MOUNT } from "../../model/build-environment.js";
import { bootstrapOf, stageIndex } from "../../model/recipe-stages.js";
import { fetchCommand, fetchSpecs } from "../../packages/fetch-commands.js";
import type { Question } from "../../run/ask-image.js";
import type { BootstrapNeeds } from "../../run/bootstrap.js";
import { dnfDownload } from "../../run/dnf-bootstrap.js";
import { fetchDebs } from "../../run/fetch-debs.js";
import type { BuildJob } from "../../run/runner.js";
import { baseOf, type RootDeps, systemRoot } from "../closure/closure.js";
import type { PackageGroup } from "./locked-files.js";

export interface UpstreamDeps extends RootDeps {
  readonly ask: (question: Question) => Promise<string>;
  readonly bootstrapNeeds: BootstrapNeeds;
}

/**
 * Has a package manager fetch files into a directory, with this machine's settings. A system's runs in the base image that the stage
 * stands on, or on this machine for a bootstrap; a language's where the packages are to be installed. Raises StepFailure if it cannot
 * be run; a package that it does not get is just missing.
 */
export async function askUpstream(
  deps: UpstreamDeps,
  group: PackageGroup,
  directory: string,
  job: BuildJob,
): Promise<void> {
  const { manager, stage, packages } = group;
  const { log, signal } = job;
  const index = stageIndex(job.recipe.containerfile.stages, stage);
  const question = { command: fetchCommand(manager, OUTPUT_MOUNT, packages), output: directory, log, signal };
  if (manager === "pip" || manager === "npm") {
    const root = await systemRoot(deps, job, index);
    await deps.ask({ ...question, image: root, environmentOf: root.base });
    return;
  }
  const base = group.bootstrap ? undefined : await baseOf(deps, job, index);
  if (base === undefined) await askThisMachine(deps, group, directory, job);
  else await deps.ask({ ...question, image: base, sharesCache: true });
}

async function askThisMachine(
  { bootstrapNeeds }: UpstreamDeps,
  group: PackageGroup,
  directory: string,
  job: BuildJob,
): Promise<void> {
  const bootstrap = bootstrapOf(job.recipe.containerfile.stages);
  const { aptSources } = bootstrapNeeds;
  const work = await mkdtemp(join(dirname(directory), "machine-"));
  if (bootstrap?.manager === "apt") {
    const command = fetchCommand(group.manager, directory, group.packages);
    await fetchDebs({ bootstrap, platform: job.platform, aptSources, command, directory: work }, job);
  }
  if (bootstrap?.manager === "dnf") {
    const specs = fetchSpecs(group.manager, group.packages);
    await dnfDownload(bootstrap, { specs, work, directory }, { ...job, ...bootstrapNeeds });
  }
}
