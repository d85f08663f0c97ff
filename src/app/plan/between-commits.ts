import { type Context, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { openCommit, resolveCommit } from "../../load/git/commit-tree.js";
import { changedPaths, hasCommit } from "../../load/git/diff-tree.js";
import type { FileTree } from "../../load/git/tree.js";
import type { LoadCache } from "../../load/load.js";
import type { Plan } from "../../model/plan.js";
import { managersOf } from "../../packages/managers.js";
import { isTooOld } from "../../policy/base-rules.js";
import { inheritedChanges } from "../../policy/inherited-changes.js";
import { withdrawalProblems } from "../../policy/withdrawals.js";
import { builtInTemplates } from "../../render/templates.js";
import { diagnosticsText } from "../../report/diagnostics.js";
import { planBetween } from "../../resolve/plan.js";
import { LONG_AGO, type LoadedCatalogue, load, loadChecked, loadDesired } from "../catalogue/catalogue.js";
import { type CatalogueIndex, indexOf } from "./catalogue-index.js";
import { changedEntries } from "./changed-entries.js";
import { changedPackages } from "./changed-packages.js";
import { readIndex, writeIndex } from "./index-file.js";
import { type CataloguePart, reachedPart } from "./part.js";

export interface CommitPlan {
  readonly plan: Plan;
  readonly loaded: LoadedCatalogue;
}

/**
 * The plan from one commit to another (`head` undefined: to the working tree). Where there is an index of an earlier commit, it
 * reads only what the change reaches; the result is the same as that of reading everything.
 * Problems of the base do not stop a plan, as the change may fix them. What is broken there counts as missing.
 */
export async function planBetweenCommits(
  context: Context,
  base: string,
  head: string | undefined,
): Promise<CommitPlan> {
  const { catalogue: directory } = context;
  if (head === undefined) {
    const baseCommit = await resolveCommit(directory, base);
    const cache: LoadCache = new Map();
    const loaded = await loadHead(context, { base: baseCommit, cache });
    return planWhole(context, baseCommit, loaded, { index: undefined, cache });
  }
  const [baseCommit, headCommit] = await Promise.all([resolveCommit(directory, base), resolveCommit(directory, head)]);
  const state = stateRoot(context);
  const saved = await readIndex(state);
  if (
    saved &&
    !(saved.aging && isTooOld(saved.aging, context.today())) &&
    (saved.commit === headCommit || saved.commit === baseCommit || (await hasCommit(directory, saved.commit)))
  ) {
    const plan = await planPart(context, saved, baseCommit, headCommit);
    if (plan) return plan;
  }
  const cache: LoadCache = new Map();
  const loaded = await loadHead(context, { base: baseCommit, head: headCommit, cache });
  const index = indexOf(loaded);
  if (index) await writeIndex(state, index);
  return planWhole(context, baseCommit, loaded, { index, cache });
}

/** Reads the part of both commits that the changes since the index's commit reach; undefined: that is not enough. */
async function planPart(
  context: Context,
  index: CatalogueIndex,
  base: string,
  head: string,
): Promise<CommitPlan | undefined> {
  const { catalogue: directory, today } = context;
  const cache: LoadCache = new Map();
  const part = await partBetween(directory, index, [base, head], cache);
  if (!part) return undefined;
  const trees = await Promise.all([base, head].map((commit) => openCommit(directory, commit, part.paths)));
  const [baseTree, headTree] = trees as [FileTree, FileTree];
  const options = { cache, part: lockfileNames(part) };
  const after = await loadDesired(headTree, builtInTemplates(), { ...options, today: today() });
  // A problem may come from what was left out (a parent elsewhere, a name used twice): reading everything will tell.
  if (!isSoundPart(after, part, index)) return undefined;
  const before = await loadDesired(baseTree, builtInTemplates(), { ...options, today: LONG_AGO });
  if (!isSoundPart(before, part, index)) return undefined;
  noteReached(context, before, after);
  return { plan: planBetween(before.desired, after.desired, part.outside), loaded: after };
}

/** Names the images that a withdrawn approval or a changed language reaches although the change does not touch them, as the gate does. */
function noteReached({ note, today, colors }: Context, before: LoadedCatalogue, after: LoadedCatalogue): void {
  const managers = managersOf(after.catalogue);
  const problems = [
    ...inheritedChanges({ before, after }),
    ...withdrawalProblems({ before, after, managers, today: today() }),
  ];
  if (problems.length > 0) note(`${diagnosticsText(problems, colors.note)}\n`);
}

interface HeadQuery {
  readonly base: string;
  /** Omitted: the working tree. */
  readonly head?: string;
  readonly cache: LoadCache;
}

/**
 * Loads the head and requires it to be sound. Where it is not because an approval was withdrawn, names all images that this
 * reaches.
 */
async function loadHead(context: Context, { base, head, cache }: HeadQuery): Promise<LoadedCatalogue> {
  try {
    return await loadChecked(context, head, cache);
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== EXIT.rejected) throw error;
    const tree = await openCommit(context.catalogue, base);
    const before = await loadDesired(tree, builtInTemplates(), { today: LONG_AGO, cache });
    noteReached(context, before, await load(context, head, cache));
    throw error;
  }
}

interface HeadKnowledge {
  /** The index of the head; undefined: it can have none. */
  readonly index: CatalogueIndex | undefined;
  readonly cache: LoadCache;
}

/** Plans from a head that was read as a whole; reads only what differs of the base, where that is enough. */
async function planWhole(
  context: Context,
  base: string,
  loaded: LoadedCatalogue,
  { index, cache }: HeadKnowledge,
): Promise<CommitPlan> {
  const { catalogue: directory } = context;
  const options = { today: LONG_AGO, cache };
  const part = index && (await partBetween(directory, index, [base], cache));
  if (index && part) {
    const tree = await openCommit(directory, base, part.paths);
    const before = await loadDesired(tree, builtInTemplates(), { ...options, part: lockfileNames(part) });
    if (isSoundPart(before, part, index)) {
      noteReached(context, before, loaded);
      const images = new Map([...loaded.desired.images].filter(([name]) => part.names.has(name)));
      return { plan: planBetween(before.desired, { ...loaded.desired, images }, part.outside), loaded };
    }
  }
  const before = await loadDesired(await openCommit(directory, base), builtInTemplates(), options);
  noteReached(context, before, loaded);
  return { plan: planBetween(before.desired, loaded.desired), loaded };
}

/** The part of the catalogue that is reached by everything in which some commits differ from the index's. */
async function partBetween(
  directory: string,
  index: CatalogueIndex,
  commits: readonly string[],
  cache: LoadCache,
): Promise<CataloguePart | undefined> {
  const paths = (await Promise.all(commits.map((commit) => changedPaths(directory, index.commit, commit)))).flat();
  const all = [index.commit, ...commits];
  const packages = await changedPackages(directory, all, paths, cache);
  return reachedPart(index, { paths, packages, locked: await changedEntries(directory, all, paths, cache) });
}

/** The entries of slipway.lock that matter where only a part of the images is read. */
const lockfileNames = ({ names, locked }: CataloguePart) => new Set([...names, ...locked]);

/** Whether the part is complete by itself: it has no problems, and none of its images is also defined outside of it. */
function isSoundPart({ diagnostics, desired }: LoadedCatalogue, part: CataloguePart, index: CatalogueIndex): boolean {
  if (diagnostics.length > 0) return false;
  const added = [...desired.images.keys()].filter((name) => !part.names.has(name));
  return added.every((name) => !index.names.includes(name));
}
