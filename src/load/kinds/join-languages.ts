import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import type { OwnLanguage } from "../../model/language.js";
import { quote } from "../../model/quote.js";
import { TextSource } from "../yaml/text-source.js";
import type { ReadDocument } from "./document.js";

const TEMPLATE = "install.hbs";

/** Joins each language.yaml with the template beside it. */
export function joinLanguages(
  documents: readonly ReadDocument<"language">[],
  templates: readonly ReadDocument<"languageTemplate">[],
  diagnostics: Diagnostic[],
): readonly OwnLanguage[] {
  const texts = new Map(templates.map((document) => [folderOf(document.source.file), document]));
  const languages: OwnLanguage[] = [];
  /** By name, then by the `language` of images: neither may occur twice. */
  const taken = new Map<string, OwnLanguage>();
  for (const { result, source } of documents) {
    const template = texts.get(folderOf(source.file));
    texts.delete(folderOf(source.file));
    if (template === undefined) diagnostics.push(noTemplate(source.file));
    if (result === undefined || template?.result === undefined) continue;
    const { file, text } = template.source;
    const language: OwnLanguage = { ...result, source, template: { text, source: new TextSource(file, text) } };
    const problem = claim(language, taken);
    if (problem === undefined) languages.push(language);
    else diagnostics.push(problem);
  }
  for (const { source } of texts.values()) diagnostics.push(alone(source.file));
  return languages;
}

function claim(language: OwnLanguage, taken: Map<string, OwnLanguage>): Diagnostic | undefined {
  const claims = [
    ["name", `the name ${quote(language.name)}`, "/name"],
    ...language.scopes.map((scope, index) => [`scope ${scope}`, `the language ${quote(scope)}`, `/scopes/${index}`]),
  ] as [string, string, string][];
  for (const [kind, what, pointer] of claims) {
    const key = kind === "name" ? `name ${language.name}` : kind;
    const first = taken.get(key);
    if (first !== undefined && first !== language) {
      const hint = `the first is ${first.source.file}`;
      return errorAt(language.source.at(pointer), "duplicate-language", `${what} is taken already`, hint);
    }
    taken.set(key, language);
  }
  return undefined;
}

const noTemplate = (file: string) =>
  errorAt({ file, line: 1, column: 1 }, "language-template", `there is no ${TEMPLATE} beside it that can be read`);

function alone(file: string): Diagnostic {
  const hint = "a language is a folder with language.yaml and install.hbs";
  return {
    ...errorAt({ file, line: 1, column: 1 }, "ignored-file", "there is no language.yaml beside it", hint),
    severity: "warning",
  };
}

const folderOf = (file: string) => file.slice(0, file.lastIndexOf("/"));
