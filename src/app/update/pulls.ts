import type { Context } from "../../context.js";
import { Remote } from "../../github/branch.js";
import type { Forge } from "../../github/client.js";
import { type EnsureDeps, ensure, ForgeError } from "../../github/ensure.js";
import * as pulls from "../../github/update-pulls.js";
import { UPDATE_BRANCHES, type UpdatePull } from "../../github/update-pulls.js";
import type { GroupResult, GroupUpdates } from "../../model/update.js";
import { updatePullText } from "../../report/updates-markdown.js";
import { type LoadedCatalogue, loadChecked } from "../catalogue/catalogue.js";
import { forgeAccess } from "../gate/gate.js";
import { type FindOptions, findUpdates } from "./available.js";
import { editFiles } from "./edits.js";
import { resultOf, settledResult } from "./result.js";

/** The clock, which tests replace. */
export type Timing = Pick<EnsureDeps, "sleep" | "now">;

/**
 * Brings branches and pull requests in line with what is newer than the default branch has, one of each per group. What was done
 * before stays, so a run after a failure continues it. Fails where the forge cannot be asked at all.
 */
export async function publishUpdates(
  context: Context,
  options: FindOptions,
  timing?: Timing,
): Promise<readonly GroupResult[]> {
  const publisher = await Publisher.open(context, timing);
  const { groups, groupNames } = await findUpdates(context, publisher.loaded, options);
  const isOrphan = (group: string) => options.group === undefined && !groupNames.has(group);
  await publisher.settle(groups, isOrphan);
  return publisher.results.sort((a, b) => (a.group < b.group ? -1 : 1));
}

/** What all steps share: access to the forge, and its state when the run began. */
interface ForgeState {
  readonly forge: Forge;
  readonly remote: Remote;
  readonly deps: EnsureDeps;
  /** The default branch and its commit. */
  readonly base: string;
  readonly tip: string;
  readonly loaded: LoadedCatalogue;
  /** Commits by branch. */
  readonly heads: ReadonlyMap<string, string>;
  readonly open: ReadonlyMap<string, UpdatePull>;
}

class Publisher {
  readonly results: GroupResult[] = [];
  #open: number;

  private constructor(private readonly state: ForgeState) {
    this.#open = state.open.size;
  }

  get loaded(): LoadedCatalogue {
    return this.state.loaded;
  }

  static async open(context: Context, timing?: Timing): Promise<Publisher> {
    const { forge, git, remote: url, deps: usual } = await forgeAccess(context);
    const deps = { ...usual, ...timing };
    const remote = new Remote({ ...git, directory: context.catalogue, url });
    const base = await ensure("read the repository", () => pulls.defaultBranch(forge), deps);
    const patterns = [`refs/heads/${base}`, `refs/heads/${UPDATE_BRANCHES}*`];
    const heads = await ensure("list the branches", () => remote.heads(...patterns), deps);
    const tip = heads.get(base);
    if (tip === undefined) throw new ForgeError(`the branch ${base} is not there`, 404);
    await ensure("fetch the branches", () => remote.fetch([...new Set(heads.values())]), deps);
    const openPulls = await ensure("list pull requests", () => pulls.openUpdatePulls(forge, base), deps);
    const open = new Map(openPulls.map((pull) => [pull.group, pull]));
    const loaded = await loadChecked(context, tip);
    return new Publisher({ forge, remote, deps, base, tip, loaded, heads, open });
  }

  /** Goes through the groups: first those that free room under the limit, then those with a pull request, then the new ones. */
  async settle(groups: readonly GroupUpdates[], isOrphan: (group: string) => boolean): Promise<void> {
    const { open, heads } = this.state;
    const pending = groups.filter((group) => settledResult(group) === undefined);
    const settled = new Map(groups.map((group) => [group.group, settledResult(group)]));
    const branches = [...heads.keys()].filter((branch) => branch.startsWith(UPDATE_BRANCHES));
    for (const group of branches.map((branch) => branch.slice(UPDATE_BRANCHES.length))) {
      if (settled.get(group)?.action === "none" || (!settled.has(group) && isOrphan(group))) await this.#retire(group);
    }
    for (const [group, result] of settled) {
      if (result && !this.results.some((other) => other.group === group))
        this.results.push({ ...result, pull: open.get(group)?.number ?? null });
    }
    for (const group of pending.filter(({ group: name }) => open.has(name))) await this.#publish(group);
    for (const group of pending.filter(({ group: name }) => !open.has(name))) await this.#publish(group);
  }

  /** Closes the pull request of a group that has nothing left to update, and removes its branch. */
  async #retire(group: string): Promise<void> {
    const { forge, remote, deps, tip, heads, open } = this.state;
    const branch = UPDATE_BRANCHES + group;
    const head = heads.get(branch) ?? tip;
    const pull = open.get(group);
    await this.#step({ group, updates: [] }, async () => {
      const owner = await remote.owner(head, tip);
      if (pull && owner === "others") return { action: "left-alone", detail: `nothing is left to update; ${OTHERS}` };
      if (pull) {
        await ensure(`close pull request ${pull.number}`, () => pulls.closePull(forge, pull, OVERTAKEN), deps);
        this.#open -= 1;
      }
      // A branch with no commits beyond the default branch may be one that somebody has just begun.
      if (owner === "us")
        await ensure(
          `remove the branch ${branch}`,
          () => remote.push({ branch, commit: undefined, expected: head }),
          deps,
        );
      return pull ? { action: "closed" } : undefined;
    });
  }

  async #publish(group: GroupUpdates): Promise<void> {
    await this.#step(group, async () => {
      const { loaded } = this.state;
      const edited = await editFiles(loaded.tree, group);
      if (!edited.ok) return { action: "refused", detail: edited.problem };
      const { commitMessage, ...text } = updatePullText(group.group, group.updates);
      const wanted = { branch: UPDATE_BRANCHES + group.group, base: this.state.base, ...text };
      const stop = await this.#obstacle(group.group, wanted);
      if (stop) return stop;
      const pushed = await this.#pushBranch(wanted.branch, edited.files, commitMessage);
      const { forge, deps, open } = this.state;
      const { number, outcome } = await ensure("open a pull request", () => pulls.ensurePull(forge, wanted), deps);
      if (open.has(group.group)) return { action: outcome === "unchanged" && pushed ? "refreshed" : outcome };
      // Even if the last attempt found it: it was not there when the run began.
      this.#open += 1;
      return { action: "opened", pull: number };
    });
  }

  /** Why a group with updates is left as it is; undefined: it is not. */
  async #obstacle(group: string, wanted: pulls.WantedPull): Promise<Partial<GroupResult> | undefined> {
    const { forge, remote, deps, tip, heads, open, loaded } = this.state;
    const head = heads.get(wanted.branch);
    if (head !== undefined && (await remote.owner(head, tip)) === "others") {
      return { action: "left-alone", detail: OTHERS };
    }
    if (open.has(group)) return undefined;
    const declined = await ensure("look for a closed pull request", () => pulls.declinedPull(forge, wanted), deps);
    if (declined !== undefined) {
      return { action: "left-alone", pull: declined, detail: "it was closed, and nothing newer has come since" };
    }
    const { limit } = loaded.catalogue.settings.updates;
    if (this.#open < limit) return undefined;
    return { action: "waiting", detail: `${this.#open} pull requests are open, at most ${limit} may be` };
  }

  /** false: the branch already makes the change. */
  async #pushBranch(branch: string, files: ReadonlyMap<string, string>, message: string): Promise<boolean> {
    const { remote, deps, tip, heads } = this.state;
    const head = heads.get(branch);
    const tree = await remote.tree(tip, files);
    if (head !== undefined && (await remote.isCurrent(head, tip, tree))) return false;
    const commit = await remote.commit(tip, tree, message);
    await ensure(`push ${branch}`, () => remote.push({ branch, commit, expected: head }), deps);
    return true;
  }

  /** Takes one group's step. Its failure is its own result and stops no other group. */
  async #step(group: Pick<GroupUpdates, "group" | "updates">, action: () => Promise<Partial<GroupResult> | undefined>) {
    const number = this.state.open.get(group.group)?.number ?? null;
    const result = { ...resultOf({ ...group, problems: [] }), pull: number, action: "failed" as const };
    try {
      const done = await action();
      if (done) this.results.push({ ...result, ...done });
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      this.results.push({ ...result, detail: error.message });
    }
  }
}

const OTHERS = "the branch has commits of somebody else";
const OVERTAKEN = "Nothing is left to update here: the default branch has it, or it is no longer offered.";
