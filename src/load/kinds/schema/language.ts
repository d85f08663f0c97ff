import * as addressForm from "./forms/addresses.js";
import type { Form } from "./forms/form.js";
import * as nameForm from "./forms/names.js";
import * as textForm from "./forms/texts.js";
import { kind, listOf, mappingOf, type Schema, text } from "./schema.js";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

const PATTERN: Form = {
  pattern: "^\\^.+\\$$",
  patternErrorMessage: "an anchored pattern: `^`, characters and classes such as `[a-z0-9-]+`, `$`",
  maxLength: 200,
};

/** Characters that a shell in single quotes and a Containerfile leave alone (render/guard.ts). */
const SPEC: Form = {
  pattern: "^[A-Za-z0-9@{][A-Za-z0-9@/._+~:=!*>,()\\[\\]{}-]*$",
  patternErrorMessage: "the manager's words, with `{name}`, `{version}` and `{prefix}`",
  maxLength: 200,
};

/** Caches only: a value that changes what is built belongs in the template, where it is part of the key. */
const ENVIRONMENT_VALUE: Form = {
  pattern:
    "^(?:true|false|\\{mount\\}/(?!(?:bin|apt|env|npmrc|ca\\.crt|sources\\.list)(?:/|$))(?!(?:.*/)?\\.\\.?(?:/|$))[a-z0-9][a-z0-9/._-]*)$",
  patternErrorMessage: "`{mount}/` and the name of a directory of its own, or `true` or `false`",
  maxLength: 200,
};

/** Not a variable by which a shell or a loader finds other programs. */
const VARIABLE: Form = {
  pattern:
    "^(?!(?:PATH|HOME|IFS|ENV|SHELL|TMPDIR|SOURCE_DATE_EPOCH|LD_.*|BASH_.*|SLIPWAY_RUN)$)[A-Za-z_][A-Za-z0-9_]*$",
  patternErrorMessage: "the name of a variable of the package manager",
  maxLength: 128,
};

const FILE_NAME: Form = {
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$",
  patternErrorMessage: "the name of a file, without folders",
  maxLength: 100,
};

const INSTALLER: Form = {
  pattern: "^[A-Za-z0-9*][A-Za-z0-9.+_*-]*$",
  patternErrorMessage: "the name of a system package, in which `*` may stand",
  maxLength: 100,
};

const oneOf = (names: readonly string[], description: string) =>
  ({ type: "string", enum: names, description }) as const satisfies Schema;

const patterns = (what: string) =>
  listOf(text(PATTERN, "An anchored pattern."), `What ${what} look like: one of these.`, { minItems: 1, maxItems: 10 });

/** The parts that are code, by the names that language.yaml calls them. */
export const LIST_OUTPUTS = ["tsv", "pip", "npm", "maven"] as const;
export const OFFER_SCRIPTS = ["pip", "npm"] as const;
export const MANIFEST_READER_NAMES = ["requirements", "package-json", "gemfile", "go-mod", "pom", "psd1"] as const;
export const SETTINGS_READER_NAMES = ["npmrc", "pip.conf", "gemrc", "bundle", "maven"] as const;

/** `catalog/languages/<name>/language.yaml`, and those of src/languages. */
export const LANGUAGE_SCHEMA = mappingOf(
  {
    kind: kind("Language"),
    name: text(nameForm.SCOPE, "The package manager, as messages call it."),
    scopes: listOf(text(nameForm.SCOPE, "A language."), "The values of an image's `language`.", { minItems: 1 }),
    names: mappingOf(
      {
        patterns: patterns("names"),
        normalise: oneOf(["none", "lower", "pep503"], "How two spellings of one name are made equal."),
      },
      "How packages are named.",
      { required: ["patterns"] },
    ),
    versions: mappingOf({ patterns: patterns("versions") }, "How versions are written, those with `*` among them.", {
      required: ["patterns"],
    }),
    spec: mappingOf(
      {
        any: text(SPEC, "A package in any version."),
        exact: text(SPEC, "A package in one version."),
        pattern: text(SPEC, "A package in a version with `*`; `{prefix}` is the version without `.*` at its end."),
      },
      "The package manager's argument for a package.",
      { required: ["any", "exact", "pattern"] },
    ),
    installers: {
      type: "object",
      propertyNames: { type: "string", ...nameForm.SCOPE },
      additionalProperties: listOf(
        text(INSTALLER, "A system package; `*` stands for any text."),
        "The packages, the one to suggest first.",
        { minItems: 1 },
      ),
      description:
        "The system packages that bring the package manager, by operating system: a chain of images without any of them is a problem. A system that is left out: nothing is said.",
    },
    list: mappingOf(
      {
        command: listOf(text(textForm.COMMAND, "A word."), "Prints what is installed; run in the image as root.", {
          minItems: 1,
        }),
        output: oneOf(LIST_OUTPUTS, "The form of its output; `tsv`: lines of name, tab, version."),
      },
      "How to find out what is installed.",
      { required: ["command"] },
    ),
    offers: oneOf(OFFER_SCRIPTS, "Slipway's script that asks for newer versions; left out: `slipway update` cannot."),
    manifests: listOf(
      mappingOf(
        {
          file: text(FILE_NAME, "Name of the file."),
          lock: text(FILE_NAME, "Name of the lock file beside it."),
          reader: oneOf(MANIFEST_READER_NAMES, "Slipway's reader of it."),
        },
        "A package manifest.",
        { required: ["file", "reader"] },
      ),
      "The package manifests that images may have.",
    ),
    machine: mappingOf(
      {
        environment: {
          type: "object",
          propertyNames: { type: "string", ...VARIABLE },
          additionalProperties: text(ENVIRONMENT_VALUE, "A directory of the machine."),
          description: "Where caches are: `{mount}` is a directory of the build that no image keeps.",
        },
        certificates: listOf(text(VARIABLE, "A variable."), "Variables that name a CA bundle."),
        variables: listOf(text(VARIABLE, "A variable."), "Variables of the machine that say where packages come from."),
        settings: listOf(
          mappingOf(
            {
              file: text(FILE_NAME, "The machine's file."),
              variable: text(VARIABLE, "The variable that names it."),
              lines: oneOf(SETTINGS_READER_NAMES, "Slipway's choice of what passes."),
            },
            "A configuration file of the machine.",
            { required: ["file", "variable", "lines"] },
          ),
          "The machine's configuration files.",
        ),
        hosts: listOf(
          text(addressForm.PACKAGE_HOST, "`HOST[:PORT]`; `http://HOST[:PORT]` without TLS."),
          "Where packages come from, beside what the machine's settings say.",
        ),
      },
      "What a build needs from the machine; none of it enters an image.",
    ),
  },
  "The packages of a programming language.",
  { $schema: DIALECT, title: "Language", required: ["name", "scopes", "names", "versions", "spec", "list"] },
);
