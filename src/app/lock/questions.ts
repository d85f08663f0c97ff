import type { DesiredImage } from "../../model/desired.js";
import type { Stage } from "../../model/graph.js";
import { LOCK_MANAGERS, type LockedPackage, type LockManager } from "../../model/lock.js";
import { type PackageSyntax, versionMatches } from "../../model/package-syntax.js";
import type { RecipePackage } from "../../model/recipe.js";
import type { PackageToLock } from "../../packages/lock/lock-resolver.js";
import type { ManagerQuestion } from "./resolve-packages.js";

/** What may move: everything, or the packages of these names and what is made of the same source; left out: what must. */
export type LockUpdate = true | ReadonlySet<string>;

/** Whether a manager's packages can stand in the lock. */
const isLockManager = (name: string): name is LockManager => (LOCK_MANAGERS as readonly string[]).includes(name);

/** Why an image cannot be in the lock; undefined: it can. */
export function openReason({ node, recipe }: DesiredImage): string | undefined {
  const other = recipe.packages.find(({ manager }) => !isLockManager(manager));
  if (other !== undefined) return `${other.manager} has no lock`;
  const isDnf = node.stages.some(({ base }) => base.type === "bootstrap" && base.bootstrap.manager === "dnf");
  return isDnf ? "a bootstrap by dnf has no lock" : undefined;
}

/** The locked packages that stay. Names are as the lock has them. */
export function keptPackages(old: readonly LockedPackage[], update: LockUpdate | undefined): readonly LockedPackage[] {
  if (update === true) return [];
  if (update === undefined) return old;
  const moves = new Set(old.filter(({ name }) => update.has(name)).map(sourceOf));
  return old.filter((entry) => !update.has(entry.name) && !moves.has(sourceOf(entry)));
}

/** Packages that are made together mostly need one another in the same version. */
const sourceOf = ({ manager, name, source }: LockedPackage) => `${manager} ${source?.split(" ", 1)[0] ?? name}`;

export interface StageContext {
  readonly kept: readonly LockedPackage[];
  readonly syntaxOf: (manager: string) => PackageSyntax;
  /** The stage's native manifest with its lock file, by file name. */
  readonly manifest: Readonly<Record<string, string>>;
}

/** What a stage asks of each of its package managers, in the order in which render.ts has them installed. */
export function stageQuestions({ recipe }: DesiredImage, stage: Stage, question: StageContext): ManagerQuestion[] {
  const own = recipe.packages.filter((entry) => entry.stage === stage.name);
  const managers = new Set(
    (["system", "runtime"] as const).flatMap((kind) =>
      own.filter((entry) => entry.kind === kind).map(({ manager }) => manager),
    ),
  );
  return [...managers].filter(isLockManager).map((manager) => {
    const syntax = question.syntaxOf(manager);
    const packages = own.filter((entry) => entry.manager === manager);
    const held = question.kept.filter(
      (entry) => entry.manager === manager && entry.stage === stage.name && !entry.bootstrap,
    );
    const byName = new Map(packages.map((entry) => [syntax.normalise(entry.name), entry]));
    const kept = held.filter(({ name, version }) => fits(byName.get(syntax.normalise(name)), version, syntax));
    const needsManifest = packages.some(({ constraint }) => constraint !== undefined);
    return {
      manager,
      request: {
        asked: packages
          .map((entry) => askedPackage(entry, kept, syntax))
          .sort((a, b) => ((a.argument ?? "") < (b.argument ?? "") ? -1 : 1)),
        kept: kept.map(({ name, version }) => ({ name, version })),
        ...(needsManifest ? { manifest: question.manifest } : {}),
      },
    };
  });
}

/** Whether what is asked for allows a version, as far as that can be told here: a manifest's own words are the manager's to read. */
function fits(entry: RecipePackage | undefined, version: string, syntax: PackageSyntax): boolean {
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
  const held = kept.find((entry) => entry.why.length === 0 && syntax.normalise(entry.name) === normal);
  return {
    name: normal,
    argument,
    ...(held === undefined ? {} : { keptArgument: syntax.argument(name, held.version) }),
  };
}
