import type { CatalogueCommit, CommitReader } from "../../load/git/commit-reader.js";
import { type LoadCache, loadCatalogue } from "../../load/load.js";
import type { Catalogue, ListedPackage } from "../../model/catalogue.js";
import { packageId } from "./package-id.js";

/** Whether a path is that of an approved list. A change there reaches only the images that use the packages. */
export const isApprovedList = (path: string) => /^catalog\/(?:system|runtime)\//.test(path);

export interface ChangedPackages {
  /** As packageId gives them: approved in only some of the commits, or otherwise. */
  readonly all: ReadonlySet<string>;
  /** Those that are removed or withdrawn in some of them: a warning names the images that are built on their users. */
  readonly takenBack: ReadonlySet<string>;
}

/** The packages in which the approved lists of some commits differ. `paths` are all paths in which the commits differ. Throws Unanswered. */
export async function changedPackages(
  reader: CommitReader,
  commits: readonly CatalogueCommit[],
  paths: readonly string[],
  cache: LoadCache,
): Promise<ChangedPackages> {
  const all = new Set<string>();
  const takenBack = new Set<string>();
  if (!paths.some(isApprovedList)) return { all, takenBack };
  const approvals: Map<string, Approval>[] = [];
  for (const commit of commits) {
    const tree = await reader.open(commit, ["catalog/system", "catalog/runtime"]);
    approvals.push(approvalsOf((await loadCatalogue(tree, cache)).catalogue));
  }
  for (const key of new Set(approvals.flatMap((approval) => [...approval.keys()]))) {
    const found = approvals.map((approval) => approval.get(key));
    if (new Set(found.map((approval) => approval?.text)).size === 1) continue;
    const id = key.slice(key.indexOf(" ") + 1);
    all.add(id);
    if (found.some((approval) => approval === undefined || approval.isWithdrawn)) takenBack.add(id);
  }
  return { all, takenBack };
}

interface Approval {
  readonly text: string;
  readonly isWithdrawn: boolean;
}

/** By list and package: what the list says of it, and the manager that installs it. */
function approvalsOf({ systemLists, runtimeLists }: Catalogue): Map<string, Approval> {
  const approvals = new Map<string, Approval>();
  for (const [kind, lists] of [
    ["system", systemLists],
    ["runtime", runtimeLists],
  ] as const) {
    for (const { scope, packages, manager } of lists.values()) {
      for (const entry of packages.values()) {
        const text = JSON.stringify([manager?.name, saidOf(entry)]);
        // Spellings of one name may stand in one list.
        const key = `${scope} ${packageId(kind, entry.name)}`;
        const isWithdrawn = entry.withdrawn !== undefined;
        approvals.set(key, { text: (approvals.get(key)?.text ?? "") + text, isWithdrawn });
      }
    }
  }
  return approvals;
}

function saidOf({ source: _, pointer: __, versions, ...entry }: ListedPackage): unknown {
  return [entry, [...versions].sort()];
}
