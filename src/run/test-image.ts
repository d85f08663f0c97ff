import type { CommandTest, FileTest, ImageTest, ServeTest } from "../model/definition.js";
import type { InstalledCheck } from "../model/installed-check.js";
import type { Buildah } from "./buildah.js";
import { checkFile } from "./check-file.js";
import type { ImageContainer } from "./image-container.js";
import { mismatch } from "./mismatch.js";
import { lastLines } from "./process.js";
import { type ImageJob, StepFailure, type TestDemands } from "./runner.js";
import { serveTest } from "./serve-test.js";

export interface TestImageDeps {
  readonly buildah: Buildah;
  readonly container: ImageContainer;
  readonly installedChecks: (packages: TestDemands["packages"]) => readonly InstalledCheck[];
}

/** Runs an image's tests, in order, in one throw-away container. Raises StepFailure at the first that fails. */
export async function testImage(deps: TestImageDeps, job: ImageJob, demands: TestDemands): Promise<void> {
  const { container } = deps;
  for (const check of deps.installedChecks(demands.packages)) await runInstalledCheck(container, check, job);
  for (const test of demands.tests) {
    if (test.type === "file") await fileTest(container, test);
    else if (test.type === "serve") await serverTest(deps, test, job);
    else await commandTest(deps, test, job);
  }
}

const unstarted = (what: string, tail: readonly string[]) => new StepFailure("TEST_FAILED", what, tail);

async function runInstalledCheck(container: ImageContainer, check: InstalledCheck, { signal }: ImageJob) {
  const listed = await container.run(check.command, { signal, timeout: 120, user: "0" }, unstarted);
  if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  if (listed.exitCode !== 0)
    throw unstarted(`cannot list what is installed: ${check.command[0]}`, lastLines(listed.stderr));
  const problems = check.problems(listed.stdout);
  if (problems.length > 0) throw new StepFailure("NOT_APPROVED", problems.join("; "));
}

async function commandTest({ buildah, container }: TestImageDeps, test: CommandTest, job: ImageJob): Promise<void> {
  const argv = test.command.form === "exec" ? test.command.argv : ["/bin/sh", "-c", test.command.text];
  const { noOffline } = buildah.system;
  if (noOffline !== undefined)
    throw failed(test, `tests have no network, and it cannot be cut off here: ${noOffline}`, []);
  // What is on this machine's loopback is not for an image to reach, and a test that needs others would depend on the day.
  const options = { signal: job.signal, log: job.log, timeout: test.timeout, user: test.user };
  const result = await container.run(argv, options, unstarted);
  const output = lastLines(`${result.stdout}\n${result.stderr}`.replace(BUILDAH_SAYS, ""));
  if (job.signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  if (result.timedOut) throw failed(test, `did not end within ${test.timeout} s`, output);
  if (result.exitCode !== test.exit) throw failed(test, `exit code ${result.exitCode}, expected ${test.exit}`, output);
  for (const stream of ["stdout", "stderr"] as const) {
    const expected = test[stream];
    const wrong = expected && mismatch(result[stream], expected);
    if (wrong) throw failed(test, `${stream} ${wrong}`, lastLines(result[stream]));
  }
}

/** The line that Buildah adds to a program's own output when it fails. */
const BUILDAH_SAYS = /^(?:Error: )?(?:while running runtime: )?exit status \d+\n?/gm;

async function fileTest(container: ImageContainer, test: FileTest): Promise<void> {
  // From outside: an image need not hold any program that could look.
  const wrong = await checkFile(await container.root(unstarted), test);
  if (wrong) throw failed(test, wrong, []);
}

async function serverTest({ buildah, container }: TestImageDeps, test: ServeTest, job: ImageJob): Promise<void> {
  const words = (argv: readonly string[]) => container.words(argv, undefined, unstarted);
  const problem = await serveTest(buildah, words, test, job);
  if (job.signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  if (problem) throw failed(test, problem.message, problem.tail);
}

const failed = (test: ImageTest, message: string, output: readonly string[]) =>
  new StepFailure("TEST_FAILED", `test ${JSON.stringify(test.name)}: ${message}`, output);
