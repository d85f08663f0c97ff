import { BUILT_IN_LANGUAGES } from "../../src/packages/built-in-languages.js";
import { manifestDirectory } from "../../src/render/build-context.js";

/** The definition of an image that installs from a package manifest beside it. Further files are copied to where the manifest is. */
export function manifestImage(image: string, parent: string, [manifest = "", ...files]: readonly string[]): string {
  const artifacts = files.map((path) => `  - { path: ${path}, dest: ${manifestDirectory(image)} }\n`).join("");
  return `name: ${image}
version: "1"
parent: ${parent}
runtime-manifest: ${manifest}
${artifacts === "" ? "" : `artifacts:\n${artifacts}`}`;
}

/** The command that lists a language's installed packages. */
export function listCommand(manager: string): readonly string[] {
  return BUILT_IN_LANGUAGES.find(({ name }) => name === manager)?.list.command ?? [];
}
