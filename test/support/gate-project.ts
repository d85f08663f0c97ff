import { mkdir, readFile, writeFile } from "node:fs/promises";
import type { Octokit } from "@octokit/rest";
import type { GateReport } from "../../src/model/gate.js";
import { TestCatalogue } from "./catalogue.js";
import { client } from "./forge/clients.js";
import { Forge } from "./forge/forge.js";
import type { Finished } from "./slipway-process.js";
import { assert } from "./suite.js";
import type { Workspace } from "./workspace.js";

export const OWNER = { owner: "acme", repo: "images" };
export const REPOSITORY = "acme/images";
/** The permissions of Actions' own token in the report's workflow. */
export const REPORT_PERMISSIONS = {
  contents: "read",
  pull_requests: "write",
  checks: "write",
  statuses: "write",
} as const;

export const ROLES = `kind: Roles
roles:
  administrator: { teams: [acme/image-admins] }
  privileged-developer: { teams: [acme/image-devs] }
  function-developer: { users: [mallory] }
`;

export interface Half extends Finished {
  readonly report: GateReport;
  /** The path of report.json. */
  readonly file: string;
}

/**
 * The small catalogue on a forge, with roles: alice is an administrator, bob and dave may write and approve images, mallory
 * has a fork. The gate's two halves, for the pull request and for the report, run as in their workflows: each in its own
 * clone, with the token it has there.
 */
export class GateProject {
  #count = 0;

  private constructor(
    readonly workspace: Workspace,
    readonly forge: Forge,
    /** alice's clone. */
    readonly main: TestCatalogue,
  ) {}

  static async create(workspace: Workspace, files: Readonly<Record<string, string | null>> = {}): Promise<GateProject> {
    const forge = await Forge.start();
    forge.organisation("acme", { "image-admins": ["alice"], "image-devs": ["bob", "dave"] });
    const rules = {
      required_status_checks: ["slipway / gate"],
      require_code_owner_reviews: true,
      required_approving_review_count: 1,
      dismiss_stale_reviews: true,
    };
    const teams = { "image-admins": "admin", "image-devs": "write" } as const;
    await forge.repository(REPOSITORY, { teams, people: { mallory: "read" } });
    const main = await TestCatalogue.create(workspace, "main", { "policies/roles.yaml": ROLES, ...files });
    if (files["policies/roles.yaml"] !== null) {
      const { stdout } = await main.expect(0, ["gate", "--codeowners"]);
      await main.write(".github/CODEOWNERS", stdout);
      await main.commit("Owners");
    }
    await main.git.addRemote("origin", forge.cloneUrl(REPOSITORY, "alice"));
    await main.git.push(["--quiet", "--force", "origin", "main"]);
    forge.state.repositories.get(REPOSITORY)?.protection.set("main", rules);
    return new GateProject(workspace, forge, main);
  }

  async stop(): Promise<void> {
    assert.equal(this.forge.unknownRequests, []);
    await this.forge.stop();
  }

  as(login: string): Octokit {
    return client(this.forge, { user: login });
  }

  /** A person's clone, with a new branch. */
  async clone(login: string, branch: string, repository = REPOSITORY): Promise<TestCatalogue> {
    const clone = await this.main.cloneFrom(this.forge.cloneUrl(repository, login), this.#name(login));
    await clone.git.raw(["switch", "--quiet", "--create", branch]);
    return clone;
  }

  /** Commits the edits, pushes the branch and opens its pull request; returns the number. */
  async propose(clone: TestCatalogue, login: string, title: string, fork?: string): Promise<number> {
    await clone.commit(title);
    const branch = (await clone.git.revparse(["--abbrev-ref", "HEAD"])).trim();
    await clone.git.push(["--quiet", "origin", `HEAD:refs/heads/${branch}`]);
    const head = fork === undefined ? branch : `${fork}:${branch}`;
    const { data } = await this.as(login).rest.pulls.create({ ...OWNER, title, head, base: "main" });
    return data.number;
  }

  /** Does what `images.yml` does for a pull request: no token, no secret, the head as data. Fails unless it ends with `code`. */
  async pullRequestHalf(pull: number, args: readonly string[] = [], code = 0): Promise<Half> {
    const { data } = await this.as("alice").rest.pulls.get({ ...OWNER, pull_number: pull });
    const clone = await this.main.cloneFrom(this.forge.cloneUrl(REPOSITORY), this.#name("runner"));
    await clone.git.raw(["fetch", "--quiet", "origin", `refs/pull/${pull}/head`]);
    const out = this.workspace.path(this.#name("report"));
    const summary = `${out}-summary.md`;
    const env = { ...this.workspace.env, GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary };
    const refs = ["--base", "refs/remotes/origin/main", "--head", data.head.sha];
    const finished = await clone.expect(code, ["gate", ...refs, "--out", out, ...args], { env });
    const file = `${out}/report.json`;
    return { ...finished, file, report: JSON.parse(await readFile(file, "utf8")) as GateReport };
  }

  /** Does what `report.yml` does afterwards: the default branch's clone, a token, and the event as GitHub sends it. */
  async reportHalf(
    pull: number,
    file: string,
    code = 0,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    const { data } = await this.as("alice").rest.pulls.get({ ...OWNER, pull_number: pull });
    const clone = await this.main.cloneFrom(this.forge.cloneUrl(REPOSITORY), this.#name("trusted"));
    const event = this.workspace.path(`${this.#name("event")}.json`);
    const run = { headRepo: data.head.repo?.full_name ?? "", headBranch: data.head.ref, headSha: data.head.sha };
    await mkdir(this.workspace.path(), { recursive: true });
    await writeFile(event, JSON.stringify(this.forge.workflowRunEvent(REPOSITORY, run)));
    const env = { ...this.workspace.env, ...this.environment(), GITHUB_EVENT_PATH: event, ...more };
    return clone.expect(code, ["gate", "--publish", file], { env });
  }

  /** Runs both halves for a change; returns what the pull request shows then. */
  async gate(pull: number, code = 0) {
    const { report, file, stdout, stderr } = await this.pullRequestHalf(pull, [], code);
    const said = await this.reportHalf(pull, file);
    const comments = await this.comments(pull);
    return { report, stdout, stderr, said, comments, check: await this.check(pull) };
  }

  /** The environment of a job in Actions, with its token; the token that may read teams is a person's. */
  environment(token = this.forge.botToken(REPOSITORY, REPORT_PERMISSIONS)): Record<string, string> {
    return {
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: this.forge.apiUrl,
      GITHUB_SERVER_URL: this.forge.url,
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_RUN_ID: "77",
      GITHUB_TOKEN: token,
      SLIPWAY_MEMBERS_TOKEN: this.forge.token("alice"),
    };
  }

  /** Bodies of the pull request's comments. */
  async comments(pull: number): Promise<string[]> {
    const { data } = await this.as("alice").rest.issues.listComments({ ...OWNER, issue_number: pull });
    return data.map(({ body }) => body ?? "");
  }

  /** The newest check of the pull request's head: `conclusion title`. */
  async check(pull: number) {
    const { data } = await this.as("alice").rest.pulls.get({ ...OWNER, pull_number: pull });
    const checks = await this.as("alice").rest.checks.listForRef({ ...OWNER, ref: data.head.sha });
    return checks.data.check_runs.toSorted((a, b) => b.id - a.id)[0];
  }

  async labels(pull: number): Promise<string[]> {
    const { data } = await this.as("alice").rest.issues.listLabelsOnIssue({ ...OWNER, issue_number: pull });
    return data.map(({ name }) => name);
  }

  async review(login: string, pull: number, event: "APPROVE" | "REQUEST_CHANGES"): Promise<void> {
    await this.as(login).rest.pulls.createReview({ ...OWNER, pull_number: pull, event, body: "seen" });
  }

  #name(prefix: string): string {
    this.#count += 1;
    return `${prefix}-${this.#count}`;
  }
}
