import { CODE_KINDS } from "../../../model/attribution.js";
import * as nameForm from "./forms/names.js";
import * as packageForm from "./forms/packages.js";
import * as pathForm from "./forms/paths.js";
import * as textForm from "./forms/texts.js";
import * as valueForm from "./forms/values.js";
import { exactlyOne, kind, listOf, mappingOf, type Schema, text } from "./schema.js";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** What every file of demands may say for everything in it, and most entries for themselves. */
const DEMAND = {
  level: {
    type: "string",
    enum: ["enforce", "warn"],
    description:
      "`enforce`: images that break it are rejected; `warn`: they only get a warning. Default: that of the file, or `enforce`.",
  },
  images: listOf(
    text(nameForm.IMAGE_PATTERN, "A pattern."),
    "Names of images that it holds for, with `*`. Default: all.",
  ),
  except: listOf(text(nameForm.IMAGE_PATTERN, "A pattern."), "Names of images that it does not hold for, with `*`."),
} as const satisfies Readonly<Record<string, Schema>>;

export const BASE_IMAGES = {
  type: "boolean",
  default: false,
  description: "true: it holds for base images as well.",
} as const satisfies Schema;

export const BUILD_STAGES = {
  type: "boolean",
  default: false,
  description: "true: not in build stages either.",
} as const satisfies Schema;

const IMAGE_DEMAND = {
  "base-images": BASE_IMAGES,
  ...DEMAND,
} as const satisfies Readonly<Record<string, Schema>>;

const PACKAGE = {
  name: text(nameForm.NAME_PATTERN, "The package's name, with `*` for any characters."),
  os: text(nameForm.SCOPE, "The operating system that it is a package of."),
  language: text(nameForm.SCOPE, "The programming language that it is a package of."),
};
const REASON = text(textForm.REASON, "Why; it is part of the message.");
const OF_PACKAGE = exactlyOne("os", "language");

const approval = (whose: string) =>
  ({
    type: "string",
    enum: ["direct", "closure", "report"],
    default: "direct",
    description: `Which packages of ${whose} must be on an approved list: requested ones (\`direct\`), all that an image adds (\`closure\`), or all, as a warning (\`report\`).`,
  }) as const satisfies Schema;

/** `policies/packages.yaml`. */
export const PACKAGE_POLICY_SCHEMA = mappingOf(
  {
    kind: kind("PackagePolicy"),
    ...DEMAND,
    approval: mappingOf(
      { system: approval("operating systems"), runtime: approval("languages") },
      "How far approval goes.",
    ),
    lock: {
      type: "string",
      enum: ["optional", "required"],
      default: "optional",
      description: "Whether images that install packages must be in slipway.lock.",
    },
    forbidden: listOf(
      mappingOf(
        {
          ...PACKAGE,
          reason: REASON,
          "build-stages": BUILD_STAGES,
          ...DEMAND,
        },
        "A package that no image may have.",
        { required: ["name", "reason"], ...OF_PACKAGE },
      ),
      "Packages that no image may have.",
    ),
    required: listOf(
      mappingOf({ ...PACKAGE, reason: REASON, ...IMAGE_DEMAND }, "A package that every such image must have.", {
        required: ["name", "reason"],
        ...OF_PACKAGE,
      }),
      "Packages that images of an operating system or language must have.",
    ),
  },
  "Which packages images may, must and must not have, beyond the approved lists.",
  { $schema: DIALECT, title: "PackagePolicy" },
);

const LICENSES = text(packageForm.LICENSE_PATTERN, "An SPDX identifier with `*`, or `LICENCE WITH EXCEPTION`.");

/** `policies/licenses.yaml`. */
export const LICENSE_POLICY_SCHEMA = mappingOf(
  {
    kind: kind("LicensePolicy"),
    ...DEMAND,
    allow: listOf(LICENSES, "Licences that packages may have. Left out: all that are not denied."),
    deny: listOf(LICENSES, "Licences that packages must not have; this wins over `allow`."),
    unknown: {
      type: "string",
      enum: ["deny", "warn", "allow"],
      default: "deny",
      description: "What happens to a package whose licence is unknown.",
    },
    declared: listOf(
      mappingOf(
        {
          ...PACKAGE,
          versions: listOf(text(packageForm.VERSION_PATTERN, "A version, with `*`."), "Versions. Left out: any."),
          license: text(packageForm.LICENSE, "SPDX licence expression."),
          evidence: text(textForm.LINE, "Where the licence can be read: an address, or a file of the package."),
        },
        "A licence that somebody has found out.",
        { required: ["name", "license", "evidence"], ...OF_PACKAGE },
      ),
      "Licences of packages that have none in an approved list.",
    ),
  },
  "Licences that packages in images may have.",
  { $schema: DIALECT, title: "LicensePolicy" },
);

/** `policies/bases.yaml`. */
export const BASE_POLICY_SCHEMA = mappingOf(
  {
    kind: kind("BasePolicy"),
    ...DEMAND,
    references: listOf(
      text(nameForm.NAME_PATTERN, "A pattern."),
      "External images that may be built on, with `*`, for instance `registry.example/*`. Left out: all of catalog/bases.yaml.",
    ),
    archives: listOf(
      text(packageForm.ARCHIVE_PATTERN, "A pattern."),
      "What a bootstrap may be made from: apt's suites and the addresses of dnf's repositories, with `*`. Left out: any.",
    ),
    "max-age": {
      type: "integer",
      minimum: 1,
      maximum: 3650,
      description: "Days after which the `pinned` day of an external image is too long ago. Left out: no limit.",
    },
  },
  "What images may be built on.",
  { $schema: DIALECT, title: "BasePolicy" },
);

/** `policies/images.yaml`. */
export const IMAGE_POLICY_SCHEMA = mappingOf(
  {
    kind: kind("ImagePolicy"),
    ...DEMAND,
    user: mappingOf(
      {
        root: {
          type: "string",
          enum: ["allow", "deny"],
          default: "allow",
          description: "Whether containers may run as root when they are started without another user.",
        },
        ...IMAGE_DEMAND,
      },
      "The user that containers run as.",
    ),
    description: mappingOf(
      {
        required: { type: "boolean", default: false, description: "true: every definition has a `description`." },
        ...IMAGE_DEMAND,
      },
      "What definitions say of their images.",
    ),
    sizes: listOf(
      mappingOf(
        { max: text(valueForm.BYTES, "Sum of its layers as the registry stores them."), ...IMAGE_DEMAND },
        "How large an image may be.",
        { required: ["max"] },
      ),
      "How large images may be.",
    ),
    labels: listOf(
      mappingOf(
        {
          name: text(nameForm.LABEL_NAME, "Name of the label."),
          pattern: text(
            textForm.LINE,
            "What its value must look like, with `*` for any characters. Left out: anything.",
          ),
          ...IMAGE_DEMAND,
        },
        "A label that images must have.",
        { required: ["name"] },
      ),
      "Labels that images must have; inherited ones count.",
    ),
    setup: mappingOf(
      {
        allow: listOf(
          mappingOf(
            {
              images: listOf(text(nameForm.IMAGE_PATTERN, "A pattern."), "Names of images, with `*`. Left out: all."),
              paths: listOf(
                text(pathForm.PATH_PATTERN, "A pattern."),
                "Absolute paths in the image, with `*` for any characters.",
                { minItems: 1 },
              ),
              kinds: listOf({ type: "string", enum: CODE_KINDS }, "What the files may be. Left out: anything."),
              reason: REASON,
            },
            "Files that `setup` may make.",
            { required: ["paths", "reason"] },
          ),
          "What `setup` may make although it runs, or makes something else run.",
        ),
        ...IMAGE_DEMAND,
      },
      "What `setup` may make. Executables, libraries, archives of code, bytecode, modules of interpreters, setuid programs, devices, and settings that make programs load or fetch something else are refused, unless an entry allows them.",
    ),
  },
  "Requirements on images.",
  { $schema: DIALECT, title: "ImagePolicy" },
);
