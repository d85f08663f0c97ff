import { isUtf8 } from "node:buffer";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { DocumentKind } from "./find-documents.js";
import { MAX_PROBLEMS_PER_FILE } from "./limits.js";
import { parseYaml } from "./parse-yaml.js";
import { readImage } from "./read-image.js";
import { readLanguage } from "./read-language.js";
import { readBases, readPackageFile, readSettings } from "./read-lists.js";
import { readExceptions, readRoles } from "./read-policies.js";
import { asMapping, asText, type Read } from "./read-value.js";
import { IMAGE_SCHEMA } from "./schema/image.js";
import { LANGUAGE_SCHEMA } from "./schema/language.js";
import { BASES_SCHEMA, RUNTIME_PACKAGES_SCHEMA, SYSTEM_PACKAGES_SCHEMA } from "./schema/lists.js";
import { EXCEPTIONS_SCHEMA, ROLES_SCHEMA } from "./schema/policies.js";
import type { Schema } from "./schema/schema.js";
import { SETTINGS_SCHEMA } from "./schema/settings.js";
import { shapeProblems } from "./shape-problems.js";
import * as validators from "./validators.js";
import { YamlSource } from "./yaml-source.js";
import type { YamlValue } from "./yaml-value.js";

interface Format<T> {
  readonly schema: Schema;
  readonly validate: validators.Validator;
  readonly read: (value: YamlValue, source: YamlSource) => Read<T>;
}

const FORMATS = {
  image: { schema: IMAGE_SCHEMA, validate: validators.image, read: readImage },
  settings: { schema: SETTINGS_SCHEMA, validate: validators.settings, read: readSettings },
  bases: { schema: BASES_SCHEMA, validate: validators.bases, read: readBases },
  systemPackages: { schema: SYSTEM_PACKAGES_SCHEMA, validate: validators.systemPackages, read: readPackageFile },
  runtimePackages: { schema: RUNTIME_PACKAGES_SCHEMA, validate: validators.runtimePackages, read: readPackageFile },
  roles: { schema: ROLES_SCHEMA, validate: validators.roles, read: readRoles },
  exceptions: { schema: EXCEPTIONS_SCHEMA, validate: validators.exceptions, read: readExceptions },
  language: { schema: LANGUAGE_SCHEMA, validate: validators.language, read: readLanguage },
  /** Text as it stands: what it means is for render/ to say. */
  languageTemplate: { read: (value: YamlValue): Read<string> => ({ result: asText(value), diagnostics: [] }) },
} satisfies Record<DocumentKind, Format<unknown> | Pick<Format<unknown>, "read">>;

type Formats = typeof FORMATS;
/** What a kind of file is read into. */
export type ResultOf<K extends DocumentKind> = ReturnType<Formats[K]["read"]>["result"];

/** One file, read without looking at any other: it can be kept for as long as its bytes are the same. */
export interface ReadDocument<K extends DocumentKind = DocumentKind> {
  readonly kind: K;
  readonly source: YamlSource;
  /** Undefined: the diagnostics say why. */
  readonly result: ResultOf<K> | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** The name of a definition that could not be read, where that much is known. */
  readonly rejectedName?: string;
}

/** Reads the bytes of one file. Never throws for what the file holds. */
export function readDocument<K extends DocumentKind>(kind: K, path: string, content: Buffer): ReadDocument<K> {
  if (!isUtf8(content) || content.includes(0)) {
    const source = new YamlSource(path, "");
    const problem = errorAt({ file: path, line: 1, column: 1 }, "not-text", "the file is not UTF-8 text");
    return { kind, source, result: undefined, diagnostics: [problem] };
  }
  const text = content.toString("utf8");
  // A byte order mark is no part of the first line: columns would be one off.
  const source = new YamlSource(path, text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  if (kind !== "languageTemplate") return readText(kind, source);
  return { kind, source, result: source.text as ResultOf<K>, diagnostics: [] };
}

function readText<K extends DocumentKind>(kind: K, source: YamlSource): ReadDocument<K> {
  const format: Format<ResultOf<K>> = FORMATS[kind] as unknown as Format<ResultOf<K>>;
  const { value, problems } = parseYaml(source.text);
  const diagnostics = problems
    .slice(0, MAX_PROBLEMS_PER_FILE)
    .map((problem) => errorAt(source.atOffset(problem.offset), problem.code, problem.message, problem.hint));
  if (value === undefined) return { kind, source, result: undefined, diagnostics };
  const errors = format.validate(value) ? [] : (format.validate.errors ?? []);
  diagnostics.push(...shapeProblems(errors, format.schema, value, source));
  // A key too many hides nothing: what else is wrong is found in the same run.
  const onlyUnknown = problems.length === 0 && errors.every(({ keyword }) => keyword === "additionalProperties");
  if ((diagnostics.length > 0 && !onlyUnknown) || diagnostics.length >= MAX_PROBLEMS_PER_FILE)
    return rejected(kind, source, value, diagnostics);
  const { result, diagnostics: more } = format.read(value, source);
  return { kind, source, result, diagnostics: [...diagnostics, ...more] };
}

function rejected<K extends DocumentKind>(
  kind: K,
  source: YamlSource,
  value: YamlValue,
  diagnostics: Diagnostic[],
): ReadDocument<K> {
  if (diagnostics.length >= MAX_PROBLEMS_PER_FILE) {
    diagnostics.length = MAX_PROBLEMS_PER_FILE;
    diagnostics.push(
      errorAt(
        source.atOffset(source.text.length),
        "too-many-problems",
        `only the first ${MAX_PROBLEMS_PER_FILE} problems are shown`,
      ),
    );
  }
  const name = asMapping(value).name;
  return { kind, source, result: undefined, diagnostics, ...(typeof name === "string" ? { rejectedName: name } : {}) };
}
