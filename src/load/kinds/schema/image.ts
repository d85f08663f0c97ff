import { NETWORKS } from "../../../model/network.js";
import { BODY, ONE_SYSTEM_LIST } from "./body.js";
import * as addressForm from "./forms/addresses.js";
import * as nameForm from "./forms/names.js";
import * as packageForm from "./forms/packages.js";
import * as textForm from "./forms/texts.js";
import * as valueForm from "./forms/values.js";
import { TESTS } from "./image-tests.js";
import { exactlyOne, kind, listOf, mappingOf, type Schema, text } from "./schema.js";

const REPOSITORIES: Schema = {
  type: "object",
  description: "dnf: the repositories, by name, each as its URL.",
  propertyNames: { type: "string", ...nameForm.REPOSITORY_NAME },
  additionalProperties: {
    type: ["string", "object"],
    ...addressForm.REPOSITORY_URL,
    description: "The URL, or a mapping with it. `$releasever` and `$basearch` in it are dnf's.",
    properties: {
      url: text(addressForm.REPOSITORY_URL, "The URL."),
      gpgkey: text(
        addressForm.REPOSITORY_URL,
        "URL of the key that signs the packages. Left out: signatures are not checked.",
      ),
    },
    additionalProperties: false,
    required: ["url"],
  },
};

export const BOOTSTRAP = mappingOf(
  {
    manager: {
      type: "string",
      enum: ["apt", "dnf"],
      description: "The package manager whose archive the root file system is made from.",
    },
    suite: text(packageForm.SUITE, "apt: suite of the archive, for instance `bookworm`."),
    variant: {
      type: "string",
      enum: ["minbase", "apt", "essential", "required", "buildd", "important", "standard"],
      default: "minbase",
      description: "apt: the packages to start with, from `apt` (the fewest) to `standard` (mmdebstrap(1), VARIANTS).",
    },
    repositories: REPOSITORIES,
    releasever: text(packageForm.RELEASEVER, "dnf: what `$releasever` stands for, for instance `5.0`."),
    packages: listOf(
      text(packageForm.PACKAGE_NAME, "Name of a package."),
      "apt: packages to install beyond those of the variant. dnf: the packages to install.",
    ),
  },
  "A root file system made from a package archive. Only for a base image.",
  // The reader decides which keys belong to which manager (load/kinds/bootstrap.ts).
  { required: ["manager"] },
);

export const PACKAGE_HOSTS = listOf(
  text(addressForm.PACKAGE_HOST, "`HOST[:PORT]`; `http://HOST[:PORT]` without TLS."),
  "Where packages of the images on it come from, as far as those images have the network `packages`. Only for a base image.",
);

export const METADATA = {
  type: "object",
  description: "Who answers for the image, and what may be done with it. Further keys are free.",
  properties: {
    role: text(textForm.LINE, "The role that owns the image."),
    extendable: { type: "boolean", default: true, description: "false: no image may derive from this one." },
    author: text(textForm.LINE, "Who wrote the definition."),
    deprecated: mappingOf(
      {
        since: text(valueForm.DAY, "The first day of the deprecation: `YYYY-MM-DD`."),
        reason: text(textForm.REASON, "Why it should no longer be used."),
        replacement: text(nameForm.IMAGE_NAME, "The image to use instead."),
      },
      "The image should no longer be used.",
      { required: ["reason"] },
    ),
  },
  propertyNames: { type: "string", ...nameForm.LABEL_NAME },
  additionalProperties: text(textForm.LINE, "Free text."),
} as const satisfies Schema;

const PARENT = text(nameForm.IMAGE_NAME, "The image of the catalogue this one derives from.");
const LANGUAGE = text(
  nameForm.SCOPE,
  "Programming language whose packages `runtime-packages` are. Default: the parent's.",
);
const OS = text(
  nameForm.SCOPE,
  "Operating system; chooses the approved list and the package manager. Default: the parent's.",
);

const NETWORK = {
  type: "string",
  enum: NETWORKS,
  description:
    "What packages and `setup` can reach while it is built: nothing; the hosts of package sources; whatever the machine can, for which an administrator makes an exception. Default: `none` where all packages can be locked, otherwise `packages`.",
} as const satisfies Schema;

const STAGE = mappingOf(
  {
    name: text(nameForm.STAGE_NAME, "Name of the stage; artifacts of later stages and of the image refer to it."),
    parent: { ...PARENT, description: "What it starts from: an earlier stage, otherwise an image of the catalogue." },
    from: text(addressForm.EXTERNAL_REFERENCE, "An external image listed in catalog/bases.yaml, or `scratch`."),
    language: LANGUAGE,
    os: OS,
    network: {
      ...NETWORK,
      description:
        "What its packages and `setup` can reach while it is built; see the image's own `network`. All stages get the widest of theirs.",
    },
    ...BODY,
  },
  "A build stage: only what artifacts copy from it gets into the image.",
  { required: ["name"], ...exactlyOne("parent", "from"), ...ONE_SYSTEM_LIST },
);

const COMBINATIONS = listOf(
  { type: "object", description: "Axes and values.", additionalProperties: text(textForm.ANY_TEXT, "A value.") },
  "Combinations.",
);

const MATRIX = {
  type: "object",
  description:
    "Makes one image for every combination of values; `${{ matrix.AXIS }}` stands for the value wherever there is text.",
  propertyNames: { type: "string", ...nameForm.AXIS_NAME },
  properties: {
    exclude: {
      ...COMBINATIONS,
      description: "Combinations that are left out; an axis that is not named matches any value.",
    },
    include: { ...COMBINATIONS, description: "Further combinations; each names all axes." },
  },
  additionalProperties: listOf(text(textForm.ANY_TEXT, "A value."), "The values of an axis.", { minItems: 1 }),
} as const satisfies Schema;

/** Exactly one for now: see docs/definitions.md. */
const PLATFORMS = listOf(
  text(valueForm.PLATFORM, "`os/architecture`."),
  "The platform the image is built for; exactly one for now. Default: the parent's, or that of slipway.yaml.",
  { minItems: 1, maxItems: 1 },
);

/** The tags of images for which neither the definition nor slipway.yaml has any. */
export const DEFAULT_TAGS = ["latest"] as const;

export const TAGS = listOf(
  text(nameForm.IMAGE_VERSION, "A tag."),
  `Tags that move with every publication, beside \`<version>\` and \`<version>-<key>\`. Default: \`[${DEFAULT_TAGS.join(", ")}]\`.`,
);

/** The file of an image definition: `images/<name>/image.yaml`. */
export const IMAGE_SCHEMA = mappingOf(
  {
    kind: kind("Image", "BaseImage"),
    name: text(nameForm.IMAGE_NAME, "Name of the image; unique in the catalogue."),
    version: text(nameForm.IMAGE_VERSION, "Version of the image. Text: `1.1` and `1.10` are different versions."),
    description: text(textForm.ANY_TEXT, "What the image is for."),
    language: LANGUAGE,
    os: OS,
    metadata: METADATA,
    parent: PARENT,
    from: text(
      addressForm.EXTERNAL_REFERENCE,
      "An external image listed in catalog/bases.yaml, or `scratch`. Only for a base image.",
    ),
    bootstrap: BOOTSTRAP,
    platforms: PLATFORMS,
    tags: TAGS,
    matrix: MATRIX,
    network: NETWORK,
    "package-hosts": PACKAGE_HOSTS,
    stages: listOf(STAGE, "Build stages, in order; the image itself comes after them."),
    ...BODY,
    tests: TESTS,
    rebuild: mappingOf(
      {
        nonce: text(textForm.LINE, "Any text that differs from the last one. It enters the build key."),
        reason: text(textForm.ANY_TEXT, "Why the image is rebuilt."),
      },
      "A forced rebuild.",
      { required: ["nonce", "reason"] },
    ),
  },
  "The definition of one container image.",
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Image",
    required: ["name", "version"],
    ...exactlyOne("parent", "from", "bootstrap"),
    ...ONE_SYSTEM_LIST,
  },
);
