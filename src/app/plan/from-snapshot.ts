import type { CatalogueCommit, CommitReader } from "../../load/git/commit-reader.js";
import type { FileTree } from "../../load/git/tree.js";
import type { LoadCache } from "../../load/load.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { ImageName } from "../../model/names.js";
import type { Plan } from "../../model/plan.js";
import { builtInTemplates } from "../../render/templates.js";
import { planChange } from "../../resolve/plan.js";
import { LONG_AGO, type LoadedCatalogue, loadDesired } from "../catalogue/catalogue.js";
import { type Changes, changesBetween } from "./changes.js";
import { InheritedDigests } from "./inherited-digest.js";
import { namedImages } from "./named-images.js";
import { CataloguePart } from "./part.js";
import { ImageNumbers, Side } from "./side.js";
import { inheritedAt, type Snapshot } from "./snapshot.js";

export interface PlanQuery {
  readonly reader: CommitReader;
  /** The snapshot's commit. */
  readonly known: CatalogueCommit;
  readonly base: CatalogueCommit;
  readonly head: CatalogueCommit;
  /** `YYYY-MM-DD` (UTC). */
  readonly today: string;
  readonly cache: LoadCache;
}

export interface PartialPlan {
  readonly plan: Plan;
  /** The warnings of the head. */
  readonly warnings: readonly Diagnostic[];
  /** What was read of both commits. */
  readonly before: LoadedCatalogue;
  readonly after: LoadedCatalogue;
  readonly side: Side;
  readonly numbers: ImageNumbers;
}

/** Rounds of reading: each adds images that the one before it shows to be needed. */
const MOST_ROUNDS = 6;

/**
 * The plan between two commits, from a snapshot of another one or of one of them. Reads what differs, and an image that is built on that only where it sees the
 * difference. undefined: that is not enough, or there is a problem, and everything is to be read. Throws Unanswered.
 */
export async function planFromSnapshot(snapshot: Snapshot, query: PlanQuery): Promise<PartialPlan | undefined> {
  const { reader, known, base, head, cache } = query;
  const changes = await changesBetween(reader, snapshot, [known, base, head], cache);
  if (changes === undefined) return undefined;
  const part = new CataloguePart(snapshot, changes);
  const found = await readPart(snapshot, { part, changes, query });
  if (found === undefined) return undefined;
  const { before, after } = found;
  const warnings = warningsOf(snapshot, { head: head.commit, part, after });
  if (warnings === undefined) return undefined;
  const numbers = new ImageNumbers(snapshot);
  const sides = [before, after].map((loaded) => new Side(snapshot, part, loaded, numbers)) as [Side, Side];
  const [, side] = sides;
  // That there are no images at all, or that one is named which is gone, is a problem.
  if (side.size === 0 || isNamedAndGone(snapshot, side)) return undefined;
  return { plan: compare(sides, { before, after }), warnings, before, after, side, numbers };
}

interface Reading {
  readonly part: CataloguePart;
  readonly changes: Changes;
  readonly query: PlanQuery;
}

interface Both {
  readonly before: LoadedCatalogue;
  readonly after: LoadedCatalogue;
}

/** Reads the part of both commits, which grows until nothing outside of it sees a difference. */
async function readPart(snapshot: Snapshot, { part, changes, query }: Reading): Promise<Both | undefined> {
  const { reader, base, head, today, cache } = query;
  for (let round = 0; round < MOST_ROUNDS && !part.isLarge; round++) {
    const { paths, lockfileNames } = part;
    const options = { cache, part: lockfileNames };
    const [baseTree, headTree] = (await Promise.all([base, head].map((commit) => reader.open(commit, paths)))) as [
      FileTree,
      FileTree,
    ];
    if ([baseTree, headTree].some(hasLinks)) return undefined;
    const after = await loadDesired(headTree, builtInTemplates(), { ...options, today });
    const before = await loadDesired(baseTree, builtInTemplates(), { ...options, today: LONG_AGO });
    const size = part.members.size;
    for (const loaded of [before, after]) {
      if (!isOwn(loaded, { snapshot, part, changes })) return undefined;
      part.add(
        namedImages(loaded.catalogue)
          .map((name) => snapshot.names.indexOf(name))
          .filter((at) => at >= 0),
      );
    }
    if (part.members.size === size) {
      if ([before, after].some(hasErrors)) return undefined;
      for (const loaded of [before, after]) part.addDescendants(seenToDiffer(snapshot, part, loaded));
    }
    if (part.members.size === size) return { before, after };
  }
  return undefined;
}

/** Links may connect paths that a snapshot treats as separate, and the files of submodules are not in a list of changes. */
const hasLinks = ({ files, hasSubmodules }: FileTree) =>
  hasSubmodules === true || [...files.values()].some(({ mode }) => mode === "120000");

const hasErrors = ({ diagnostics }: LoadedCatalogue) => diagnostics.some(({ severity }) => severity === "error");

/** Whether all definitions that were read are definitions where everything is read, and no other file has an image of the same name. */
function isOwn(
  { catalogue }: LoadedCatalogue,
  { snapshot, part, changes }: Omit<Reading, "query"> & { snapshot: Snapshot },
) {
  const folders = changes.folders.map((folder) => `${folder}/`);
  const changed = new Set(changes.paths);
  return [...catalogue.images].every(
    ([
      name,
      {
        source: { file },
      },
    ]) => {
      const at = snapshot.names.indexOf(name);
      if (at >= 0 && !part.has(at)) return false;
      return (
        changed.has(file) || folders.some((folder) => file.startsWith(folder)) || snapshot.files.indexOf(file) >= 0
      );
    },
  );
}

/** Images of the part in which one that is built on them would see a difference. */
function seenToDiffer(snapshot: Snapshot, part: CataloguePart, loaded: LoadedCatalogue): number[] {
  const digests = new InheritedDigests(loaded);
  return [...part.members].filter((image) => {
    if (!part.hasChildren(image)) return false;
    const name = snapshot.names.at(image) as ImageName;
    return !loaded.desired.images.has(name) || digests.of(name) !== inheritedAt(snapshot, image);
  });
}

interface HeadPart {
  readonly head: string;
  readonly part: CataloguePart;
  readonly after: LoadedCatalogue;
}

/** The warnings of the whole head; undefined: they cannot be told from what was read. */
function warningsOf(snapshot: Snapshot, { head, part, after }: HeadPart): readonly Diagnostic[] | undefined {
  const { commit, warnings } = snapshot.head;
  if (head === commit) return warnings;
  const { columns, files } = snapshot;
  const read = new Set([
    ...[...part.members].map((image) => files.at(columns.file[image] as number)),
    ...[...after.catalogue.images.values()].map(({ source }) => source.file),
  ]);
  if (after.diagnostics.some(({ file }) => !read.has(file))) return undefined;
  if (warnings.some(({ file }) => snapshot.files.indexOf(file) < 0)) return undefined;
  return [...warnings.filter(({ file }) => !read.has(file)), ...after.diagnostics].sort(byPlace);
}

const byPlace = (a: Diagnostic, b: Diagnostic) =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;

const isNamedAndGone = (snapshot: Snapshot, { gone }: Side) =>
  snapshot.head.replacements.some((name) => gone.has(snapshot.names.indexOf(name)));

function compare([before, after]: readonly [Side, Side], loaded: Both): Plan {
  const touched = new Set<number>();
  for (const side of [before, after])
    for (const images of [side.read.keys(), side.gone, side.keys.keys()])
      for (const image of images) touched.add(image);
  const inHead = [...touched].filter((image) => after.has(image)).sort((a, b) => after.place(a) - after.place(b));
  const removed = [...touched]
    .filter((image) => before.has(image) && !after.has(image))
    .sort((a, b) => before.place(a) - before.place(b));
  return planChange({
    base: loaded.before.desired,
    head: loaded.after.desired,
    images: inHead.map((image) => ({
      before: before.has(image) ? before.planned(image) : undefined,
      after: after.planned(image),
    })),
    removed: removed.map((image) => before.planned(image)),
    others: after.size - inHead.length,
  });
}
