import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { _, type CodeKeywordDefinition } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { build, transformSync } from "esbuild";
import Handlebars from "handlebars";
import { schemaDigest } from "../src/load/kinds/schema/digest.js";
import { KIND_NAMES, KINDS } from "../src/load/kinds/schema/kinds.js";
import { REPORT_SCHEMA } from "../src/load/kinds/schema/report.js";
import type { Schema } from "../src/load/kinds/schema/schema.js";
import { thirdPartyLicenses } from "./third-party-licenses.js";

/** Text that is a whole number within bounds: ajv's own `minimum` applies to numbers, and every scalar is text here. */
const WHOLE_NUMBER: CodeKeywordDefinition = {
  keyword: "wholeNumber",
  type: "string",
  schemaType: "array",
  error: { message: "must be a whole number" },
  code(context) {
    const { data, schema } = context;
    const [minimum, maximum] = schema as [number, number];
    context.fail(_`!/^(?:0|[1-9][0-9]{0,15})$/.test(${data}) || +${data} < ${minimum} || +${data} > ${maximum}`);
  },
};

/**
 * A schema for scalars that are all text. Paths within the schema stay the same, because errors are explained with
 * the original.
 */
function asText(schema: Schema): Record<string, unknown> {
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER, ...rest } = schema;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (["description", "title", "default", "patternErrorMessage"].includes(key)) continue;
    if (key === "properties") result[key] = mapValues(value as Record<string, Schema>, asText);
    else if (key === "type") result[key] = textTypes(value as Schema["type"]);
    else result[key] = isSchema(value) ? asText(value) : value;
  }
  if (schema.type === "boolean") return { ...result, enum: ["true", "false"] };
  if (schema.type === "integer") return { ...result, wholeNumber: [minimum, maximum] };
  return result;
}

function textTypes(type: Schema["type"]): string | string[] {
  const types = [type ?? []].flat().map((name) => (name === "object" || name === "array" ? name : "string"));
  const unique = [...new Set(types)];
  return unique.length === 1 ? unique.join() : unique;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

const OPTIONS = {
  // Otherwise maxLength would import a helper from ajv at run time; lengths are limits here, not typography.
  unicode: false,
  // Its only message is that the option above is deprecated; mistakes in a schema are thrown.
  logger: false,
  strictTypes: false,
  strictRequired: false,
  code: { source: true, esm: true, optimize: 2 },
} as const;

const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = fileURLToPath(new URL("../bin/", import.meta.url));
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// A chunk's name has a hash of its content, so those of earlier builds stay, for a command that runs meanwhile. They are not packed.
if (process.argv.includes("--clean")) rmSync(bin, { recursive: true, force: true });

const BUNDLE = {
  absWorkingDir: root,
  // Comments have the paths of inputs: those below `root`, wherever node_modules is, so that the bytes are the same everywhere.
  preserveSymlinks: true,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  logLevel: "warning",
  // For dependencies that are CommonJS.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
} as const;

/** Writes a module of src/load/kinds that exports a function for each schema, by its name. */
function compile(ajv: Ajv2020, schemas: Readonly<Record<string, object>>, file: string): void {
  for (const [name, schema] of Object.entries(schemas)) ajv.addSchema(schema, name);
  const names = Object.fromEntries(Object.keys(schemas).map((name) => [name, name]));
  const code = standalone.default(ajv, names);
  if (/\brequire\(|\bimport\b/.test(code)) throw new Error(`the compiled ${file} imports something`);
  writeFileSync(new URL(`../src/load/kinds/${file}`, import.meta.url), code);
}

/** The validator of one kind of file as the text of a CommonJS module. */
function validatorText(schema: object): string {
  const ajv = new Ajv2020({ ...OPTIONS, code: { ...OPTIONS.code, esm: false }, allErrors: true });
  ajv.addKeyword(WHOLE_NUMBER);
  const code = standalone.default(ajv, ajv.compile(schema));
  if (/\brequire\(|\bimport\b/.test(code)) throw new Error("a compiled validator imports something");
  return transformSync(code, { minify: true, target: BUNDLE.target, format: "cjs" }).code;
}

/*
 * Compiles the schemas of all kinds of files into build/src/load/kinds/validators.js (run by `npm run build`, after tsc). Each is a text until
 * it is needed: together they are a megabyte, and scanning it as code took longer than all else of a short command.
 */
const validatorTexts = Object.fromEntries(KIND_NAMES.map((kind) => [kind, validatorText(asText(KINDS[kind].schema))]));
const digests = Object.fromEntries(KIND_NAMES.map((kind) => [kind, schemaDigest(KINDS[kind].schema)]));
const lazily = `const TEXTS = ${JSON.stringify(validatorTexts)};
function compiled(kind) {
  const module = { exports: {} };
  new Function("module", "exports", TEXTS[kind])(module, module.exports);
  return module.exports;
}
export const VALIDATORS = {};
for (const kind of Object.keys(TEXTS)) {
  let validate;
  Object.defineProperty(VALIDATORS, kind, { enumerable: true, get: () => (validate ??= compiled(kind)) });
}
export const COMPILED_FROM = ${JSON.stringify(digests)};
`;
writeFileSync(new URL("../src/load/kinds/validators.js", import.meta.url), lazily);

/* The gate's report is JSON, so its schema is compiled as it stands. */
compile(new Ajv2020({ ...OPTIONS, allowUnionTypes: true }), { report: REPORT_SCHEMA }, "report-validator.js");

/*
 * Compiles the templates of src/render/templates into build/src/render/precompiled.js. Nothing is escaped: the data
 * are finished words (render/guard.ts), which HTML rules would break. An unknown field is an error.
 */
const folder = new URL("../../src/render/templates/", import.meta.url);
function precompile(name: string, url: URL): string {
  const spec = Handlebars.precompile(readFileSync(url, "utf8"), {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
  });
  return `${JSON.stringify(name)}: ${spec},\n`;
}
const templates = readdirSync(folder).map((file) => precompile(file.replace(/\.hbs$/, ""), new URL(file, folder)));

/*
 * Compiles src/languages/NAME into build/src/packages/built-in-languages.js and the same templates, by the package
 * manager's name. They are read like those of a catalogue; the validators that this needs have just been written.
 */
const { readDocument } = await import("../src/load/kinds/document.js");
const plugins = new URL("../../src/languages/", import.meta.url);
const languages = readdirSync(plugins).map((name) => {
  const file = new URL(`${name}/language.yaml`, plugins);
  const { result, diagnostics } = readDocument("language", `src/languages/${name}/language.yaml`, readFileSync(file));
  if (result === undefined || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics, null, 2));
  templates.push(precompile(result.name, new URL(`${name}/install.hbs`, plugins)));
  return result;
});
const built = `export const BUILT_IN_LANGUAGES = ${JSON.stringify(languages, null, 2)};\n`;
writeFileSync(new URL("../src/packages/built-in-languages.js", import.meta.url), built);
const precompiled = `export const PRECOMPILED = {\n${templates.join("")}};\n`;
writeFileSync(new URL("../src/render/precompiled.js", import.meta.url), precompiled);

/* Writes the programs of src/packages/programs into build/src/packages/program-texts.js, as they stand. */
const programs = new URL("../../src/packages/programs/", import.meta.url);
const texts = readdirSync(programs)
  .filter((name) => name !== "tsconfig.json")
  .map((name) => [name, readFileSync(new URL(name, programs), "utf8")]);
const texted = `export const PROGRAM_TEXTS = ${JSON.stringify(Object.fromEntries(texts), null, 2)};\n`;
writeFileSync(new URL("../src/packages/program-texts.js", import.meta.url), texted);

/*
 * Bundles the command into build/bin: a hundred small modules take longer to load than a short command takes to run.
 * Code that only some commands need stays in separate chunks.
 */
const { metafile } = await build({
  ...BUNDLE,
  metafile: true,
  entryPoints: {
    cli: at("../src/bin.js"),
    // Programs that the command starts in network namespaces: beside Buildah (src/run/buildah.ts) and a server (src/run/serve-test.ts).
    "listen-and-run": at("../src/run/listen-and-run.js"),
    "serve-image": at("../src/run/serve-image.js"),
  },
  outdir: bin,
  splitting: true,
  // The CycloneDX library can write XML if this is installed; none of our code needs it.
  external: ["xmlbuilder2"],
});
writeFileSync(`${bin}THIRD-PARTY-LICENSES.txt`, thirdPartyLicenses(metafile, root));

/* What action.yml runs. */
await build({ ...BUNDLE, entryPoints: [at("./action/main.js")], outfile: `${bin}action.js` });

/* Writes the manual pages into build/man, from which npm installs them. */
const { manualPages } = await import("./manual.js");
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const manual = new URL("../man/", import.meta.url);
rmSync(manual, { recursive: true, force: true });
mkdirSync(manual);
for (const [name, page] of manualPages(version)) writeFileSync(new URL(name, manual), page);

/* For tests only: a parser that Node cannot import (see test/support/actions/parser.ts). */
await build({
  ...BUNDLE,
  entryPoints: [at("../test/support/actions/parser.js")],
  outfile: at("../test/support/actions/parser.bundle.js"),
});
