import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import type { Language, ManifestFormat, Normalisation, SettingsFile } from "../../model/language.js";
import { quote } from "../../model/quote.js";
import type { YamlSource } from "../yaml/source.js";
import { PATTERN_HINT, patternProblem } from "./limited-pattern.js";
import { readPackageHosts } from "./package-hosts.js";
import type { FileOf } from "./schema/file-types.js";
import { asMapping, asText, type EntryOf, type MappingOf, optional, type Read, readList } from "./value.js";

type LanguageFile = MappingOf<FileOf<"language">>;

/** Reads catalog/languages/<name>/language.yaml, and, when Slipway itself is built, those of src/languages. */
export function readLanguage(value: FileOf<"language">, source: YamlSource): Read<Language> {
  const file = asMapping(value);
  const names = asMapping(file.names);
  const versions = asMapping(file.versions);
  const spec = asMapping(file.spec);
  const list = asMapping(file.list);
  const machine = asMapping(file.machine);
  const result: Language = {
    name: asText(file.name),
    scopes: readList(file.scopes, asText),
    names: {
      patterns: readList(names.patterns, asText),
      normalise: (asText(names.normalise) || "none") as Normalisation,
    },
    versions: { patterns: readList(versions.patterns, asText) },
    spec: { any: asText(spec.any), exact: asText(spec.exact), pattern: asText(spec.pattern) },
    ...(file.installers === undefined ? {} : { installers: readInstallers(file.installers) }),
    list: { command: readList(list.command, asText), output: asText(list.output) || "tsv" },
    ...optional("offers", file.offers),
    manifests: readList(file.manifests, readManifest),
    machine: {
      environment: Object.fromEntries(
        Object.entries(asMapping(machine.environment)).map(([name, text]) => [name, asText(text)]),
      ),
      certificates: readList(machine.certificates, asText),
      variables: readList(machine.variables, asText),
      settings: readList(machine.settings, readSettingsFile),
      hosts: readPackageHosts(readList(machine.hosts, asText)),
    },
  };
  return { result, diagnostics: [...patternProblems(result, source), ...specProblems(result, source)] };
}

const readInstallers = (installers: LanguageFile["installers"]) =>
  Object.fromEntries(Object.entries(asMapping(installers)).map(([os, names]) => [os, readList(names, asText)]));

function readManifest(value: EntryOf<LanguageFile["manifests"]>): ManifestFormat {
  const { file, lock, reader } = asMapping(value);
  return { file: asText(file), ...optional("lock", lock), reader: asText(reader) };
}

function readSettingsFile(value: EntryOf<MappingOf<LanguageFile["machine"]>["settings"]>): SettingsFile {
  const { file, variable, lines } = asMapping(value);
  return { file: asText(file), variable: asText(variable), lines: asText(lines) };
}

function patternProblems({ names, versions }: Language, source: YamlSource): Diagnostic[] {
  const all = Object.entries({ names, versions });
  return all.flatMap(([key, { patterns }]) =>
    patterns.flatMap((pattern, index) => {
      const problem = patternProblem(pattern);
      if (problem === undefined) return [];
      const place = source.at(`/${key}/patterns/${index}`);
      return [
        errorAt(place, "language-pattern", `the pattern ${quote(pattern)} is not accepted: ${problem}`, PATTERN_HINT),
      ];
    }),
  );
}

const PLACEHOLDERS = { any: ["{name}"], exact: ["{name}", "{version}"], pattern: ["{name}", "{version}", "{prefix}"] };

/** A specification without the name, or with an unknown placeholder, would install something else. */
function specProblems({ spec }: Language, source: YamlSource): Diagnostic[] {
  return (["any", "exact", "pattern"] as const).flatMap((form) => {
    const text = spec[form];
    const used = text.match(/\{[^}]*\}?|\}/g) ?? [];
    const unknown = used.find((name) => !PLACEHOLDERS[form].includes(name));
    const missing = text.includes("{name}") ? undefined : "`{name}` is missing";
    const versionless = form === "exact" && !text.includes("{version}") ? "`{version}` is missing" : undefined;
    const problem = unknown === undefined ? (missing ?? versionless) : `${quote(unknown)} is not a placeholder`;
    if (problem === undefined) return [];
    const hint = `it may hold ${PLACEHOLDERS[form].map(quote).join(", ")}`;
    return [errorAt(source.at(`/spec/${form}`), "language-spec", `${quote(text)}: ${problem}`, hint)];
  });
}
