import * as nameForm from "./forms/names.js";
import * as packageForm from "./forms/packages.js";
import * as textForm from "./forms/texts.js";
import { IMAGE_SCHEMA } from "./image.js";
import { kind, listOf, mappingOf, type Schema, text } from "./schema.js";

const CODE = text(nameForm.DIAGNOSTIC_CODE, "A code of docs/diagnostics.md.");

/** A definition in which name and version mean nothing. It has no matrix: it is one image. */
const { matrix: _, ...DEFINITION } = IMAGE_SCHEMA.properties;
const {
  type: _type,
  properties: _properties,
  required: _required,
  title: _title,
  $schema: _schema,
  ...RULES
} = IMAGE_SCHEMA as Schema;

const IMAGE = {
  ...RULES,
  type: ["string", "object"],
  ...nameForm.IMAGE_NAME,
  description: "A definition, of which name and version may be left out; or the name of an image of the catalogue.",
  properties: DEFINITION,
} as const satisfies Schema;

const EXPECT = {
  type: ["string", "array"],
  pattern: "^allowed$",
  patternErrorMessage: "`allowed`, or a list of codes",
  items: CODE,
  description: "The codes for which it is rejected, all of them; or `allowed`.",
} as const satisfies Schema;

export const CONTENT = mappingOf(
  {
    type: {
      type: "string",
      enum: ["deb", "rpm", "apk", "pypi", "npm", "gem", "golang", "maven", "nuget"],
      description: "The kind of package, as package URLs (purl) name it.",
    },
    name: text(packageForm.PACKAGE_NAME, "Its name."),
    version: text(packageForm.PACKAGE_VERSION, "Its version."),
    license: text(textForm.LINE, "The licence that it states itself."),
    why: {
      type: "string",
      enum: ["asked", "needed", "system", "unasked"],
      default: "needed",
      description:
        "How it came in: the definition asks for it; what it asks for needs it; it is part of the system that the image makes; nothing asks for it (`setup` or an artifact brought it).",
    },
  },
  "A package.",
  { required: ["type", "name", "version"] },
);

/** `policies/tests/<name>.yaml`. */
export const POLICY_TESTS_SCHEMA = mappingOf(
  {
    kind: kind("PolicyTests"),
    tests: listOf(
      mappingOf(
        {
          name: text(textForm.LINE, "What it shows."),
          image: IMAGE,
          contents: listOf(
            CONTENT,
            "What the image adds to what it starts from. Left out: only its definition is judged.",
          ),
          expect: EXPECT,
          warn: listOf(CODE, "The codes of all warnings. Left out: any."),
        },
        "A case.",
        { required: ["name", "image", "expect"] },
      ),
      "The cases.",
    ),
  },
  "What the policies should say about some images; `slipway policy test` checks it.",
  { $schema: "https://json-schema.org/draft/2020-12/schema", title: "PolicyTests", required: ["tests"] },
);
