import { type Context, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { CommitReader } from "../../load/git/commit-reader.js";
import { openCommit, resolveCommit } from "../../load/git/commit-tree.js";
import { Unanswered } from "../../load/git/object-reader.js";
import type { LoadCache } from "../../load/load.js";
import type { Isolation } from "../../model/build-environment.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Plan } from "../../model/plan.js";
import { managersOf } from "../../packages/managers.js";
import { inheritedChanges } from "../../policy/inherited-changes.js";
import { withdrawalProblems } from "../../policy/withdrawals.js";
import { builtInTemplates } from "../../render/templates.js";
import { diagnosticsText } from "../../report/diagnostics.js";
import { planBetween } from "../../resolve/plan.js";
import { LONG_AGO, type LoadedCatalogue, load, loadChecked, loadDesired } from "../catalogue/catalogue.js";
import { type PartialPlan, type PlanQuery, planFromSnapshot } from "./from-snapshot.js";
import { type HeadImages, imagesOf, imagesOfSide } from "./head-images.js";
import { makeSnapshot } from "./make-snapshot.js";
import type { Snapshot } from "./snapshot.js";
import { decodeSnapshot, readSnapshot, writeSnapshot } from "./snapshot-file.js";

/** The bytes of a snapshot's file; undefined: there is none. */
export type FetchSnapshot = () => Promise<Buffer | undefined>;

export interface CommitPlan {
  readonly plan: Plan;
  /** All images of the head. */
  readonly images: HeadImages;
  readonly isolation: Isolation;
}

/**
 * The plan from one commit to another (`head` undefined: to the working tree). Between commits it reads everything once, and from then on what differs from the
 * snapshot of that, or of one from elsewhere; the result is the same as that of reading everything.
 * Problems of the base do not stop a plan, as the change may fix them. What is broken there counts as missing.
 */
export async function planBetweenCommits(
  context: Context,
  base: string,
  head: string | undefined,
  fetchSnapshot: FetchSnapshot = async () => undefined,
): Promise<CommitPlan> {
  if (head === undefined) {
    const commit = await resolveCommit(context.catalogue, base);
    return planWhole(context, { base: commit, cache: new Map() });
  }
  const reader = new CommitReader(context.catalogue);
  try {
    return await planCommits(context, reader, { base, head, fetchSnapshot });
  } finally {
    reader.close();
  }
}

async function planCommits(
  context: Context,
  reader: CommitReader,
  refs: { readonly base: string; readonly head: string; readonly fetchSnapshot: FetchSnapshot },
): Promise<CommitPlan> {
  const { catalogue: directory, today } = context;
  const state = stateRoot(context);
  const cache: LoadCache = new Map();
  const finding = Promise.all([refs.base, refs.head].map((ref) => answered(reader.find(ref))));
  const snapshot = (await readSnapshot(state)) ?? (await fetched(state, refs.fetchSnapshot));
  const [base, head] = await finding;
  const query = base && head && { reader, base, head, today: today(), cache };
  const known = snapshot && query && isCurrent(snapshot, today()) && (await planWith(snapshot, query));
  if (snapshot && known) {
    noteAll(context, known.warnings);
    return told(context, snapshot, known);
  }
  const [baseCommit, headCommit] = await Promise.all([
    base?.commit ?? resolveCommit(directory, refs.base),
    head?.commit ?? resolveCommit(directory, refs.head),
  ]);
  const loaded = await loadHead(context, { base: baseCommit, head: headCommit, cache });
  const made = makeSnapshot(loaded, today());
  if (made) await writeSnapshot(state, made);
  const plan = made && query && (await planWith(made, query));
  if (made && plan) return told(context, made, plan);
  return planWhole(context, { base: baseCommit, head: headCommit, cache, loaded });
}

/** Asks for a snapshot elsewhere, where this machine has none, and keeps it. */
async function fetched(state: string, fetch: FetchSnapshot): Promise<Snapshot | undefined> {
  const bytes = await fetch();
  const snapshot = bytes && decodeSnapshot(bytes);
  if (snapshot) await writeSnapshot(state, snapshot);
  return snapshot;
}

/** Exceptions end, and bases age. */
const isCurrent = ({ head: { from, until } }: Snapshot, today: string) =>
  from <= today && (until === undefined || today < until);

async function planWith(snapshot: Snapshot, query: Omit<PlanQuery, "known">): Promise<PartialPlan | undefined> {
  const { reader, base, head } = query;
  const { commit } = snapshot.head;
  const known = [base, head].find((each) => each.commit === commit) ?? (await answered(reader.find(commit)));
  return known && answered(planFromSnapshot(snapshot, { ...query, known }));
}

/** undefined: reading everything tells why. */
async function answered<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Unanswered) return undefined;
    throw error;
  }
}

function told(context: Context, snapshot: Snapshot, partial: PartialPlan): CommitPlan {
  const { plan, before, after, side, numbers } = partial;
  noteReached(context, before, after);
  return { plan, images: imagesOfSide(snapshot, side, numbers), isolation: snapshot.head.isolation };
}

/** Names the images that a withdrawn approval or a changed language reaches although the change does not touch them, as the gate does. */
function noteReached(context: Context, before: LoadedCatalogue, after: LoadedCatalogue): void {
  const managers = managersOf(after.catalogue);
  noteAll(context, [
    ...inheritedChanges({ before, after }),
    ...withdrawalProblems({ before, after, managers, today: context.today() }),
  ]);
}

function noteAll({ note, colors }: Context, problems: readonly Diagnostic[]): void {
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
    noteReached(context, await loadBase(context, base, cache), await load(context, head, cache));
    throw error;
  }
}

async function loadBase({ catalogue }: Context, base: string, cache: LoadCache): Promise<LoadedCatalogue> {
  return loadDesired(await openCommit(catalogue, base), builtInTemplates(), { today: LONG_AGO, cache });
}

/** Plans from reading everything. `loaded`: the head, if it has been read. */
async function planWhole(context: Context, query: HeadQuery & { loaded?: LoadedCatalogue }): Promise<CommitPlan> {
  const loaded = query.loaded ?? (await loadHead(context, query));
  const before = await loadBase(context, query.base, query.cache);
  noteReached(context, before, loaded);
  const { desired, catalogue } = loaded;
  return {
    plan: planBetween(before.desired, desired),
    images: imagesOf(desired.images),
    isolation: catalogue.settings.builderIsolation,
  };
}
