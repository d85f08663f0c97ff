import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { OUTPUT_MOUNT } from "../../model/build-environment.js";
import type { LockedPackage, LockManager } from "../../model/lock.js";
import { packageProblem } from "../../model/lock-syntax.js";
import type { FoundPackage, LockQuestion, Resolution } from "../../packages/lock/lock-resolver.js";
import { LOCK_RESOLVERS } from "../../packages/lock/lock-resolvers.js";
import type { Question } from "../../run/ask-image.js";
import type { PackageStore } from "../../run/package-store.js";
import { StepFailure, type StoredImage } from "../../run/runner.js";

/** The question to one package manager in a root. */
export interface ManagerQuestion {
  readonly manager: LockManager;
  readonly request: LockQuestion;
}

export interface RootQuestion {
  readonly image: StoredImage;
  /** In the order of installation. */
  readonly questions: readonly ManagerQuestion[];
  /** A directory of this run that nothing else uses; removed at the end. */
  readonly directory: string;
  readonly log: string;
  readonly signal: AbortSignal;
}

export interface ResolveDeps {
  readonly ask: (question: Question) => Promise<string>;
  readonly store: PackageStore;
}

/** A package as the lockfile has it, without the stage that it is for. */
export type ResolvedPackage = Omit<LockedPackage, "stage">;

/**
 * Resolves what package managers would install in a root that is not there yet. All are asked in one container: the packages of the
 * first are installed there before the next is asked. If the kept versions cannot all stay, every version may move. Afterwards the
 * files are in the store. Raises StepFailure.
 */
export async function resolvePackages(deps: ResolveDeps, question: RootQuestion): Promise<ResolvedPackage[]> {
  try {
    return await resolveOnce(deps, question);
  } catch (error) {
    const isRefusal = error instanceof StepFailure && error.code === "NO_ANSWER";
    if (!isRefusal || question.questions.every(({ request }) => request.kept.length === 0)) throw error;
    return await resolveOnce(deps, { ...question, questions: question.questions.map(withoutKept) });
  } finally {
    await rm(question.directory, { recursive: true, force: true });
  }
}

const withoutKept = ({ manager, request }: ManagerQuestion): ManagerQuestion => ({
  manager,
  request: { ...request, kept: [], requested: request.requested.map(({ keptArgument: _, ...entry }) => entry) },
});

async function resolveOnce({ ask, store }: ResolveDeps, question: RootQuestion): Promise<ResolvedPackage[]> {
  const { image, questions, directory, log, signal } = question;
  await rm(directory, { recursive: true, force: true });
  for (const { manager, request } of questions) {
    await mkdir(join(directory, manager, "files"), { recursive: true });
    for (const [name, text] of Object.entries(LOCK_RESOLVERS[manager].inputs(request)))
      await writeFile(join(directory, manager, name), text);
  }
  await ask({ image, command: ["/bin/sh", "-euc", script(questions)], output: directory, log, signal });
  const packages: ResolvedPackage[] = [];
  for (const { manager, request } of questions) {
    const folder = join(directory, manager);
    const answer = LOCK_RESOLVERS[manager].read(await readFile(join(folder, "report"), "utf8"), request);
    packages.push(...(await storeResolved(answer, folder, store)));
  }
  return packages;
}

function script(questions: readonly ManagerQuestion[]): string {
  const parts = questions.map(({ manager }, index) => {
    const { script: resolve, install } = LOCK_RESOLVERS[manager];
    return `dir=${OUTPUT_MOUNT}/${manager}\n${resolve}${index + 1 < questions.length ? install : ""}`;
  });
  return parts.join("");
}

/** Checks a resolver's answer and moves the files of its packages into the store. Raises StepFailure. */
export async function storeResolved(
  answer: Resolution,
  folder: string,
  store: PackageStore,
): Promise<ResolvedPackage[]> {
  if (!answer.ok) throw new StepFailure("NOT_LOCKABLE", answer.message);
  const stored: ResolvedPackage[] = [];
  for (const { path, expected, ...entry } of answer.packages) {
    const sample = { ...entry, size: 0, sha256: "0".repeat(64) };
    // Before the file is read: its name comes from somewhere on the network.
    const problem = packageProblem(sample);
    if (problem !== undefined) {
      const what = `${entry.manager}: ${entry.name} ${entry.version}: \`${problem.member}\` ${problem.problem}`;
      throw new StepFailure("NOT_LOCKABLE", what);
    }
    await checkFile(join(folder, path), entry, expected);
    const { sha256, size } = await store.add(join(folder, path));
    stored.push({ ...entry, sha256, size });
  }
  return stored;
}

async function checkFile(
  path: string,
  { name, version }: Pick<FoundPackage, "name" | "version">,
  expected: FoundPackage["expected"],
): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats?.isFile()) throw new StepFailure("NOT_LOCKABLE", `${name} ${version}: its file was not downloaded`);
  if (expected === undefined) return;
  const hash = createHash(expected.algorithm);
  await pipeline(createReadStream(path), hash);
  const hex = hash.digest("hex");
  if (hex === expected.hex) return;
  const what = `${name} ${version} has the ${expected.algorithm} ${hex}, its source says ${expected.hex}`;
  throw new StepFailure("NOT_LOCKABLE", what);
}
