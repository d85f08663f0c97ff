import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { constants, lstat, open, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { OUTPUT_MOUNT } from "../../model/build-environment.js";
import { packageProblem } from "../../model/lock-syntax.js";
import type { FoundPackage, Resolution } from "../../packages/lock/lock-resolver.js";
import { KNOWN_STATE } from "../../packages/lock/lock-resolver.js";
import { LOCK_RESOLVERS } from "../../packages/lock/lock-resolvers.js";
import type { Question } from "../../run/ask-image.js";
import type { PackageStore } from "../../run/package-store.js";
import { StepFailure, type StoredImage } from "../../run/runner.js";
import { makeDirectory } from "../../system/make-directory.js";
import type { Asked, KnownAnswer, KnownAnswers, ManagerQuestion, ResolvedPackage } from "./known-answers.js";

export interface RootQuestion extends Asked {
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
  readonly known: KnownAnswers;
}

/**
 * Resolves what a package manager would install in a root that is not there yet. If the kept versions cannot all stay, every version
 * may move. Afterwards the files are in the store. Raises StepFailure.
 */
export async function resolvePackages(deps: ResolveDeps, question: RootQuestion): Promise<readonly ResolvedPackage[]> {
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

async function resolveOnce(deps: ResolveDeps, rootQuestion: RootQuestion): Promise<readonly ResolvedPackage[]> {
  const { question, directory } = rootQuestion;
  const { manager, request } = question;
  const resolver = LOCK_RESOLVERS[manager];
  const folder = join(directory, manager);
  await rm(folder, { recursive: true, force: true });
  makeDirectory(join(folder, "files"));
  const known = await knownAnswer(deps, rootQuestion);
  const inputs = { ...resolver.inputs(request), [KNOWN_STATE]: known?.state ?? "" };
  for (const [name, text] of Object.entries(inputs)) await writeFile(join(folder, name), text);
  await askRoot(deps, rootQuestion, folder);
  const state = await readAnswer(join(folder, "state"));
  if (known !== undefined && state === known.state) return known.packages;
  const report = await readAnswer(join(folder, "report"));
  if (report === undefined) throw new StepFailure("NOT_LOCKABLE", `${manager} left no report`);
  const packages = await storeResolved(resolver.read(report, request), folder, deps.store);
  if (state !== undefined) await deps.known.keep(rootQuestion, { state, packages });
  return packages;
}

/** Only one whose files are there is of use: the archive may have deleted them. */
async function knownAnswer({ known, store }: ResolveDeps, question: RootQuestion): Promise<KnownAnswer | undefined> {
  const answer = await known.find(question);
  const isThere = await Promise.all((answer?.packages ?? []).map(({ sha256 }) => store.has(sha256)));
  return isThere.every(Boolean) ? answer : undefined;
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

/** A program that nobody vouches for may have left anything in its place. undefined: it is no file. */
async function readAnswer(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  try {
    return file !== undefined && (await file.stat()).isFile() ? await file.readFile("utf8") : undefined;
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
