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
import { requiredApprovals, unreadableRoles } from "../../policy/required-approvals.js";
import { withdrawalProblems } from "../../policy/withdrawals.js";
import { builtInTemplates } from "../../render/templates.js";
import { LONG_AGO, type LoadedCatalogue, loadDesired } from "../catalogue/catalogue.js";

/** A change on its way into a branch, as the branch's own policies see it. */
export interface Judgement {
  /** The branch's newest commit: its roles and policies hold. */
  readonly tip: string;
  /** Where the change left the branch: what it does is what differs from here. */
  readonly base: string;
  readonly head: string;
  /** How many commits of the branch the change lacks. */
  readonly behind: number;
  /** The catalogue's folder in its repository; empty: it is the repository. */
  readonly prefix: string;
  /** Paths that do not merge. */
  readonly conflicts: readonly string[];
  /** The catalogue before the change. Its problems are no obstacle: the change may be what mends them. */
  readonly before: LoadedCatalogue;
  /** After it. */
  readonly after: LoadedCatalogue;
  /** Every problem of the change: by itself, by the branch's policies, and merged with the branch as it is now. */
  readonly diagnostics: readonly Diagnostic[];
  /** The branch's own: which registry is believed is no question for the change. */
  readonly settings: Settings;
  /** The branch's own. null: it has no policies/roles.yaml. */
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
  // Only exceptions tell one day from another.
  const isSame = base === tip && before.catalogue.exceptions.length === 0;
  const branch = isSame ? before : await load(await openCommit(directory, tip));
  const after = await load(await openCommit(directory, head));
  const byPolicy = async (treeish: string) => (await load(await openJudged(directory, treeish, tip))).diagnostics;
  const strict = hasSamePolicies(branch.tree, after.tree) ? after.diagnostics : await byPolicy(head);
  const merged = behind > 0 ? await mergeTrees(directory, tip, head) : undefined;
  const later = merged?.conflicts.length === 0 ? await byPolicy(merged.tree) : [];
  const { roles } = branch.catalogue;
  const isBaseImage = baseImagePaths(...[before, branch, after].map(({ catalogue }) => catalogue));
  return {
    tip,
    base,
    head,
    behind,
    prefix,
    conflicts: merged?.conflicts ?? [],
    before,
    after,
    diagnostics: [
      ...after.diagnostics,
      ...newProblems(
        strict,
        [after, branch],
        "the change's own policies would allow it; they hold once they are merged",
      ),
      ...newProblems(
        later,
        [{ diagnostics: strict }, after, branch],
        "it comes up when this is merged with the base branch",
      ),
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
 * Problems that the others do not have. One that the branch has already is not the change's: a change that mends the
 * branch's policies must be able to pass them.
 */
function newProblems(
  found: readonly Diagnostic[],
  known: readonly { readonly diagnostics: readonly Diagnostic[] }[],
  hint: string,
): Diagnostic[] {
  const id = ({ file, code, message }: Diagnostic) => JSON.stringify([file, code, message]);
  const ids = new Set(known.flatMap(({ diagnostics }) => diagnostics.map(id)));
  return found.filter((diagnostic) => !ids.has(id(diagnostic))).map((diagnostic) => ({ ...diagnostic, hint }));
}

/** CODEOWNERS is what makes GitHub ask the right people: it must follow from the roles that it is committed with. */
async function codeownersProblems(
  directory: string,
  { catalogue, tree }: LoadedCatalogue,
  prefix: string,
): Promise<Diagnostic[]> {
  if (catalogue.roles === undefined || tree.commit === null) return [];
  const expected = codeowners(catalogue.roles, catalogue, prefix);
  if (!expected.ok) return [...expected.diagnostics];
  const problem = codeownersProblem(await fileOfCommit(directory, tree.commit, CODEOWNERS_FILE), expected.text);
  return problem ? [problem] : [];
}
