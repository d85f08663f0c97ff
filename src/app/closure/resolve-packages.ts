import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { constants, lstat, mkdir, open, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { OUTPUT_MOUNT } from "../../model/build-environment.js";
import type { LockedPackage, LockManager } from "../../model/lock.js";
import { packageProblem } from "../../model/lock-syntax.js";
import type { FoundPackage, LockQuestion, Resolution } from "../../packages/lock/lock-resolver.js";
import { LOCK_RESOLVERS } from "../../packages/lock/lock-resolvers.js";
import type { Question } from "../../run/ask-image.js";
import type { PackageStore } from "../../run/package-store.js";
import { type SourceImage, StepFailure, type StoredImage } from "../../run/runner.js";

/** The question to one package manager in a root. */
export interface ManagerQuestion {
  readonly manager: LockManager;
  readonly request: LockQuestion;
}

export interface RootQuestion {
  /** What the packages are to be installed into. */
  readonly root: SourceImage;
  readonly question: ManagerQuestion;
  /** An empty directory of this run that nothing else uses; removed at the end. */
  readonly directory: string;
  readonly log: string;
  readonly signal: AbortSignal;
}

export interface ResolveDeps {
  readonly ask: (question: Question) => Promise<string>;
  /** Copies a system's package database out of an image, as `Root` of the manager's resolver wants it. */
  readonly copyDatabase: (image: StoredImage, to: string, job: Pick<Question, "log" | "signal">) => Promise<void>;
  readonly store: PackageStore;
}

/** A package as the lockfile has it, without the stage that it is for. */
export type ResolvedPackage = Omit<LockedPackage, "stage">;

/**
 * Resolves what a package manager would install in a root that is not there yet. If the kept versions cannot all stay, every version
 * may move. Afterwards the files are in the store. Raises StepFailure.
 */
export async function resolvePackages(deps: ResolveDeps, question: RootQuestion): Promise<ResolvedPackage[]> {
  try {
    return await resolveOnce(deps, question);
  } catch (error) {
    const isRefusal = error instanceof StepFailure && error.code === "NO_ANSWER";
    if (!isRefusal || question.question.request.kept.length === 0) throw error;
    return await resolveOnce(deps, { ...question, question: withoutKept(question.question) });
  } finally {
    await rm(question.directory, { recursive: true, force: true });
  }
}

const withoutKept = ({ manager, request }: ManagerQuestion): ManagerQuestion => ({
  manager,
  request: { ...request, kept: [], requested: request.requested.map(({ keptArgument: _, ...entry }) => entry) },
});

async function resolveOnce(deps: ResolveDeps, rootQuestion: RootQuestion): Promise<ResolvedPackage[]> {
  const { question, directory } = rootQuestion;
  const { manager, request } = question;
  const resolver = LOCK_RESOLVERS[manager];
  const folder = join(directory, manager);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "files"), { recursive: true });
  for (const [name, text] of Object.entries(resolver.inputs(request))) await writeFile(join(folder, name), text);
  await askRoot(deps, rootQuestion, folder);
  const answer = resolver.read(await readAnswer(join(folder, "report")), request);
  return storeResolved(answer, folder, deps.store);
}

/**
 * A system's package manager runs in the base image, which administrators own, and reads the database of the root as data: whatever an
 * image in between has written to its settings or put in the place of its programs, it is not asked. A language's runs in the root, with
 * the environment of the base image.
 */
async function askRoot({ ask, copyDatabase }: ResolveDeps, { root, ...rest }: RootQuestion, output: string) {
  const { question, log, signal } = rest;
  const { script, isSystem } = LOCK_RESOLVERS[question.manager];
  const command = ["/bin/sh", "-euc", `dir=${OUTPUT_MOUNT}\n${script}`];
  if (!isSystem) {
    await ask({ image: root, environmentOf: root.base, command, output, log, signal });
    return;
  }
  if (root.base.imageId !== root.imageId) await copyDatabase(root, join(output, "root"), { log, signal });
  await ask({ image: root.base, sharesCache: true, command, output, log, signal });
}

/** A program that nobody vouches for may have left anything in its place. */
async function readAnswer(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  try {
    if (file === undefined || !(await file.stat()).isFile())
      throw new StepFailure("NOT_LOCKABLE", "the package manager left no report");
    return await file.readFile("utf8");
  } finally {
    await file?.close();
  }
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
    await checkFile({ folder, path }, entry, expected);
    const { sha256, size } = await store.add(join(folder, path));
    stored.push({ ...entry, sha256, size });
  }
  return stored;
}

async function checkFile(
  place: { readonly folder: string; readonly path: string },
  { name, version }: Pick<FoundPackage, "name" | "version">,
  expected: FoundPackage["expected"],
): Promise<void> {
  const path = join(place.folder, place.path);
  const stats = await lstat(path).catch(() => undefined);
  // No part of the path may be a link: whoever made the files could have put one there.
  const isInPlace = stats?.isFile() && (await realpath(path)) === join(await realpath(place.folder), place.path);
  if (!isInPlace) throw new StepFailure("NOT_LOCKABLE", `${name} ${version}: its file was not downloaded`);
  if (expected === undefined) return;
  const hash = createHash(expected.algorithm);
  await pipeline(createReadStream(path), hash);
  const hex = hash.digest("hex");
  if (hex === expected.hex) return;
  const what = `${name} ${version} has the ${expected.algorithm} ${hex}, its source says ${expected.hex}`;
  throw new StepFailure("NOT_LOCKABLE", what);
}
