import type { Diagnostic } from "../model/diagnostic.js";
import type { Recipe, RecipePackage } from "../model/recipe.js";
import { guard, tooLong } from "./guard.js";
import { type InstallData, prepare, prepareInstall, type RenderInput, type TemplateData } from "./prepare.js";

/** Compiled Handlebars templates: they hold loops and substitution only. See render/templates. */
export interface Templates {
  readonly containerfile: (data: TemplateData) => string;
  /** By package manager. */
  readonly install: ReadonlyMap<string, (data: InstallData) => string>;
}

export type Rendered =
  | { readonly ok: true; readonly recipe: Recipe }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** One image's recipe, or why its values must not become instructions. */
export function render(input: RenderInput, templates: Templates): Rendered {
  const diagnostics = guard(input);
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const { origin, source } = input.node.definition;
  const installs = byManager(input.packages).map(([manager, packages]) => {
    const template = templates.install.get(manager);
    if (template === undefined) throw new Error(`no template for the package manager ${manager}`);
    return template(prepareInstall(packages)).trimEnd();
  });
  const containerfile = templates.containerfile(prepare(input, installs));
  const long = tooLong(containerfile, source);
  if (long.length > 0) return { ok: false, diagnostics: long };
  return {
    ok: true,
    recipe: {
      containerfile,
      context: input.artifacts.flatMap((artifact) => artifact.entries),
      packages: input.packages,
      ...(origin.type === "bootstrap" ? { bootstrap: origin.bootstrap } : {}),
    },
  };
}

/** System packages first: a language's packages may need them. */
function byManager(packages: readonly RecipePackage[]): [string, RecipePackage[]][] {
  const groups = new Map<string, RecipePackage[]>();
  for (const kind of ["system", "runtime"] as const) {
    for (const entry of packages.filter((candidate) => candidate.kind === kind)) {
      groups.set(entry.manager, [...(groups.get(entry.manager) ?? []), entry]);
    }
  }
  return [...groups];
}
