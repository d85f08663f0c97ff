import { LOCK_FILE } from "../../load/find-documents.js";
import type { CatalogueCommit, CommitReader } from "../../load/git/commit-reader.js";
import { type LoadCache, loadCatalogue } from "../../load/load.js";
import type { Lock } from "../../model/lock.js";

/**
 * The images whose entries in slipway.lock differ between some commits. `bases`: the rest of the file differs, or one of the files
 * cannot be read. `paths` are all paths in which the commits differ. Throws Unanswered.
 */
export async function changedEntries(
  reader: CommitReader,
  commits: readonly CatalogueCommit[],
  paths: readonly string[],
  cache: LoadCache,
): Promise<ReadonlySet<string> | "bases"> {
  if (!paths.includes(LOCK_FILE)) return new Set();
  const locks: (Lock | undefined)[] = [];
  for (const commit of commits) {
    const tree = await reader.open(commit, [LOCK_FILE]);
    const { catalogue, diagnostics } = await loadCatalogue(tree, cache);
    if (diagnostics.length > 0) return "bases";
    locks.push(catalogue.lock);
  }
  if (new Set(locks.map(basesOf)).size > 1) return "bases";
  const [first, ...others] = locks;
  const names = new Set(locks.flatMap((lock) => lock?.names ?? []));
  return new Set([...names].filter((name) => others.some((other) => other?.text(name) !== first?.text(name))));
}

const basesOf = (lock: Lock | undefined) =>
  JSON.stringify([...(lock?.bases ?? [])].map(([ref, { digest, platforms }]) => [ref, digest, ...platforms]));
