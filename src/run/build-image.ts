import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EPOCH, MACHINE_MOUNT } from "../model/build-environment.js";
import type { Digest } from "../model/names.js";
import type { Recipe } from "../model/recipe.js";
import type { LocalImage } from "../model/registry.js";
import { type BootstrapNeeds, bootstrap } from "./bootstrap.js";
import type { Buildah } from "./buildah.js";
import { bareId, type createImageFetcher } from "./images.js";
import { lastLines } from "./process.js";
import { type BuildJob, StepFailure } from "./runner.js";

export interface BuildImageDeps {
  readonly buildah: Buildah;
  readonly fetch: ReturnType<typeof createImageFetcher>;
  /** Writes the context's files; fails when one is no longer what the recipe says. */
  readonly writeContext: (recipe: Recipe, directory: string) => Promise<void>;
  /** A directory of this run for contexts. */
  readonly temporary: string;
  /** Mounted at MACHINE_MOUNT. */
  readonly machine: string;
  readonly bootstrapNeeds: BootstrapNeeds;
}

/** Seconds. A build that has not ended by then never will. */
const BUILD_TIMEOUT = 3600;

/** Builds one image: context, bootstrap where there is one, Buildah. */
export async function buildImage(deps: BuildImageDeps, job: BuildJob): Promise<LocalImage> {
  const directory = join(deps.temporary, job.name);
  const context = join(directory, "context");
  await rm(directory, { recursive: true, force: true });
  await mkdir(context, { recursive: true });
  try {
    await deps.writeContext(job.recipe, context);
    await writeFile(join(directory, "Containerfile"), job.recipe.containerfile);
    if (job.recipe.bootstrap) await bootstrap(job.recipe.bootstrap, context, { ...job, ...deps.bootstrapNeeds });
    if (job.parent) await deps.fetch(job.parent, job.signal, job.log);
    return await runBuild(deps, job, directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runBuild({ buildah, machine }: BuildImageDeps, job: BuildJob, directory: string): Promise<LocalImage> {
  const { isolation, runtime } = buildah.system;
  const idFile = join(directory, "id");
  const args = [
    ...(runtime === undefined ? [] : ["--runtime", runtime]),
    ...["--isolation", isolation, "--network", "host", "--format", "oci", "--layers=false", "--force-rm"],
    // Nothing that varies may enter the image: times, versions, the names that local storage happens to know.
    ...["--timestamp", String(EPOCH), "--identity-label=false", "--omit-history"],
    ...(job.parent ? ["--from", bareId(job.parent.imageId), "--pull-never"] : []),
    // Only for steps that look there: where an image has no such directory, the mount point would stay.
    ...(job.recipe.containerfile.includes(`${MACHINE_MOUNT}/env`) ? ["--volume", `${machine}:${MACHINE_MOUNT}`] : []),
    ...["--iidfile", idFile, "--file", join(directory, "Containerfile"), join(directory, "context")],
  ];
  const { signal, log } = job;
  const built = await buildah.run(["build", ...args], { signal, log, timeout: BUILD_TIMEOUT });
  if (built.exitCode === 0) return { imageId: (await readFile(idFile, "utf8")).trim() as Digest };
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  if (built.timedOut) throw new StepFailure("BUILD_FAILED", `the build did not end within ${BUILD_TIMEOUT} s`);
  throw new StepFailure(
    "BUILD_FAILED",
    failedStep(built.stderr, built.stdout),
    lastLines(`${built.stdout}\n${built.stderr}`),
  );
}

/** The instruction that failed, in Buildah's words without its wrapping. */
function failedStep(stderr: string, stdout: string): string {
  const step = /building at STEP "([\s\S]*?)": ([\s\S]*)/.exec(stderr);
  if (step === null) return lastLines(stderr, 1)[0] ?? lastLines(stdout, 1)[0] ?? "Buildah said nothing";
  const instruction = (step[1] as string).replace(/\s+/g, " ");
  const short = instruction.length > 120 ? `${instruction.slice(0, 117)}…` : instruction;
  return `${(step[2] as string).trim().split("\n")[0]} in \`${short}\``;
}
