import * as form from "./forms.js";
import { TESTS } from "./image-tests.js";
import { atLeastOne, exactlyOne, kind, listOf, mappingOf, type Schema, text } from "./schema.js";

const REPOSITORIES: Schema = {
  type: "object",
  description: "dnf: the repositories, by name, each as its URL.",
  propertyNames: { type: "string", ...form.REPOSITORY_NAME },
  additionalProperties: {
    type: ["string", "object"],
    ...form.REPOSITORY_URL,
    description: "The URL, or a mapping with it. `$releasever` and `$basearch` in it are dnf's.",
    properties: {
      url: text(form.REPOSITORY_URL, "The URL."),
      gpgkey: text(
        form.REPOSITORY_URL,
        "URL of the key that signs the packages. Left out: signatures are not checked.",
      ),
    },
    additionalProperties: false,
    required: ["url"],
  },
};

const BOOTSTRAP = mappingOf(
  {
    manager: {
      type: "string",
      enum: ["apt", "dnf"],
      description: "The package manager whose archive the root file system is made from.",
    },
    suite: text(form.SUITE, "apt: suite of the archive, for instance `bookworm`."),
    variant: {
      type: "string",
      enum: ["minbase", "apt", "essential", "required", "buildd", "important", "standard"],
      default: "minbase",
      description:
        "apt: which packages are there from the start, from `apt` (the fewest) to `standard` (mmdebstrap(1), VARIANTS).",
    },
    repositories: REPOSITORIES,
    releasever: text(form.RELEASEVER, "dnf: what `$releasever` stands for, for instance `5.0`."),
    packages: listOf(
      text(form.PACKAGE_NAME, "Name of a package."),
      "apt: packages to install beyond those of the variant. dnf: the packages to install.",
    ),
  },
  "A root file system made from a package archive. Only for a base image.",
  // Which of the keys belong to which manager is found out when the value is read (load/read-bootstrap.ts).
  { required: ["manager"] },
);

const METADATA: Schema = {
  type: "object",
  description: "Who answers for the image, and what may be done with it. Further keys are free.",
  properties: {
    role: text(form.LINE, "The role that owns the image."),
    extendable: { type: "boolean", default: true, description: "false: no image may derive from this one." },
    author: text(form.LINE, "Who wrote the definition."),
  },
  propertyNames: { type: "string", ...form.LABEL_NAME },
  additionalProperties: text(form.LINE, "Free text."),
};

const ARTIFACT = mappingOf(
  {
    name: text(form.LINE, "Name for reports. Default: the last part of `path`."),
    path: text(
      form.CATALOGUE_PATH,
      "File or directory, relative to the definition's folder, or to the catalogue when it starts with `/`.",
    ),
    target: text(
      form.TARGET_PATH,
      "Name in the image, relative to `dest`; without `dest` the absolute path. Ends with `/`: a directory to copy into.",
    ),
    dest: text(
      form.ABSOLUTE_PATH,
      "Directory in the image. Without `target` a file keeps its name, and a directory's tree is copied into it.",
    ),
    mode: text(form.FILE_MODE, "Octal permissions of the files. Default: as in Git, 0644 or 0755."),
    owner: text(form.OWNER, "`user` or `user:group`. Default: root."),
  },
  "A file or directory of the catalogue that is copied into the image.",
  { required: ["path"], ...atLeastOne("target", "dest") },
);

const PORT: Schema = {
  type: ["integer", "string", "object"],
  ...form.PORT_AND_PROTOCOL,
  description: "A port such as `8080` or `8080/udp`, or a mapping with it.",
  properties: {
    port: text(form.PORT_AND_PROTOCOL, "The port."),
    value: text(form.PORT_AND_PROTOCOL, "The port; another word for `port`."),
    expose: { type: "boolean", default: true, description: "false: the port is not declared in the image." },
  },
  additionalProperties: false,
  // `oneOf` itself would also be asked about ports that are text, and fail.
  if: { type: "object" },
  // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's keyword.
  then: exactlyOne("port", "value"),
};

const VOLUME: Schema = {
  type: ["string", "object"],
  ...form.ABSOLUTE_PATH,
  description: "An absolute path, or a mapping with it.",
  properties: {
    name: text(form.LINE, "A name for readers."),
    path: text(form.ABSOLUTE_PATH, "Absolute path in the image."),
  },
  additionalProperties: false,
  required: ["path"],
};

const COMMAND: Schema = {
  type: ["string", "array"],
  ...form.COMMAND,
  items: text(form.ANY_TEXT, "One argument."),
  minItems: 1,
  description: "Text is run by the shell, a list is executed as it stands.",
};

const RUN = mappingOf(
  {
    user: text(form.OWNER, "The user the image runs as, and its group."),
    workdir: text(form.ABSOLUTE_PATH, "The working directory."),
    entrypoint: { ...COMMAND, description: "What is always run. Text: by the shell; a list: as it stands." },
    cmd: {
      ...COMMAND,
      description:
        "What is run by default, or the arguments of `entrypoint`. Text: by the shell; a list: as it stands.",
    },
    stopsignal: text(form.SIGNAL, "The signal that ends the container's process."),
  },
  "How containers of the image run.",
);

function packages(description: string): Schema {
  const item: Schema = {
    type: ["string", "object"],
    ...form.PACKAGE_NAME,
    description: "A package's name, or a mapping of name and version.",
    properties: {
      name: text(form.PACKAGE_NAME, "Name of the package."),
      version: text(form.PACKAGE_VERSION, "Exact version. Left out: decided by the approved list and the lock file."),
    },
    additionalProperties: false,
    required: ["name"],
  };
  return listOf(item, description);
}

function namedValues(names: form.Form, description: string): Schema {
  const value = text(form.ANY_TEXT, "Text; may be empty.");
  return {
    type: ["object", "array"],
    description: `${description} A mapping of names to values, or a list of {name, value}.`,
    propertyNames: { type: "string", ...names },
    additionalProperties: value,
    items: mappingOf({ name: text(names, "The name."), value }, "A name and its value.", {
      required: ["name", "value"],
    }),
  };
}

/** The file of an image definition: `images/<name>/image.yaml`. */
export const IMAGE_SCHEMA = mappingOf(
  {
    kind: kind("Image", "BaseImage"),
    name: text(form.IMAGE_NAME, "Name of the image; unique in the catalogue."),
    version: text(form.IMAGE_VERSION, "Version of the image. Text: `1.1` and `1.10` are different versions."),
    description: text(form.ANY_TEXT, "What the image is for."),
    language: text(form.SCOPE, "Programming language whose packages `runtime-packages` are. Default: the parent's."),
    os: text(form.SCOPE, "Operating system; chooses the approved list and the package manager. Default: the parent's."),
    metadata: METADATA,
    parent: text(form.IMAGE_NAME, "The image of the catalogue this one derives from."),
    from: text(
      form.EXTERNAL_REFERENCE,
      "An external image listed in catalog/bases.yaml, or `scratch`. Only for a base image.",
    ),
    bootstrap: BOOTSTRAP,
    "system-packages": packages("Packages of the operating system."),
    "photon-packages": packages("Packages of Photon OS; another word for `system-packages`."),
    "runtime-packages": packages("Packages of the programming language."),
    artifacts: listOf(ARTIFACT, "Files of the catalogue that are copied into the image."),
    env: namedValues(form.ENV_NAME, "Environment variables."),
    labels: namedValues(form.LABEL_NAME, "Labels of the image."),
    ports: listOf(PORT, "Ports the image listens on."),
    volumes: listOf(VOLUME, "Directories that hold data of their own."),
    setup: listOf(
      COMMAND,
      "Commands run as root after packages and artifacts. Text: by the shell; a list: as it stands.",
    ),
    run: RUN,
    tests: TESTS,
    rebuild: mappingOf(
      {
        nonce: text(form.LINE, "Any text that differs from the last one. It enters the build key."),
        reason: text(form.ANY_TEXT, "Why the image is rebuilt."),
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
    not: { required: ["system-packages", "photon-packages"] },
  },
);
