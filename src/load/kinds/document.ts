import { isUtf8 } from "node:buffer";
import type { ImageDefinition } from "../../model/definition.js";
import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import type { Lock } from "../../model/lock.js";
import type { ReadKind } from "../find-documents.js";
import { MAX_PROBLEMS_PER_FILE } from "../limits.js";
import { parseYaml } from "../yaml/parse.js";
import { YamlSource } from "../yaml/source.js";
import type { YamlValue } from "../yaml/value.js";
import { readBasePolicy, readImagePolicy, readLicensePolicy, readPackagePolicy } from "./demands.js";
import { readExceptions } from "./exceptions.js";
import { readImage, readModule } from "./image.js";
import { readLanguage } from "./language.js";
import { readBases, readPackageFile } from "./lists.js";
import { readLock } from "./lock.js";
import { expandMatrix } from "./matrix.js";
import { notText } from "./not-text.js";
import { readOperatingSystems } from "./operating-systems.js";
import { readPolicyTests } from "./policy-tests.js";
import { readRoles } from "./roles.js";
import { checkCompiled } from "./schema/digest.js";
import type { FileOf } from "./schema/file-types.js";
import { type DocumentKind, fileKind } from "./schema/kinds.js";
import { readSettings } from "./settings.js";
import { shapeProblems } from "./shape-problems.js";
import { COMPILED_FROM, VALIDATORS } from "./validators.js";
import { asMapping, type Read } from "./value.js";
import { readVulnerabilities } from "./vulnerabilities.js";

/** Turns a file that its schema has accepted into what the other pipeline folders see. */
type Reader<V, T = unknown> = (value: V, source: YamlSource) => Read<T>;

const READERS = {
  // A definition with a matrix is several images.
  image: readImages,
  module: readModule,
  settings: readSettings,
  bases: readBases,
  systemPackages: readPackageFile,
  runtimePackages: readPackageFile,
  roles: readRoles,
  exceptions: readExceptions,
  language: readLanguage,
  operatingSystems: readOperatingSystems,
  vulnerabilities: readVulnerabilities,
  packagePolicy: readPackagePolicy,
  licensePolicy: readLicensePolicy,
  basePolicy: readBasePolicy,
  imagePolicy: readImagePolicy,
  policyTests: readPolicyTests,
} satisfies { readonly [K in DocumentKind]: Reader<FileOf<K>> | Reader<YamlValue> };

type Readers = typeof READERS;
/** The result of reading a kind of file. */
export type ResultOf<K extends ReadKind> = K extends DocumentKind
  ? ReturnType<Readers[K]>["result"]
  : K extends "lock"
    ? Lock
    : // A template is plain text: its meaning is up to render/.
      string;

/** One file, read without any other: it can be kept as long as its bytes are the same. */
export interface ReadDocument<K extends ReadKind = ReadKind> {
  readonly kind: K;
  readonly source: YamlSource;
  /** Undefined: the diagnostics say why. */
  readonly result: ResultOf<K> | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** The names of definitions that could not be read, if at least these are known. */
  readonly rejectedNames?: readonly string[];
}

function readImages(value: YamlValue, source: YamlSource): Read<readonly ImageDefinition[]> {
  const { result, diagnostics } = readImage(value, source);
  return { result: [result], diagnostics };
}

/** Reads the bytes of one file. Never throws because of its content. */
export function readDocument<K extends ReadKind>(kind: K, path: string, content: Buffer): ReadDocument<K> {
  if (kind === "lock") return readLock(path, content) as ReadDocument<K>;
  if (!isUtf8(content) || content.includes(0)) {
    const source = new YamlSource(path, "");
    return { kind, source, result: undefined, diagnostics: [notText(path, content)] };
  }
  const text = content.toString("utf8");
  // A byte order mark is not part of the first line: columns would be off by one.
  const source = new YamlSource(path, text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  if (kind === "languageTemplate") return { kind, source, result: source.text as ResultOf<K>, diagnostics: [] };
  return readText(kind as DocumentKind, source) as ReadDocument<K>;
}

function readText<K extends DocumentKind>(kind: K, source: YamlSource): ReadDocument<K> {
  const { value, problems } = parseYaml(source.text);
  const diagnostics = problems
    .slice(0, MAX_PROBLEMS_PER_FILE)
    .map((problem) => errorAt(source.atOffset(problem.offset), problem.code, problem.message, problem.hint));
  if (value === undefined) return { kind, source, result: undefined, diagnostics };
  const expansion = kind === "image" ? expandMatrix(value, source) : undefined;
  if (expansion !== undefined) return readMatrix(source, { ...expansion, problems: diagnostics }) as ReadDocument<K>;
  const read = readOne(kind, source, value, diagnostics);
  const stray = kind === "image" ? source.text.indexOf("${{ matrix.") : -1;
  return stray < 0 ? read : { ...read, diagnostics: [...read.diagnostics, strayExpression(source, stray)] };
}

/** A warning only, since it stays text: a script may want it. */
function strayExpression(source: YamlSource, offset: number): Diagnostic {
  const message = "`${{ matrix.… }}` stands in a definition without a `matrix`, and is text";
  return {
    ...errorAt(source.atOffset(offset), "unknown-axis", message, "add a `matrix` with this axis"),
    severity: "warning",
  };
}

/** `diagnostics`: the problems known so far. */
function readOne<K extends DocumentKind>(
  kind: K,
  source: YamlSource,
  value: YamlValue,
  diagnostics: Diagnostic[],
): ReadDocument<K> {
  const read = READERS[kind] as unknown as Reader<YamlValue, ResultOf<K>>;
  const validate = VALIDATORS[kind];
  const isParsed = diagnostics.length === 0;
  const errors = validate(value) ? [] : (validate.errors ?? []);
  const { schema } = fileKind(kind);
  if (errors.length > 0) checkCompiled(schema, COMPILED_FROM[kind]);
  diagnostics.push(...shapeProblems(errors, schema, value, source));
  // An unknown key hides nothing: other problems are found in the same run.
  const onlyUnknown = isParsed && errors.every(({ keyword }) => keyword === "additionalProperties");
  if ((diagnostics.length > 0 && !onlyUnknown) || diagnostics.length >= MAX_PROBLEMS_PER_FILE)
    return rejected(kind, source, [value], diagnostics);
  const { result, diagnostics: more } = read(value, source);
  return { kind, source, result, diagnostics: [...diagnostics, ...more] };
}

interface ExpandedMatrix {
  readonly values: readonly YamlValue[];
  readonly diagnostics: readonly Diagnostic[];
  /** Problems of the text itself. */
  readonly problems: readonly Diagnostic[];
}

/** The images of all combinations. A mistake that every combination has is one mistake. */
function readMatrix(source: YamlSource, { values, diagnostics, problems }: ExpandedMatrix): ReadDocument<"image"> {
  const mistakes = [...problems, ...diagnostics];
  const documents = values.map((combination) => readOne("image", source, combination, [...problems]));
  // An expression that stands for nothing is not a second mistake as a value.
  const expressions = new Set(diagnostics.map(placeOf));
  const seen = new Set(problems.map(mistakeOf));
  for (const document of documents) {
    const others = document.diagnostics.filter(
      (diagnostic) => !seen.has(mistakeOf(diagnostic)) && !expressions.has(placeOf(diagnostic)),
    );
    mistakes.push(...others);
    for (const diagnostic of others) seen.add(mistakeOf(diagnostic));
  }
  if (mistakes.length > 0) return rejected("image", source, values, mistakes);
  const images = documents.flatMap(({ result }) => result ?? []);
  const twice = images.find(({ name }, index) => images.findIndex((other) => other.name === name) < index);
  if (twice === undefined) return { kind: "image", source, result: images, diagnostics: mistakes };
  const message = `two combinations of the matrix are named \`${twice.name}\``;
  const hint = "use every axis in the name, for instance `${{ matrix.version }}`";
  return rejected("image", source, values, [errorAt(source.at("/name"), "duplicate-image", message, hint)]);
}

const placeOf = ({ line, column }: Diagnostic) => `${line} ${column}`;
/** The message may differ with the values. */
const mistakeOf = (diagnostic: Diagnostic) => `${diagnostic.code} ${placeOf(diagnostic)}`;

function rejected<K extends DocumentKind>(
  kind: K,
  source: YamlSource,
  values: readonly YamlValue[],
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
  const names = values.map((value) => asMapping(value).name).filter((name) => typeof name === "string");
  return { kind, source, result: undefined, diagnostics, rejectedNames: names };
}
