import { type Context, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { openCommit, resolveCommit } from "../../load/git/commit-tree.js";
import { changedPaths, hasCommit } from "../../load/git/diff-tree.js";
import type { FileTree } from "../../load/git/tree.js";
import type { LoadCache } from "../../load/load.js";
import type { Plan } from "../../model/plan.js";
import { managersOf } from "../../packages/managers.js";
import { isTooOld } from "../../policy/base-rules.js";
import { withdrawalProblems } from "../../policy/withdrawals.js";
import { builtInTemplates } from "../../render/templates.js";
import { diagnosticsText } from "../../report/diagnostics.js";
import { planBetween } from "../../resolve/plan.js";
import { LONG_AGO, type LoadedCatalogue, load, loadChecked, loadDesired } from "../catalogue/catalogue.js";
import { changedEntries } from "./changed-entries.js";
import { changedPackages } from "./changed-packages.js";
import { readIndex, writeIndex } from "./index-file.js";
import { type CatalogueIndex, type CataloguePart, indexOf, reachedPart } from "./part.js";

export interface CommitPlan {
  readonly plan: Plan;
  readonly loaded: LoadedCatalogue;
}

/**
 * The plan from one commit to another (`head` undefined: to the working tree). Reads only what the change reaches where an
 * index of an earlier commit tells; the result is the same as that of reading everything.
 * Problems of the base are no obstacle: a change may be what mends them. What is broken there counts as not there.
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
  const known = await readIndex(state);
  if (
    known &&
    !(known.aging && isTooOld(known.aging, context.today())) &&
    (known.commit === headCommit || known.commit === baseCommit || (await hasCommit(directory, known.commit)))
  ) {
    const narrow = await planNarrow(context, known, baseCommit, headCommit);
    if (narrow) return narrow;
  }
  const cache: LoadCache = new Map();
  const loaded = await loadHead(context, { base: baseCommit, head: headCommit, cache });
  const index = indexOf(loaded);
  if (index) await writeIndex(state, index);
  return planWhole(context, baseCommit, loaded, { index, cache });
}

/** Reads the part of both commits that the changes since the index's commit reach; undefined: that is not enough. */
async function planNarrow(
  context: Context,
  index: CatalogueIndex,
  base: string,
  head: string,
): Promise<CommitPlan | undefined> {
  const { catalogue: directory, today } = context;
  const cache: LoadCache = new Map();
  const scope = await partBetween(directory, index, [base, head], cache);
  if (!scope) return undefined;
  const [before, after] = await Promise.all([base, head].map((commit) => openCommit(directory, commit, scope.paths)));
  const loaded = await loadDesired(after as FileTree, builtInTemplates(), {
    today: today(),
    cache,
    part: partOf(scope),
  });
  // A problem may come from what was left out (a parent elsewhere, a name used twice): reading everything will tell.
  if (!isSoundPart(loaded, scope, index)) return undefined;
  const old = await loadDesired(before as FileTree, builtInTemplates(), {
    today: LONG_AGO,
    cache,
    part: partOf(scope),
  });
  if (!isSoundPart(old, scope, index)) return undefined;
  noteWithdrawals(context, old, loaded);
  return { plan: planBetween(old.desired, loaded.desired, scope.outside), loaded };
}

/** What a change takes back reaches images that it does not touch: they are named, as the gate does. */
function noteWithdrawals({ note, today }: Context, before: LoadedCatalogue, after: LoadedCatalogue): void {
  const managers = managersOf(after.catalogue);
  const problems = withdrawalProblems({ before, after, managers, today: today() });
  if (problems.length > 0) note(`${diagnosticsText(problems)}\n`);
}

interface HeadQuery {
  readonly base: string;
  /** Left out: the working tree. */
  readonly head?: string;
  readonly cache: LoadCache;
}

/** The head, if it is sound; where it is not because an approval was taken back, all images that this reaches are named. */
async function loadHead(context: Context, { base, head, cache }: HeadQuery): Promise<LoadedCatalogue> {
  try {
    return await loadChecked(context, head, cache);
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== EXIT.rejected) throw error;
    const tree = await openCommit(context.catalogue, base);
    const before = await loadDesired(tree, builtInTemplates(), { today: LONG_AGO, cache });
    noteWithdrawals(context, before, await load(context, head, cache));
    throw error;
  }
}

interface Known {
  readonly index: CatalogueIndex | undefined;
  readonly cache: LoadCache;
}

/** The head is read as a whole; of the base only what differs, where that is enough. */
async function planWhole(context: Context, base: string, loaded: LoadedCatalogue, known: Known): Promise<CommitPlan> {
  const { catalogue: directory } = context;
  const { index, cache } = known;
  const options = { today: LONG_AGO, cache };
  const scope = index && (await partBetween(directory, index, [base], cache));
  if (index && scope) {
    const tree = await openCommit(directory, base, scope.paths);
    const before = await loadDesired(tree, builtInTemplates(), { ...options, part: partOf(scope) });
    if (isSoundPart(before, scope, index)) {
      noteWithdrawals(context, before, loaded);
      const images = new Map([...loaded.desired.images].filter(([name]) => scope.names.has(name)));
      return { plan: planBetween(before.desired, { ...loaded.desired, images }, scope.outside), loaded };
    }
  }
  const before = await loadDesired(await openCommit(directory, base), builtInTemplates(), options);
  noteWithdrawals(context, before, loaded);
  return { plan: planBetween(before.desired, loaded.desired), loaded };
}

/** What to read of commits, by all in which they differ from the index's. */
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

/** What slipway.lock may speak of where only a part of the images is read. */
const partOf = ({ names, locked }: CataloguePart) => new Set([...names, ...locked]);

/** Whether the part stands by itself: no problem in it, and no image in it that stands outside of it as well. */
function isSoundPart({ diagnostics, desired }: LoadedCatalogue, scope: CataloguePart, index: CatalogueIndex): boolean {
  if (diagnostics.length > 0) return false;
  const added = [...desired.images.keys()].filter((name) => !scope.names.has(name));
  return added.every((name) => !index.names.includes(name));
}
