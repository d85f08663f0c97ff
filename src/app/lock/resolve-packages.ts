import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { OUTPUT_MOUNT } from "../../model/build-environment.js";
import type { LockedPackage, LockManager } from "../../model/lock.js";
import { packageProblem } from "../../model/lock-syntax.js";
import type { Found, FoundPackage, LockRequest } from "../../packages/lock/lock-resolver.js";
import { LOCK_RESOLVERS } from "../../packages/lock/lock-resolvers.js";
import type { Question } from "../../run/ask-image.js";
import type { PackageStore } from "../../run/package-store.js";
import { StepFailure, type StoredImage } from "../../run/runner.js";

/** What one package manager is asked in a root. */
export interface ManagerQuestion {
  readonly manager: LockManager;
  readonly request: LockRequest;
}

export interface RootQuestion {
  readonly image: StoredImage;
  /** In the order of the installation. */
  readonly questions: readonly ManagerQuestion[];
  /** A directory of this run that nobody else uses; removed at the end. */
  readonly directory: string;
  readonly log: string;
  readonly signal: AbortSignal;
}

export interface ResolveDeps {
  readonly ask: (question: Question) => Promise<string>;
  readonly store: PackageStore;
}

/** A package as the lock has it, but for the stage that it is for. */
export type ResolvedPackage = Omit<LockedPackage, "stage">;

/**
 * What package managers would install in a root beyond what is there. All are asked in one container: what the first has found is
 * installed there before the next is asked. Where versions cannot stay, all may move. The files are in the store afterwards. Raises
 * StepFailure.
 */
export async function resolvePackages(deps: ResolveDeps, question: RootQuestion): Promise<ResolvedPackage[]> {
  try {
    return await resolveOnce(deps, question);
  } catch (error) {
    const free = question.questions.map(withoutKept);
    const isAnswer = error instanceof StepFailure && error.code === "NO_ANSWER";
    if (!isAnswer || question.questions.every(({ request }) => request.kept.length === 0)) throw error;
    return await resolveOnce(deps, { ...question, questions: free });
  } finally {
    await rm(question.directory, { recursive: true, force: true });
  }
}

const withoutKept = ({ manager, request }: ManagerQuestion): ManagerQuestion => ({
  manager,
  request: { ...request, kept: [], asked: request.asked.map(({ keptArgument: _, ...asked }) => asked) },
});

async function resolveOnce({ ask, store }: ResolveDeps, question: RootQuestion): Promise<ResolvedPackage[]> {
  const { image, questions: requests, directory, log, signal } = question;
  await rm(directory, { recursive: true, force: true });
  for (const { manager, request } of requests) {
    await mkdir(join(directory, manager, "files"), { recursive: true });
    for (const [name, text] of Object.entries(LOCK_RESOLVERS[manager].inputs(request)))
      await writeFile(join(directory, manager, name), text);
  }
  await ask({ image, command: ["/bin/sh", "-euc", script(requests)], output: directory, log, signal });
  const found: ResolvedPackage[] = [];
  for (const { manager, request } of requests) {
    const folder = join(directory, manager);
    const answer = LOCK_RESOLVERS[manager].read(await readFile(join(folder, "report"), "utf8"), request);
    found.push(...(await storeResolved(answer, folder, store)));
  }
  return found;
}

function script(requests: readonly ManagerQuestion[]): string {
  const parts = requests.map(({ manager }, index) => {
    const { script: resolve, install } = LOCK_RESOLVERS[manager];
    return `dir=${OUTPUT_MOUNT}/${manager}\n${resolve}${index + 1 < requests.length ? install : ""}`;
  });
  return parts.join("");
}

/** Checks what a resolver has found and moves its files into the store. Raises StepFailure. */
export async function storeResolved(answer: Found, folder: string, store: PackageStore): Promise<ResolvedPackage[]> {
  if (!answer.ok) throw new StepFailure("NOT_LOCKABLE", answer.message);
  const kept: ResolvedPackage[] = [];
  for (const { path, expected, ...found } of answer.packages) {
    const sample = { ...found, size: 0, sha256: "0".repeat(64) };
    // Before the file is looked at: its name comes from somewhere on the network.
    const problem = packageProblem(sample);
    if (problem !== undefined) {
      const what = `${found.manager}: ${found.name} ${found.version}: \`${problem.member}\` ${problem.problem}`;
      throw new StepFailure("NOT_LOCKABLE", what);
    }
    await checkFile(join(folder, path), found, expected);
    const { sha256, size } = await store.add(join(folder, path));
    kept.push({ ...found, sha256, size });
  }
  return kept;
}

async function checkFile(
  path: string,
  { name, version }: Pick<FoundPackage, "name" | "version">,
  expected: FoundPackage["expected"],
): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isFile()) throw new StepFailure("NOT_LOCKABLE", `${name} ${version}: its file did not come`);
  if (expected === undefined) return;
  const hash = createHash(expected.algorithm);
  await pipeline(createReadStream(path), hash);
  const hex = hash.digest("hex");
  if (hex === expected.hex) return;
  const what = `${name} ${version} has the ${expected.algorithm} ${hex}, its source says ${expected.hex}`;
  throw new StepFailure("NOT_LOCKABLE", what);
}
