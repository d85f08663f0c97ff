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

/** No definition of fewer characters makes a line that is too long: escaping takes six for one at the most. */
const SHORT = 10_000;

/**
 * One image's recipe, or why its values must not become instructions. The text is made when it is asked for: a plan
 * between two commits checks every image and needs the text of few.
 */
export function render(input: RenderInput, templates: Templates): Rendered {
  const diagnostics = guard(input);
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const { origin, source } = input.node.definition;
  let text: string | undefined;
  const recipe: Recipe = {
    get containerfile() {
      text ??= containerfile(input, templates);
      return text;
    },
    context: input.artifacts.flatMap((artifact) => artifact.entries),
    packages: input.packages,
    ...(origin.type === "bootstrap" ? { bootstrap: origin.bootstrap } : {}),
  };
  const long = source.length > SHORT ? tooLong(recipe.containerfile, source) : [];
  return long.length > 0 ? { ok: false, diagnostics: long } : { ok: true, recipe };
}

function containerfile(input: RenderInput, templates: Templates): string {
  const installs = byManager(input.packages).map(([manager, packages]) => {
    const template = templates.install.get(manager);
    if (template === undefined) throw new Error(`no template for the package manager ${manager}`);
    return template(prepareInstall(packages)).trimEnd();
  });
  return templates.containerfile(prepare(input, installs));
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
