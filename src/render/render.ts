import { containerfileOf } from "../model/containerfile.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { RecipeStage } from "../model/instructions.js";
import type { Recipe, RecipeArtifact } from "../model/recipe.js";
import { manifestDirectory } from "./build-context.js";
import { guard, tooLong } from "./guard.js";
import { type InstallTemplate, installInstructions } from "./install.js";
import { type RenderInput, recipeStage } from "./recipe-stage.js";

/** Compiled Handlebars templates by package manager: they hold loops and substitution only. See render/templates. */
export type Templates = ReadonlyMap<string, InstallTemplate>;

export type Rendered =
  | { readonly ok: true; readonly recipe: Recipe }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** No definition of fewer characters makes a line that is too long: escaping makes at most six characters of one. */
const SHORT = 10_000;

/** One image's recipe, or why its values must not become instructions. The instructions are made when they are asked for. */
export function render(input: RenderInput, templates: Templates): Rendered {
  const diagnostics = guard(input);
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const recipe: Recipe = {
    containerfile: containerfileOf(() => recipeStages(input, templates)),
    context: input.stages.flatMap(({ manifest = [], artifacts }) => [...manifest, ...artifacts.flatMap(entriesOf)]),
    packages: input.stages.flatMap(({ packages }) => packages),
  };
  const isShort = sourceLength(input) <= SHORT;
  const long = isShort ? [] : tooLong(recipe.containerfile.stages, input.node.definition.source);
  return long.length > 0 ? { ok: false, diagnostics: long } : { ok: true, recipe };
}

const entriesOf = (artifact: RecipeArtifact) => (artifact.type === "files" ? artifact.entries : []);

/** Characters of all files that the image's instructions come from. */
function sourceLength({ stages }: RenderInput): number {
  const sources = new Set(stages.flatMap(({ stage }) => stage.bodies.map(({ source }) => source)));
  return [...sources].reduce((sum, { length }) => sum + length, 0);
}

function recipeStages({ node, stages }: RenderInput, templates: Templates): readonly RecipeStage[] {
  const image = node.name;
  let place = 0;
  return stages.map((input, index) => {
    const directory = manifestDirectory(image, input.stage.name);
    const installs = installInstructions(input.packages, directory, templates);
    const stage = recipeStage(input, installs, { image, index, place });
    place += input.artifacts.filter(({ type }) => type === "files").length;
    return stage;
  });
}
