import { mkdtemp } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "../remove-tree.js";
import type { Files } from "./bare-repository.js";
import { type PullRequestAction, pullRequestEvent, pushEvent, type WorkflowRun, workflowRunEvent } from "./events.js";
import { type Fault, Faults, type Matcher, serverError } from "./faults.js";
import { account, makeRepository } from "./make-repository.js";
import { afterMoves } from "./pull-requests.js";
import { API, type LoggedRequest, startServer, stopServer, type World } from "./server.js";
import {
  type Access,
  type Account,
  type Permission,
  type Protection,
  type PullRequest,
  type Repository,
  type Scope,
  State,
  type Token,
} from "./state.js";

export interface RepositoryOptions {
  /** Default true: anyone may read it, even without credentials. */
  readonly public?: boolean;
  readonly people?: Readonly<Record<string, Permission>>;
  /** By slug; the teams of the organisation that owns it. */
  readonly teams?: Readonly<Record<string, Permission>>;
  /** By branch. */
  readonly protect?: Readonly<Record<string, Protection>>;
  /** The first commit of the default branch. */
  readonly files?: Files;
}

export interface CommitOptions {
  /** A commit or a ref; if it does not exist, the branch starts with a new history. */
  readonly from?: string;
  readonly message?: string;
}

/**
 * GitHub as Slipway sees it, in this process: repositories over HTTP, the part of the REST interface that the gate uses
 * with GitHub's limits and refusals, and faults on demand. Git calls in a test must be asynchronous, because a synchronous
 * call blocks the server that it talks to.
 *
 *     const forge = await Forge.start();
 *     forge.organisation("acme", { "image-admins": ["alice"] });
 *     await forge.repository("acme/images", { teams: { "image-admins": "admin" }, files: { "README.md": "hello\n" } });
 *     const octokit = new Octokit({ baseUrl: forge.apiUrl, auth: forge.token("alice") });
 */
export class Forge {
  private constructor(
    private readonly world: World,
    private readonly listening: { readonly server: Server; readonly url: string },
    private readonly directory: string,
  ) {}

  static async start(): Promise<Forge> {
    const logs = { requests: [], gitRequests: [], unknownRequests: [], crashes: [] };
    const world: World = { state: new State(), faults: new Faults(), logs };
    return new Forge(world, await startServer(world), await mkdtemp(join(tmpdir(), "slipway-forge-")));
  }

  /** Ends the server and removes all repositories; throws if a bug of the forge itself caused a 500. */
  async stop(): Promise<void> {
    await stopServer(this.listening.server);
    await removeTree(this.directory);
    const [crash] = this.world.logs.crashes;
    if (crash !== undefined) throw crash;
  }

  /** The address of the repositories for Git: `http://127.0.0.1:PORT`. */
  get url(): string {
    return this.listening.url;
  }

  /** Octokit's `baseUrl`, and the GITHUB_API_URL of Actions. */
  get apiUrl(): string {
    return this.url + API;
  }

  /** The forge's whole state, for tests that look behind the interface. */
  get state(): State {
    return this.world.state;
  }

  /** Every request to the REST interface, in the order of arrival. */
  get requests(): readonly LoggedRequest[] {
    return this.world.logs.requests;
  }

  /** Every request of Git; a clone or a push makes several. */
  get gitRequests(): readonly LoggedRequest[] {
    return this.world.logs.gitRequests;
  }

  /** Requests that the forge does not support. If a test ends with any, it has not tested what it should. */
  get unknownRequests(): readonly LoggedRequest[] {
    return this.world.logs.unknownRequests;
  }

  /** A person; the same login gives the same person. People named elsewhere are created when first named. */
  user(login: string): Account {
    return account(this.state, login, "User");
  }

  /** A person's token, with all of the person's permissions. */
  token(login: string): string {
    return this.#token({ text: `ghp_${login}`, account: this.user(login), installation: null });
  }

  /** A token of a job in Actions, or of another App: for one repository, with only the named permissions. */
  botToken(repository: string, permissions: Partial<Record<Scope, Access>>, login = "github-actions[bot]"): string {
    const installation = { repository, permissions };
    return this.#token({ text: `ghs_${this.state.id()}`, account: account(this.state, login, "Bot"), installation });
  }

  /** An organisation and the members of its teams, by slug. */
  organisation(name: string, teams: Readonly<Record<string, readonly string[]>> = {}): void {
    account(this.state, name, "Organization");
    for (const login of Object.values(teams).flat()) this.user(login);
    const members = Object.entries(teams).map(([slug, logins]) => [slug, new Set(logins)] as const);
    this.state.organisations.set(name, new Map(members));
  }

  /** Creates `owner/name` with the branch `main`. Its owner may do everything; an owner that is not an organisation is a person. */
  async repository(fullName: string, options: RepositoryOptions = {}): Promise<Repository> {
    const repository = await makeRepository(this.state, this.directory, { fullName, public: options.public ?? true });
    for (const [login, permission] of Object.entries(options.people ?? {})) {
      repository.people.set(this.user(login).login, permission);
    }
    for (const [slug, permission] of Object.entries(options.teams ?? {})) repository.teams.set(slug, permission);
    for (const [branch, rules] of Object.entries(options.protect ?? {})) repository.protection.set(branch, rules);
    if (options.files) await repository.git.write("main", options.files, { message: "Start" });
    return repository;
  }

  /** A fork with all branches, owned by `owner`. */
  async fork(fullName: string, owner: string): Promise<Repository> {
    const parent = this.#repository(fullName);
    const forked = `${owner}/${parent.name}`;
    return makeRepository(this.state, this.directory, { fullName: forked, public: parent.public, parent });
  }

  /** The address for `git clone` and `git push`, with the credentials of a person or a token, or by default without. */
  cloneUrl(fullName: string, who?: string | { readonly token: string }): string {
    const url = new URL(`${this.url}/${fullName}.git`);
    if (who !== undefined) {
      url.username = typeof who === "string" ? who : "x-access-token";
      url.password = typeof who === "string" ? this.token(who) : who.token;
    }
    return url.href;
  }

  /**
   * Commits these files on a branch, as if an administrator had pushed them; returns the commit's id. A new branch
   * starts from `from`, by default the default branch.
   */
  commit(
    fullName: string,
    branch: string,
    files: Files,
    { from, message = "Change" }: CommitOptions = {},
  ): Promise<string> {
    const repository = this.#repository(fullName);
    return this.state.turn(async () => {
      const before = await repository.git.branches();
      const start = from ?? `refs/heads/${repository.defaultBranch}`;
      const commit = await repository.git.write(branch, files, { from: start, message });
      await afterMoves(this.state, repository, { before, after: await repository.git.branches() });
      return commit;
    });
  }

  /** Gives the next matching requests these faults, one each, in this order (faults.ts makes them). */
  fail(matcher: Matcher, ...faults: readonly Fault[]): void {
    this.world.faults.add(matcher, faults);
  }

  /** Refuses every matching request with a status, until `mend`. */
  failAlways(matcher: Matcher, status: number): void {
    this.world.faults.add(matcher, [serverError(status)], true);
  }

  /** Removes all remaining faults. */
  mend(): void {
    this.world.faults.clear();
  }

  /** The number of faults that no request has met yet; a test of retries expects 0 at its end. */
  get faultsLeft(): number {
    return this.world.faults.left;
  }

  /** The payload of a `pull_request` workflow. */
  pullRequestEvent(fullName: string, number: number, action: PullRequestAction = "synchronize") {
    return pullRequestEvent(this.#repository(fullName), this.#pull(fullName, number), action);
  }

  /** The payload of a `workflow_run` workflow, for a finished run. */
  workflowRunEvent(fullName: string, run: WorkflowRun) {
    return workflowRunEvent(this.state, this.#repository(fullName), { head: this.#repository(run.headRepo), run });
  }

  /** Tells the forge about a finished workflow run and its artifacts. */
  ran(fullName: string, run: WorkflowRun & { readonly id: number; readonly artifacts: readonly string[] }): void {
    const { id, event = "pull_request", headSha, headBranch, headRepo, artifacts } = run;
    const headRepository = this.#repository(headRepo);
    this.#repository(fullName).runs.push({ id, event, headSha, headBranch, headRepository, artifacts });
  }

  /** The payload of a `push` workflow. */
  pushEvent(fullName: string, branch: string, before: string, after: string) {
    return pushEvent(this.#repository(fullName), { branch, before, after });
  }

  #pull(fullName: string, number: number): PullRequest {
    const pull = this.#repository(fullName).pulls.get(number);
    if (pull === undefined) throw new Error(`${fullName} has no pull request ${number}`);
    return pull;
  }

  #repository(fullName: string): Repository {
    const repository = this.state.repositories.get(fullName);
    if (repository === undefined) throw new Error(`the forge has no repository ${fullName}`);
    return repository;
  }

  #token(token: Token): string {
    this.state.tokens.set(token.text, token);
    return token.text;
  }
}
