import type { Outcome, PlanAction, Reason } from "./plan.js";
import type { ApprovingRole, ChangeKind } from "./roles.js";

/**
 * What a pull request would do, as `slipway gate` writes it to report.json. It is written on a machine where the pull
 * request's own code runs, so its reader (load/kinds/report.ts) trusts nothing in it.
 */
export interface GateReport {
  readonly format: 1;
  /** The commit that the plan compares with: where the head left the base branch. */
  readonly base: string;
  readonly head: string;
  /** The base branch's newest commit, by whose policies and roles the change is judged. */
  readonly tip: string;
  /** How many commits of the base branch the head lacks. */
  readonly behind: number;
  /** Paths that do not merge. */
  readonly conflicts: readonly string[];
  /** Digest of the plan from `base` to `head`; null if rejections leave no plan. */
  readonly digest: string | null;
  /** Images of the head. */
  readonly total: number;
  /** In build order. */
  readonly images: readonly GateImage[];
  readonly unchanged: readonly string[];
  readonly diagnostics: readonly ReportDiagnostic[];
  /** Who must approve; null: the base has no policies/roles.yaml. */
  readonly requirements: readonly RequiredApproval[] | null;
}

export interface GateImage {
  readonly image: string;
  readonly version: string;
  readonly platform: string;
  readonly level: number;
  readonly action: PlanAction;
  readonly reasons: readonly Reason[];
  /** The packages that the image and everything it is built from ask for. */
  readonly packages: PackageDiff;
  /** Unified diff of the image's own Containerfile; empty: no difference. */
  readonly containerfile: string;
  /** null: not built, or not yet. */
  readonly build: GateBuild | null;
}

export interface PackageDiff {
  readonly added: readonly PackageChange[];
  readonly removed: readonly PackageChange[];
  readonly changed: readonly PackageChange[];
}

export interface PackageChange {
  readonly name: string;
  /** Version or constraint in words; null: not there. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface GateBuild {
  readonly outcome: Outcome;
  readonly seconds: number;
  /** Sum of the layers' sizes, not compressed. */
  readonly bytes: number | null;
  /** The same sum for the published image; null: there is none, or it is not known. */
  readonly previousBytes: number | null;
  readonly error: { readonly code: string; readonly message: string; readonly tail: readonly string[] } | null;
}

export interface ReportDiagnostic {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly hint: string | null;
}

/** One approval that a change needs. */
export interface RequiredApproval {
  readonly kind: ChangeKind;
  /** The changed paths that require it, in order. */
  readonly paths: readonly string[];
  readonly role: ApprovingRole;
  /** Teams `organisation/slug` and users; any one of them suffices. Administrators are among them. */
  readonly teams: readonly string[];
  readonly users: readonly string[];
}

/** A review of a pull request, as the forge has it. */
export interface Review {
  readonly user: string;
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";
  /** The commit that was reviewed. */
  readonly commit: string;
  /** ISO 8601. */
  readonly submitted: string;
}

/** Whether a required approval is there, and what became of the approvals that reviews give. */
export interface ApprovalState {
  readonly required: RequiredApproval;
  /** Who approved; null: the approval is missing. */
  readonly by: string | null;
  /** Approvals that do not count for it, with the reason. */
  readonly ignored: readonly { readonly user: string; readonly why: string }[];
}

/** What was done for one pull request. */
export interface Publication {
  readonly pull: number;
  readonly done: readonly string[];
  /** What the forge refused, or could not be asked about. */
  readonly failures: readonly string[];
}
