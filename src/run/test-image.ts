import { randomBytes } from "node:crypto";
import type { CommandTest, FileTest, ImageTest, ServeTest } from "../model/definition.js";
import type { InstalledCheck } from "../model/installed-check.js";
import type { Buildah } from "./buildah.js";
import { checkFile } from "./check-file.js";
import { bareId, type createImageFetcher } from "./images.js";
import { mismatch } from "./mismatch.js";
import { lastLines } from "./process.js";
import { StepFailure, type TestJob } from "./runner.js";
import { serveTest } from "./serve-test.js";

export interface TestImageDeps {
  readonly buildah: Buildah;
  readonly fetch: ReturnType<typeof createImageFetcher>;
  readonly installedChecks: (packages: TestJob["packages"]) => readonly InstalledCheck[];
}

/** Runs an image's tests, in order, in one throw-away container. Raises StepFailure at the first that fails. */
export async function testImage(deps: TestImageDeps, job: TestJob): Promise<void> {
  const { buildah } = deps;
  const checks = deps.installedChecks(job.packages);
  if (job.tests.length === 0 && checks.length === 0) return;
  await deps.fetch(job.image, job.signal, job.log);
  const container = `slipway-test-${randomBytes(6).toString("hex")}`;
  const { signal, log } = job;
  const from = ["from", "--quiet", "--name", container, "--pull-never", bareId(job.image.imageId)];
  const created = await buildah.run(from, { signal, log });
  if (created.exitCode !== 0) throw stopped(job, "TEST_FAILED", "cannot start a container", created.stderr);
  try {
    for (const check of checks) await runInstalledCheck(buildah, container, check, job);
    for (const test of job.tests) {
      if (test.type === "file") await fileTest(buildah, container, test, job);
      else if (test.type === "serve") await serverTest(buildah, container, test, job);
      else await commandTest(buildah, container, test, job);
    }
  } finally {
    // Without the signal, because it must happen after an interruption, too.
    await buildah.run(["rm", container], { log });
  }
}

const runArguments = ({ system }: Buildah, container: string, user: string | undefined, argv: readonly string[]) => [
  "run",
  ...(system.runtime === undefined ? [] : ["--runtime", system.runtime]),
  ...["--isolation", system.isolation, "--network", "host"],
  ...(user === undefined ? [] : ["--user", user]),
  ...[container, "--", ...argv],
];

async function runInstalledCheck(buildah: Buildah, container: string, check: InstalledCheck, job: TestJob) {
  const options = { signal: job.signal, timeout: 120, network: "none" } as const;
  const listed = await buildah.run(runArguments(buildah, container, "0", check.command), options);
  if (listed.exitCode !== 0)
    throw stopped(job, "TEST_FAILED", `cannot list what is installed: ${check.command[0]}`, listed.stderr);
  const problems = check.problems(listed.stdout);
  if (problems.length > 0) throw new StepFailure("NOT_APPROVED", problems.join("; "));
}

async function commandTest(buildah: Buildah, container: string, test: CommandTest, job: TestJob): Promise<void> {
  const argv = test.command.form === "exec" ? test.command.argv : ["/bin/sh", "-c", test.command.text];
  const { noOffline } = buildah.system;
  if (noOffline !== undefined)
    throw failed(test, `tests have no network, and it cannot be cut off here: ${noOffline}`, []);
  // What is on this machine's loopback is not for an image to reach, and a test that needs others would depend on the day.
  const options = { signal: job.signal, log: job.log, timeout: test.timeout, network: "none" } as const;
  const result = await buildah.run(runArguments(buildah, container, test.user, argv), options);
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

async function fileTest(buildah: Buildah, container: string, test: FileTest, job: TestJob): Promise<void> {
  // From outside: an image need not hold any program that could look.
  const mounted = await buildah.run(["mount", container], { signal: job.signal });
  if (mounted.exitCode !== 0) throw stopped(job, "TEST_FAILED", "cannot look into the image", mounted.stderr);
  const wrong = await checkFile(mounted.stdout.trim(), test);
  if (wrong) throw failed(test, wrong, []);
}

async function serverTest(buildah: Buildah, container: string, test: ServeTest, job: TestJob): Promise<void> {
  const words = (argv: readonly string[]) => runArguments(buildah, container, undefined, argv);
  const problem = await serveTest(buildah, words, test, job);
  if (job.signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
  if (problem) throw failed(test, problem.message, problem.tail);
}

const failed = (test: ImageTest, message: string, output: readonly string[]) =>
  new StepFailure("TEST_FAILED", `test ${JSON.stringify(test.name)}: ${message}`, output);

function stopped(job: TestJob, code: "TEST_FAILED", message: string, stderr: string): StepFailure {
  return job.signal.aborted
    ? new StepFailure("INTERRUPTED", "interrupted")
    : new StepFailure(code, message, lastLines(stderr));
}
