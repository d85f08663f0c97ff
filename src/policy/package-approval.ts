import type { ApprovedList, ListedPackage } from "../model/catalogue.js";
import type { RequestedPackage } from "../model/definition.js";
import type { Diagnostic, Source } from "../model/diagnostic.js";
import type { DiagnosticCode } from "../model/diagnostic-codes.js";
import { nearest } from "../model/nearest.js";
import type { PackageSyntax } from "../model/package-syntax.js";
import { versionMatches } from "../model/package-syntax.js";
import type { ApprovedPackage } from "../model/recipe.js";
import { NO_EXCEPTIONS, type Waivers } from "./exception-ledger.js";
import { withdrawnProblem } from "./withdrawn.js";

export interface PackageApproval {
  readonly packages: readonly ApprovedPackage[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ApprovalInput {
  readonly requested: readonly RequestedPackage[];
  /** undefined: nothing is approved for this system or language. */
  readonly list: ApprovedList | undefined;
  readonly syntax: PackageSyntax;
  readonly source: Source;
  /** Those of the image. */
  readonly exceptions?: Waivers;
  /** Names that are requested elsewhere. */
  readonly taken?: readonly string[];
}

/** Checks the packages that an image requests against an approved list; returns those that pass, with their constraints. */
export function approvePackages({
  requested,
  list,
  syntax,
  source,
  exceptions = NO_EXCEPTIONS,
  taken = [],
}: ApprovalInput): PackageApproval {
  const packages: ApprovedPackage[] = [];
  const diagnostics: Diagnostic[] = [];
  const seen = new Set(taken.map((name) => syntax.normalise(name)));
  for (const request of requested) {
    const refusal = check(request, list, syntax);
    const isWaived = refusal !== undefined && waives(exceptions, refusal, request, syntax);
    const problem = (isWaived ? undefined : refusal) ?? twice(request, seen, syntax);
    if (problem) {
      const pointer = problem.at === "version" ? `${request.pointer}/version` : request.pointer;
      diagnostics.push({ severity: "error", ...problem.diagnostic, ...source.at(pointer) });
      continue;
    }
    const approved = isWaived ? undefined : find(request.name, list, syntax);
    if (approved?.withdrawn)
      diagnostics.push({ ...withdrawnProblem(approved.name, approved.withdrawn), ...source.at(request.pointer) });
    packages.push(recipePackage(request, approved, syntax));
  }
  return { packages, diagnostics };
}

function waives(exceptions: Waivers, problem: Problem, request: RequestedPackage, syntax: PackageSyntax): boolean {
  const isMeant = (name: string) => syntax.normalise(name) === syntax.normalise(request.name);
  return exceptions.waives(problem.diagnostic.code, isMeant);
}

/** `approved` undefined: an exception lets it pass, so exactly what the image requests may be installed. */
function recipePackage(
  request: RequestedPackage,
  approved: ListedPackage | undefined,
  syntax: PackageSyntax,
): ApprovedPackage {
  const { name } = request;
  const { kind, name: manager } = syntax;
  const versions = approved?.versions ?? (request.version === undefined ? [] : [request.version]);
  const { constraint, optional } = request;
  // A package manifest gives the version itself: the approved one is no part of the manager's call.
  const fromList = constraint === undefined && versions.length === 1 ? versions[0] : undefined;
  const version = request.version ?? fromList;
  const entry = {
    kind,
    manager,
    name,
    approved: versions,
    ...(constraint === undefined ? {} : { constraint }),
    ...(optional === undefined ? {} : { optional }),
  };
  return version === undefined ? entry : { ...entry, version };
}

interface Problem {
  readonly at: "package" | "version";
  readonly diagnostic: { readonly code: DiagnosticCode; readonly message: string; readonly hint: string };
}

function check(request: RequestedPackage, list: ApprovedList | undefined, syntax: PackageSyntax): Problem | undefined {
  const { name, version } = request;
  if (!syntax.namePattern.test(name))
    return bad("bad-package-name", "package", `${quoted(name)} is not a package name of ${syntax.name}`);
  if (version !== undefined && !syntax.versionPattern.test(version)) {
    return bad("bad-package-version", "version", `${quoted(version)} is not a version of ${syntax.name}`);
  }
  const approved = find(name, list, syntax);
  if (approved === undefined) return notApproved(name, list);
  // The only version of a list goes to the package manager, so it must be a version as well.
  const [only] = approved.versions.length === 1 ? approved.versions : [];
  if (only !== undefined && !syntax.versionPattern.test(only)) {
    return bad(
      "bad-package-version",
      "package",
      `the approved ${quoted(only)} of ${name} is not a version of ${syntax.name}`,
    );
  }
  if (version === undefined || approved.versions.length === 0) return undefined;
  if (approved.versions.some((pattern) => versionMatches(pattern, version, syntax))) return undefined;
  return {
    at: "version",
    diagnostic: {
      code: "version-not-approved",
      message: `${name} ${version} is not approved`,
      hint: `approved: ${approved.versions.join(", ")}`,
    },
  };
}

/** Two entries for one package could request two versions of it, and which one wins is up to the package manager. */
function twice({ name }: RequestedPackage, seen: Set<string>, syntax: PackageSyntax): Problem | undefined {
  const normal = syntax.normalise(name);
  if (!seen.has(normal)) {
    seen.add(normal);
    return undefined;
  }
  return {
    at: "package",
    diagnostic: {
      code: "duplicate-package",
      message: `the package ${quoted(name)} is listed twice`,
      hint: "keep one of the entries",
    },
  };
}

function notApproved(name: string, list: ApprovedList | undefined): Problem {
  const near = list ? nearest(name, list.packages.keys()) : undefined;
  const where = list ? ` (${list.files.join(", ")})` : "";
  return {
    at: "package",
    diagnostic: {
      code: "package-not-approved",
      message: `the package ${quoted(name)} is not approved${list ? ` for ${list.scope}` : ""}`,
      hint: near ? `did you mean \`${near}\`?` : `an administrator can approve it in the catalogue${where}`,
    },
  };
}

const bad = (code: "bad-package-name" | "bad-package-version", at: Problem["at"], message: string): Problem => ({
  at,
  diagnostic: {
    code,
    message,
    hint: "see the package manager's own rules",
  },
});

function find(name: string, list: ApprovedList | undefined, syntax: PackageSyntax): ListedPackage | undefined {
  const exact = list?.packages.get(name);
  if (exact || !list) return exact;
  const wanted = syntax.normalise(name);
  return [...list.packages.values()].find((entry) => syntax.normalise(entry.name) === wanted);
}

const quoted = (text: string) => JSON.stringify(text);
