import type { BareRepository } from "./bare-repository.js";

/** The forge's whole state, in plain Maps. Routes read and write it, and tests may inspect it. */
export class State {
  readonly accounts = new Map<string, Account>();
  readonly tokens = new Map<string, Token>();
  /** Organisation → team → members. */
  readonly organisations = new Map<string, Map<string, Set<string>>>();
  /** By `owner/name`. */
  readonly repositories = new Map<string, Repository>();
  #time = Date.UTC(2026, 0, 1);
  // GitHub's ids of comments and check runs no longer fit into 32 bits.
  #id = 2 ** 31;
  #turn: Promise<unknown> = Promise.resolve();

  /** The forge's own clock, a second later at every call, so that later events always have a later time. */
  now(): string {
    this.#time += 1000;
    return new Date(this.#time).toISOString().replace(".000Z", "Z");
  }

  id(): number {
    this.#id += 1;
    return this.#id;
  }

  /** Runs tasks one after another, because refs are compared before and after a push. */
  turn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {});
    return mine;
  }
}

export interface Account {
  readonly login: string;
  readonly id: number;
  readonly kind: "User" | "Bot" | "Organization";
}

export type Scope = "contents" | "pull_requests" | "issues" | "checks" | "statuses" | "members";
export type Access = "none" | "read" | "write";

/** The sender of a request. A person has the account's permissions; an App's token has given permissions in one repository. */
export interface Token {
  readonly text: string;
  readonly account: Account;
  readonly installation: { readonly repository: string; readonly permissions: Partial<Record<Scope, Access>> } | null;
}

export type Permission = "read" | "write" | "admin";

/** The rules of a branch, named as in GitHub's branch protection. */
export interface Protection {
  /** Names of check runs or contexts of statuses that must have succeeded on the head. */
  readonly required_status_checks?: readonly string[];
  readonly required_approving_review_count?: number;
  readonly require_code_owner_reviews?: boolean;
  /** New commits dismiss approvals. */
  readonly dismiss_stale_reviews?: boolean;
  /** Default false, as on GitHub: administrators can push and merge despite the rules. */
  readonly enforce_admins?: boolean;
}

export interface Repository {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  /** `owner/name` */
  readonly fullName: string;
  readonly git: BareRepository;
  readonly public: boolean;
  readonly parent: Repository | null;
  readonly defaultBranch: string;
  /** By login. */
  readonly people: Map<string, Permission>;
  /** By the slug of a team in the organisation that owns it. */
  readonly teams: Map<string, Permission>;
  /** By branch. */
  readonly protection: Map<string, Protection>;
  readonly pulls: Map<number, PullRequest>;
  readonly comments: Map<number, Comment>;
  /** By lower-case name: GitHub keeps the case but ignores it in comparisons. */
  readonly labels: Map<string, Label>;
  readonly checkRuns: Map<number, CheckRun>;
  readonly statuses: Status[];
  /** Workflow runs; the newest last. */
  readonly runs: Run[];
}

/** A finished workflow run that a test has added to the forge. */
export interface Run {
  readonly id: number;
  readonly event: string;
  readonly headSha: string;
  readonly headBranch: string;
  readonly headRepository: Repository;
  /** Names of its artifacts. */
  readonly artifacts: readonly string[];
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly headRepository: Repository;
  readonly headBranch: string;
  headSha: string;
  baseBranch: string;
  /** The base branch when the pull request was opened or last pushed to: it lags behind, as on GitHub. */
  baseSha: string;
  title: string;
  body: string | null;
  state: "open" | "closed";
  mergeable: boolean;
  /** The commit of refs/pull/N/merge, or of the base branch after the merge. */
  mergeSha: string | null;
  mergedBy: Account | null;
  mergedAt: string | null;
  closedAt: string | null;
  readonly createdAt: string;
  updatedAt: string;
  /** Keys of the repository's labels. */
  readonly labels: Set<string>;
  readonly reviews: Review[];
}

export interface Review {
  readonly id: number;
  readonly author: Account;
  /** Only its author sees a pending review. */
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";
  readonly body: string;
  readonly commit: string;
  readonly submittedAt: string;
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly author: Account;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
}

export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

export type Conclusion =
  | "success"
  | "failure"
  | "neutral"
  | "cancelled"
  | "skipped"
  | "timed_out"
  | "action_required"
  | null;

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column: number | null;
  readonly end_column: number | null;
  readonly annotation_level: string;
  readonly title: string | null;
  readonly message: string;
  readonly raw_details: string | null;
}

export interface CheckRun {
  readonly id: number;
  readonly app: Account;
  readonly headSha: string;
  name: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: Conclusion;
  detailsUrl: string | null;
  externalId: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Annotation[];
  readonly startedAt: string;
  completedAt: string | null;
}

export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly creator: Account;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly createdAt: string;
}
