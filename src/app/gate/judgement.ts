import type { Context } from "../../context.js";
import { openCommit, openJudged, resolveCommit } from "../../load/git/commit-tree.js";
import {
  changedRepositoryPaths,
  commitsBetween,
  fileOfCommit,
  mergeBase,
  mergeTrees,
  repositoryPrefix,
} from "../../load/git/history.js";
import type { FileTree } from "../../load/git/tree.js";
import type { LoadCache } from "../../load/load.js";
import type { Settings } from "../../model/catalogue.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { RequiredApproval } from "../../model/gate.js";
import type { Roles } from "../../model/roles.js";
import { managersOf } from "../../packages/managers.js";
import { baseImagePaths } from "../../policy/base-images.js";
import { CODEOWNERS_FILE, codeowners, codeownersProblem } from "../../policy/codeowners.js";
import { inheritedChanges } from "../../policy/inherited-changes.js";
import { requiredApprovals, unreadableRoles } from "../../policy/required-approvals.js";
import { withdrawalProblems } from "../../policy/withdrawals.js";
import { builtInTemplates } from "../../render/templates.js";
import { LONG_AGO, type LoadedCatalogue, loadDesired } from "../catalogue/catalogue.js";

/** A change that is to go into a branch, as the branch's own policies see it. */
export interface Judgement {
  /** The branch's newest commit, whose roles and policies apply. */
  readonly tip: string;
  /** The commit where the change left the branch: the change is everything that differs from it. */
  readonly base: string;
  readonly head: string;
  /** How many commits of the branch the change lacks. */
  readonly behind: number;
  /** The catalogue's folder in its repository; empty: the whole repository. */
  readonly prefix: string;
  /** Paths with merge conflicts. */
  readonly conflicts: readonly string[];
  /** The catalogue before the change. Its problems do not count, as the change may fix them. */
  readonly before: LoadedCatalogue;
  /** The catalogue after the change. */
  readonly after: LoadedCatalogue;
  /** Every problem of the change: by itself, by the branch's policies, and merged with the current branch. */
  readonly diagnostics: readonly Diagnostic[];
  /** The branch's settings: a change must not decide which registry is trusted. */
  readonly settings: Settings;
  /** The branch's roles; null: it has no policies/roles.yaml. */
  readonly roles: Roles | null;
  /** null: there are no roles. */
  readonly requiredApprovals: readonly RequiredApproval[] | null;
}

/** Judges the change from a branch (`base`) to `head`. Reads Git and nothing else. Throws TreeError. */
export async function judgeChange(
  context: Context,
  refs: { readonly base: string; readonly head: string },
): Promise<Judgement> {
  const { catalogue: directory } = context;
  const [tip, head] = await Promise.all([resolveCommit(directory, refs.base), resolveCommit(directory, refs.head)]);
  const base = await mergeBase(directory, tip, head);
  const [behind, changes, prefix] = await Promise.all([
    commitsBetween(directory, head, tip),
    changedRepositoryPaths(directory, base, head),
    repositoryPrefix(directory),
  ]);
  const cache: LoadCache = new Map();
  const load = async (tree: FileTree, today = context.today()) =>
    loadDesired(tree, builtInTemplates(), { cache, today });
  const before = await load(await openCommit(directory, base), LONG_AGO);
  // Only exceptions make one day differ from another.
  const isSame = base === tip && before.catalogue.exceptions.length === 0;
  const branch = isSame ? before : await load(await openCommit(directory, tip));
  const after = await load(await openCommit(directory, head));
  const byPolicy = async (treeish: string) => (await load(await openJudged(directory, treeish, tip))).diagnostics;
  const strict = hasSamePolicies(branch.tree, after.tree) ? after.diagnostics : await byPolicy(head);
  const merge = behind > 0 ? await mergeTrees(directory, tip, head) : undefined;
  const merged = merge?.conflicts.length === 0 ? await byPolicy(merge.tree) : [];
  const { roles } = branch.catalogue;
  const isBaseImage = baseImagePaths(...[before, branch, after].map(({ catalogue }) => catalogue));
  return {
    tip,
    base,
    head,
    behind,
    prefix,
    conflicts: merge?.conflicts ?? [],
    before,
    after,
    diagnostics: [
      ...after.diagnostics,
      ...newProblems(
        strict,
        [after, branch],
        "the change's own policies would allow it; they apply once they are merged",
      ),
      ...newProblems(
        merged,
        [{ diagnostics: strict }, after, branch],
        "it appears when this change is merged with the base branch",
      ),
      ...inheritedChanges({ before, after }),
      ...withdrawalProblems({ before, after, managers: managersOf(after.catalogue), today: context.today() }),
      ...(await codeownersProblems(directory, after, prefix)),
      ...unreadableRoles(branch.catalogue),
    ],
    settings: branch.catalogue.settings,
    roles: roles ?? null,
    requiredApprovals: roles ? requiredApprovals({ changes, roles, isBaseImage, prefix }) : null,
  };
}

function hasSamePolicies(a: FileTree, b: FileTree): boolean {
  const policies = ({ files }: FileTree) =>
    JSON.stringify([...files.values()].flatMap(({ path, oid }) => (path.startsWith("policies/") ? [[path, oid]] : [])));
  return policies(a) === policies(b);
}

/**
 * The problems that the others do not have. A problem that the branch already has is not the change's: a change that fixes the
 * branch under its policies must be able to pass them.
 */
function newProblems(
  problems: readonly Diagnostic[],
  others: readonly { readonly diagnostics: readonly Diagnostic[] }[],
  hint: string,
): Diagnostic[] {
  const id = ({ file, code, message }: Diagnostic) => JSON.stringify([file, code, message]);
  const ids = new Set(others.flatMap(({ diagnostics }) => diagnostics.map(id)));
  return problems.filter((diagnostic) => !ids.has(id(diagnostic))).map((diagnostic) => ({ ...diagnostic, hint }));
}

/** Problems of CODEOWNERS, by which GitHub asks the right people: it must match the roles that it is committed with. */
async function codeownersProblems(
  directory: string,
  { catalogue, tree }: LoadedCatalogue,
  prefix: string,
): Promise<Diagnostic[]> {
  if (catalogue.roles === undefined || tree.commit === null) return [];
  const expected = codeowners(catalogue.roles, catalogue, prefix);
  if (!expected.ok) return [...expected.diagnostics];
  const problem = codeownersProblem(await fileOfCommit(directory, tree.commit, CODEOWNERS_FILE), expected.text, prefix);
  return problem ? [problem] : [];
}
