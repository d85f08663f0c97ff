import { openCommit } from "../../load/git/commit-tree.js";
import { type LoadCache, loadCatalogue } from "../../load/load.js";
import type { Catalogue } from "../../model/catalogue.js";
import { isApprovedList, packageId } from "./catalogue-index.js";

/**
 * The packages in which the approved lists of some commits differ: approved in only some of them, or in different versions.
 * `paths` are all paths in which the commits differ. Throws TreeError.
 */
export async function changedPackages(
  directory: string,
  commits: readonly string[],
  paths: readonly string[],
  cache: LoadCache,
): Promise<Set<string>> {
  const lists = [...new Set(paths.filter(isApprovedList))];
  if (lists.length === 0) return new Set();
  const approvals: Map<string, string>[] = [];
  for (const commit of new Set(commits)) {
    const { catalogue } = await loadCatalogue(
      await openCommit(directory, commit, ["catalog/system", "catalog/runtime"]),
      cache,
    );
    approvals.push(approvalsOf(catalogue));
  }
  const all = new Set(approvals.flatMap((approval) => [...approval.keys()]));
  const differing = [...all].filter((id) => new Set(approvals.map((approval) => approval.get(id))).size > 1);
  return new Set(differing.map((id) => id.slice(id.indexOf(" ") + 1)));
}

/** By list and package: the approved versions, and the manager that installs it. */
function approvalsOf({ systemLists, runtimeLists }: Catalogue): Map<string, string> {
  const approvals = new Map<string, string>();
  for (const [kind, lists] of [
    ["system", systemLists],
    ["runtime", runtimeLists],
  ] as const) {
    for (const { scope, packages, manager } of lists.values()) {
      for (const { name, versions } of packages.values()) {
        approvals.set(`${scope} ${packageId(kind, name)}`, JSON.stringify([manager?.name, ...[...versions].sort()]));
      }
    }
  }
  return approvals;
}
