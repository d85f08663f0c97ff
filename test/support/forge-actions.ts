import { join } from "node:path";
import type { Octokit } from "@octokit/rest";
import { Artifacts } from "./actions/artifacts.js";
import { type PullRequest, pullRequestEvent, pushEvent, workflowRunEvent } from "./actions/events.js";
import { ROOT } from "./actions/files.js";
import type { Permissions } from "./actions/job-state.js";
import { runWorkflow, type WorkflowEvent, type WorkflowResult } from "./actions/run-workflow.js";
import { client } from "./forge/clients.js";
import type { Forge } from "./forge/forge.js";
import type { Access, Scope } from "./forge/state.js";

export interface ForgeActionsOptions {
  readonly forge: Forge;
  /** `owner/name` */
  readonly repository: string;
  /** A user with write access, who reads the data for events. */
  readonly administrator: string;
  readonly directory: string;
  /** The environment of the machines that jobs run on. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** `owner/name@commit` of the action, for workflows that use it. */
  readonly action?: string;
}

/**
 * The Actions of a forge: runs a repository's own workflow files, from the commit that GitHub would use, with the real command, with
 * tokens that have only the rights each job asks for, and with secrets only where GitHub provides them.
 */
export class ForgeActions {
  readonly #artifacts: Artifacts;
  readonly #octokit: Octokit;
  /** The rights that the jobs requested, in the order of the jobs. */
  readonly permissions: Permissions[] = [];
  #runs = 100;

  constructor(private readonly options: ForgeActionsOptions) {
    this.#artifacts = new Artifacts(join(options.directory, "artifacts"));
    this.#octokit = client(options.forge, { user: options.administrator });
  }

  /** Runs `images.yml` from the pull request's merge, then `report.yml` from the default branch. */
  async pullRequest(number: number): Promise<{ images: WorkflowResult; report: WorkflowResult }> {
    const pull = await this.#pull(number);
    const isFork = pull.head.repository !== this.options.repository;
    const event = pullRequestEvent(this.#place, pull);
    const { id, result: images } = await this.#run("images", event, pull.merge, isFork);
    const names = await this.#artifacts.names(id);
    const { head } = pull;
    const run = { headRepo: head.repository, headBranch: head.branch, headSha: head.sha, artifacts: names };
    this.options.forge.ran(this.options.repository, { id, ...run });
    return { images, report: await this.#report(pull, id, images) };
  }

  async #report(pull: PullRequest, id: number, { conclusion }: WorkflowResult): Promise<WorkflowResult> {
    const { head } = pull;
    const headRepositoryId = this.options.forge.state.repositories.get(head.repository)?.id ?? 0;
    const run = { id, event: "pull_request", name: "images", head, headRepositoryId, conclusion };
    const main = await this.#main();
    const event = workflowRunEvent(this.#place, main, run);
    return (await this.#run("report", event, main.sha, false)).result;
  }

  /** Runs `publish.yml` after a push to the default branch. */
  async push(): Promise<WorkflowResult> {
    const main = await this.#main();
    return (await this.#run("publish", pushEvent(this.#place, main), main.sha, false)).result;
  }

  async #run(name: string, event: WorkflowEvent, commit: string, isFork: boolean) {
    this.#runs += 1;
    const id = this.#runs;
    const { forge, repository, env, secrets = {}, vars = {}, action } = this.options;
    const file = `.github/workflows/${name}.yml`;
    const result = await runWorkflow({
      workflow: await this.#file(file, commit),
      file,
      event: { ...event, github: { ...event.github, run_id: String(id) } },
      runId: id,
      secrets: isFork ? {} : secrets,
      vars: isFork ? {} : vars,
      directory: join(this.options.directory, `run-${id}`),
      host: {
        remote: (other) => `${forge.url}/${other}.git`,
        token: (permissions) => {
          this.permissions.push(permissions);
          return forge.botToken(repository, scopes(permissions));
        },
        actions: new Map(action === undefined ? [] : [[action, ROOT]]),
        artifacts: this.#artifacts,
        path: [],
        env,
      },
    });
    return { id, result };
  }

  async #file(path: string, ref: string): Promise<string> {
    const text = await this.options.forge.state.repositories.get(this.options.repository)?.git.file(ref, path);
    if (text == null) throw new Error(`${ref} has no ${path}`);
    return text;
  }

  get #place() {
    const { forge, repository } = this.options;
    return { repository, server: forge.url, api: forge.apiUrl };
  }

  async #main() {
    const [owner = "", repo = ""] = this.options.repository.split("/");
    const { data } = await this.#octokit.rest.repos.getBranch({ owner, repo, branch: "main" });
    return { branch: "main", sha: data.commit.sha };
  }

  async #pull(number: number): Promise<PullRequest> {
    const [owner = "", repo = ""] = this.options.repository.split("/");
    const { data } = await this.#octokit.rest.pulls.get({ owner, repo, pull_number: number });
    const main = await this.#main();
    return {
      number,
      title: data.title,
      base: main,
      head: { repository: data.head.repo?.full_name ?? "", branch: data.head.ref, sha: data.head.sha },
      merge: data.merge_commit_sha ?? data.head.sha,
    };
  }
}

/** Translates a workflow's permission names into the forge's. */
function scopes(permissions: Permissions): Partial<Record<Scope, Access>> {
  const entries = Object.entries(permissions).map(([name, access]) => [name.replaceAll("-", "_"), access]);
  return Object.fromEntries(entries) as Partial<Record<Scope, Access>>;
}
