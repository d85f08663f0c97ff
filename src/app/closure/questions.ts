import { isLockManager, type LockedPackage } from "../../model/lock.js";
import { type PackageSyntax, versionMatches } from "../../model/package-syntax.js";
import type { RecipePackage } from "../../model/recipe.js";
import type { PackageToLock } from "../../packages/lock/lock-resolver.js";
import type { ManagerQuestion } from "./known-answers.js";

export interface StageContext {
  readonly kept: readonly LockedPackage[];
  readonly syntaxOf: (manager: string) => PackageSyntax;
  /** The stage's package manifest and the package manager's lock file beside it, by file name. */
  readonly manifest: Readonly<Record<string, string>>;
}

/** What to ask each package manager of a stage (undefined: the image itself), in the order in which render.ts has them install. */
export function stageQuestions(
  all: readonly RecipePackage[],
  stage: string | undefined,
  context: StageContext,
): ManagerQuestion[] {
  const requested = all.filter((entry) => entry.stage === stage);
  const managers = new Set(
    (["system", "runtime"] as const).flatMap((kind) =>
      requested.filter((entry) => entry.kind === kind).map(({ manager }) => manager),
    ),
  );
  return [...managers].filter(isLockManager).map((manager) => {
    const syntax = context.syntaxOf(manager);
    const packages = requested.filter((entry) => entry.manager === manager);
    const locked = context.kept.filter(
      (entry) => entry.manager === manager && entry.stage === stage && !entry.bootstrap,
    );
    const byName = new Map(packages.map((entry) => [syntax.normalise(entry.name), entry]));
    const kept = locked.filter(({ name, version }) => allows(byName.get(syntax.normalise(name)), version, syntax));
    const needsManifest = packages.some(({ constraint }) => constraint !== undefined);
    return {
      manager,
      request: {
        requested: packages
          .map((entry) => askedPackage(entry, kept, syntax))
          .sort((a, b) => ((a.argument ?? "") < (b.argument ?? "") ? -1 : 1)),
        kept: kept.map(({ name, version }) => ({ name, version })),
        ...(needsManifest ? { manifest: context.manifest } : {}),
      },
    };
  });
}

/**
 * Whether a requested package allows a version. Constraints of a package manifest are not checked: only the manager can read
 * them.
 */
function allows(entry: RecipePackage | undefined, version: string, syntax: PackageSyntax): boolean {
  if (entry === undefined) return true;
  if (entry.version !== undefined && !versionMatches(entry.version, version, syntax)) return false;
  return entry.approved.length === 0 || entry.approved.some((pattern) => versionMatches(pattern, version, syntax));
}

function askedPackage(
  { name, argument, constraint }: RecipePackage,
  kept: readonly LockedPackage[],
  syntax: PackageSyntax,
): PackageToLock {
  const normal = syntax.normalise(name);
  if (constraint !== undefined) return { name: normal };
  // npm may have another version of it as a dependency of something else.
  const locked = kept.find((entry) => entry.why.length === 0 && syntax.normalise(entry.name) === normal);
  return {
    name: normal,
    argument,
    ...(locked === undefined ? {} : { keptArgument: syntax.argument(name, locked.version) }),
  };
}
