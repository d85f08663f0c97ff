import { isUtf8 } from "node:buffer";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import { MAX_PROBLEMS_PER_FILE } from "./limits.js";
import { parseYaml } from "./parse-yaml.js";
import { readImage } from "./read-image.js";
import { readBases, readPackageFile, readSettings } from "./read-lists.js";
import { readExceptions, readRoles } from "./read-policies.js";
import { asMapping, type Read } from "./read-value.js";
import type { FileOf } from "./schema/file-types.js";
import { type DocumentKind, fileKind } from "./schema/kinds.js";
import { shapeProblems } from "./shape-problems.js";
import { VALIDATORS } from "./validators.js";
import { YamlSource } from "./yaml-source.js";
import type { YamlValue } from "./yaml-value.js";

/** What makes of a file that its schema has accepted what the other stages see. */
type Reader<V, T = unknown> = (value: V, source: YamlSource) => Read<T>;

const READERS = {
  image: readImage,
  settings: readSettings,
  bases: readBases,
  systemPackages: readPackageFile,
  runtimePackages: readPackageFile,
  roles: readRoles,
  exceptions: readExceptions,
} satisfies { readonly [K in DocumentKind]: Reader<FileOf<K>> | Reader<YamlValue> };

type Readers = typeof READERS;
/** What a kind of file is read into. */
export type ResultOf<K extends DocumentKind> = ReturnType<Readers[K]>["result"];

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
  return readText(kind, new YamlSource(path, text.charCodeAt(0) === 0xfeff ? text.slice(1) : text));
}

function readText<K extends DocumentKind>(kind: K, source: YamlSource): ReadDocument<K> {
  const read = READERS[kind] as unknown as Reader<YamlValue, ResultOf<K>>;
  const validate = VALIDATORS[kind];
  const { value, problems } = parseYaml(source.text);
  const diagnostics = problems
    .slice(0, MAX_PROBLEMS_PER_FILE)
    .map((problem) => errorAt(source.atOffset(problem.offset), problem.code, problem.message, problem.hint));
  if (value === undefined) return { kind, source, result: undefined, diagnostics };
  const errors = validate(value) ? [] : (validate.errors ?? []);
  diagnostics.push(...shapeProblems(errors, fileKind(kind).schema, value, source));
  // A key too many hides nothing: what else is wrong is found in the same run.
  const onlyUnknown = problems.length === 0 && errors.every(({ keyword }) => keyword === "additionalProperties");
  if ((diagnostics.length > 0 && !onlyUnknown) || diagnostics.length >= MAX_PROBLEMS_PER_FILE)
    return rejected(kind, source, value, diagnostics);
  const { result, diagnostics: more } = read(value, source);
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
