import { prologue } from "../model/containerfile.js";
import { type Diagnostic, errorAt, type Source } from "../model/diagnostic.js";
import type { OwnLanguage } from "../model/language.js";
import type { InstallData, InstallTemplate } from "./install.js";
import { shapeProblem } from "./instruction-shape.js";
import type { Templates } from "./render.js";
import { templateProblems } from "./template-rules.js";

export interface OwnTemplates {
  readonly templates: Templates;
  readonly diagnostics: readonly Diagnostic[];
}

type Compiler = typeof import("handlebars");

/** As scripts/generate.ts compiles Slipway's own. */
const OPTIONS = { noEscape: true, strict: true, knownHelpersOnly: true } as const;
const HINT = "a template is one RUN instruction with the fields prologue, specs and manifest: see docs/languages.md";

/** Adds a catalogue's own templates to Slipway's. The compiler is loaded only where there are any. */
export async function withOwnTemplates(templates: Templates, languages: readonly OwnLanguage[]): Promise<OwnTemplates> {
  if (languages.length === 0) return { templates, diagnostics: [] };
  const { default: handlebars } = await import("handlebars");
  const all = new Map(templates);
  const diagnostics: Diagnostic[] = [];
  for (const { name, template, manifests } of languages) {
    const compiled = compile(handlebars, template);
    const { problems } = compiled;
    if (problems.length === 0) problems.push(...sampleProblems(compiled.render, template.source, manifests.length > 0));
    // A placeholder for images that use it: with an error anywhere nothing is built.
    all.set(name, problems.length === 0 ? compiled.render : () => "RUN false");
    diagnostics.push(...problems);
  }
  return { templates: all, diagnostics };
}

interface Compiled {
  readonly render: InstallTemplate;
  readonly problems: Diagnostic[];
}

function compile(handlebars: Compiler, { text, source }: OwnLanguage["template"]): Compiled {
  try {
    const program = handlebars.parse(text);
    const problems = templateProblems(program).map(({ line, column, message }) =>
      errorAt(source.at(`/${line}/${column}`), "template", message, HINT),
    );
    return { render: handlebars.compile<InstallData>(program, OPTIONS), problems };
  } catch (error) {
    return { render: () => "", problems: [syntaxProblem(error, source)] };
  }
}

/** Handlebars' parser counts lines from 1, and the last line of its message says what it expected. We show the excerpt ourselves. */
function syntaxProblem(error: unknown, source: Source): Diagnostic {
  const { message, lineNumber } = error as { message: string; lineNumber?: number };
  const line = lineNumber ?? Number(/^Parse error on line ([0-9]+)/.exec(message)?.[1] ?? 1);
  const expectation = message.split("\n").at(-1) ?? "";
  return errorAt(source.at(`/${line}`), "template", `the template is not valid: ${expectation.slice(0, 200)}`, HINT);
}

/**
 * Tries the template on every kind of data: which of its lines appear depends on whether there are packages and a manifest; and a
 * first, a last and a middle package stand for any number of them.
 */
function sampleProblems(render: Compiled["render"], source: Source, hasManifests: boolean): Diagnostic[] {
  const manifests = hasManifests ? [null, { directory: "/usr/local/lib/manifests/example" }] : [null];
  const samples = [[], ["a"], ["a", "b"], ["a", "b", "c"]].flatMap((specs) =>
    manifests.map((manifest) => ({ prologue: prologue(), specs, manifest })),
  );
  for (const data of samples.filter(({ specs, manifest }) => specs.length > 0 || manifest !== null)) {
    const problem = sampleProblem(render, data);
    if (problem !== undefined) return [errorAt(source.at("/1"), "template", problem, HINT)];
  }
  return [];
}

function sampleProblem(render: Compiled["render"], data: InstallData): string | undefined {
  const count = data.specs.length;
  const what = `${count} ${count === 1 ? "package" : "packages"}${data.manifest === null ? "" : " and a manifest"}`;
  try {
    const shape = shapeProblem(render(data));
    return shape && `with ${what} it is not one RUN instruction: line ${shape.line} of the result: ${shape.message}`;
  } catch (error) {
    return `with ${what} it fails: ${(error as Error).message.split("\n")[0]}`;
  }
}
