import { BUILT_IN_LANGUAGES } from "../../src/packages/built-in-languages.js";
import { manifestDirectory } from "../../src/render/build-context.js";
import { builtInTemplates } from "../../src/render/templates.js";

/** The RUN step of a language for a package manifest, as text for `setup`, before which Slipway puts its own prologue. */
export function manifestScript(manager: string, image: string): string {
  const template = builtInTemplates().get(manager);
  if (template === undefined) throw new Error(`no template ${manager}`);
  const text = template({ prologue: ":;", specs: [], manifest: { directory: manifestDirectory(image) } });
  return text.replace(/^RUN /, "").replaceAll("\\\n", " ").trim();
}

/** The definition of an image that installs from package manifests beside it. */
export function manifestImage(manager: string, image: string, parent: string, files: readonly string[]): string {
  const artifacts = files.map((path) => `  - { path: ${path}, dest: ${manifestDirectory(image)} }\n`).join("");
  return `name: ${image}
version: "1"
parent: ${parent}
artifacts:
${artifacts}setup:
  - ${JSON.stringify(manifestScript(manager, image))}
`;
}

/** The command that lists a language's installed packages. */
export function listCommand(manager: string): readonly string[] {
  return BUILT_IN_LANGUAGES.find(({ name }) => name === manager)?.list.command ?? [];
}
