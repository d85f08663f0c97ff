import { prologue } from "../model/containerfile.js";
import type { InstallInstruction } from "../model/instructions.js";
import type { RecipePackage } from "../model/recipe.js";

/** What an installer's template is given. Every field is always there: an unknown one is an error. */
export interface InstallData {
  readonly prologue: string;
  readonly specs: readonly string[];
  /** null: the image has none. */
  readonly manifest: ManifestData | null;
}

export interface ManifestData {
  /** Where the package manifest and the manager's own lockfile are in the image, under their own names. */
  readonly directory: string;
}

export type InstallTemplate = (data: InstallData) => string;

/**
 * The install steps of a stage, one for each package manager; system packages first, because a language's packages may need them.
 * `directory` is where the image has the stage's package manifest.
 */
export function installInstructions(
  packages: readonly RecipePackage[],
  directory: string,
  templates: ReadonlyMap<string, InstallTemplate>,
): InstallInstruction[] {
  return byManager(packages).map(([manager, entries]) => {
    const template = templates.get(manager);
    if (template === undefined) throw new Error(`no template for the package manager ${manager}`);
    const hasManifest = entries.some(({ constraint }) => constraint !== undefined);
    const text = template(installData(entries, hasManifest ? { directory } : null)).trimEnd();
    const [{ kind }] = entries;
    return { type: "install", kind, manager, parts: text.split(prologue()) };
  });
}

/**
 * What an installer's template is given. Sorted: the order in which packages are written down makes no difference. The packages of a
 * manifest are left out: the manager reads them there itself.
 */
export function installData(packages: readonly RecipePackage[], manifest: ManifestData | null = null): InstallData {
  const named = packages.filter((entry) => entry.constraint === undefined);
  return { prologue: prologue(), specs: named.map((entry) => entry.argument).sort(), manifest };
}

function byManager(packages: readonly RecipePackage[]): [string, [RecipePackage, ...RecipePackage[]]][] {
  const groups = new Map<string, [RecipePackage, ...RecipePackage[]]>();
  for (const kind of ["system", "runtime"] as const) {
    for (const entry of packages) {
      if (entry.kind !== kind) continue;
      const group = groups.get(entry.manager);
      if (group === undefined) groups.set(entry.manager, [entry]);
      else group.push(entry);
    }
  }
  return [...groups];
}
