import type { Healthcheck } from "../model/definition.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { Recipe, RecipeArtifact, RecipeConfig, RecipePackage } from "../model/recipe.js";
import { guard, tooLong } from "./guard.js";
import { mergeBodies } from "./merge-bodies.js";
import {
  bootstrapLine,
  type InstallData,
  manifestDirectory,
  pinnedReference,
  prepareInstall,
  prepareStage,
  type RenderInput,
  type StageInput,
  type TemplateData,
} from "./prepare.js";
import { commandWords } from "./quote.js";

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
  const { definition } = input.node;
  let text: string | undefined;
  const recipe: Recipe = {
    get containerfile() {
      text ??= containerfile(input, templates);
      return text;
    },
    context: input.stages.flatMap(({ manifest = [], artifacts }) => [...manifest, ...artifacts.flatMap(entriesOf)]),
    packages: input.stages.flatMap(({ packages }) => packages),
    ...facts(input),
  };
  const long = sourceLength(input) > SHORT ? tooLong(recipe.containerfile, definition.source) : [];
  return long.length > 0 ? { ok: false, diagnostics: long } : { ok: true, recipe };
}

const entriesOf = (artifact: RecipeArtifact) => (artifact.type === "files" ? artifact.entries : []);

/** Characters of all files that the image's text comes from. */
function sourceLength({ stages }: RenderInput): number {
  const sources = new Set(stages.flatMap(({ stage }) => stage.bodies.map(({ source }) => source)));
  return [...sources].reduce((sum, { length }) => sum + length, 0);
}

/** What the runner has to know beside the Containerfile. */
function facts({ stages }: RenderInput): Pick<Recipe, "externals" | "bootstrap" | "config" | "bare"> {
  const { stage } = stages.at(-1) as StageInput;
  const { setup, run } = mergeBodies(stage.bodies);
  const { healthcheck, shell } = run;
  const bases = stages.map((each) => each.stage.base);
  const externals = bases.flatMap((base) => (base.type === "external" ? [pinnedReference(base.base)] : []));
  return {
    externals: [...new Set(externals)],
    ...(stage.base.type === "bootstrap" ? { bootstrap: stage.base.bootstrap } : {}),
    ...(healthcheck || shell ? { config: config(healthcheck, shell, stage.shell) } : {}),
    ...(stage.os === undefined && setup.length > 0 ? { bare: true } : {}),
  };
}

/** Commands as the Containerfile has them, with the shell spelled out. */
function config(
  healthcheck: Healthcheck | undefined,
  shell: readonly string[] | undefined,
  runs: readonly string[] | undefined,
): RecipeConfig {
  const own = shell === undefined ? {} : { shell };
  if (healthcheck?.type !== "command") return { ...own, ...(healthcheck ? { healthcheck } : {}) };
  const command = { form: "exec" as const, argv: commandWords(healthcheck.command, runs) };
  return { ...own, healthcheck: { ...healthcheck, command } };
}

function containerfile(input: RenderInput, templates: Templates): string {
  let place = 0;
  const image = input.node.name;
  const stages = input.stages.map((stage, index) => {
    const directory = manifestDirectory(image, stage.stage.name);
    const installs = byManager(stage.packages).map(([manager, packages]) => {
      const template = templates.install.get(manager);
      if (template === undefined) throw new Error(`no template for the package manager ${manager}`);
      const hasManifest = packages.some(({ constraint }) => constraint !== undefined);
      return template(prepareInstall(packages, hasManifest ? { directory } : null)).trimEnd();
    });
    const data = prepareStage(stage, installs, { image, index, place });
    place += stage.artifacts.filter(({ type }) => type === "files").length;
    return data;
  });
  return templates.containerfile({ bootstrap: bootstrapLine(input), stages });
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
