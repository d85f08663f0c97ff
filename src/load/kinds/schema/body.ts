import * as addressForm from "./forms/addresses.js";
import type { Form } from "./forms/form.js";
import * as nameForm from "./forms/names.js";
import * as packageForm from "./forms/packages.js";
import * as pathForm from "./forms/paths.js";
import * as personForm from "./forms/people.js";
import * as textForm from "./forms/texts.js";
import * as valueForm from "./forms/values.js";
import { exactlyOne, listOf, mappingOf, type Schema, text } from "./schema.js";

const IN_IMAGE = {
  target: text(
    pathForm.TARGET_PATH,
    "Name in the image, relative to `dest`; without `dest` the absolute path. Ends with `/`: a directory to copy into.",
  ),
  dest: text(
    pathForm.ABSOLUTE_PATH,
    "Directory in the image. Without `target` a file keeps its name, and a directory's tree is copied into it.",
  ),
  owner: text(personForm.OWNER, "`user` or `user:group`. Default: root."),
};

const NAME = text(textForm.LINE, "Name for reports. Default: the last part of `path` or `url`.");
const MODE = text(pathForm.FILE_MODE, "Octal permissions of the files. Default: as in Git, 0644 or 0755.");

const PATH_ARTIFACT = mappingOf(
  {
    name: NAME,
    path: text(
      pathForm.CATALOGUE_PATH,
      "File or directory, relative to the definition's folder, or to the catalogue when it starts with `/`.",
    ),
    ...IN_IMAGE,
    mode: MODE,
  },
  "A file or directory of the catalogue.",
  { required: ["path"] },
);

const URL_ARTIFACT = mappingOf(
  {
    name: NAME,
    url: text(
      addressForm.DOWNLOAD_URL,
      "Where the file is downloaded from: an https address without user and password.",
    ),
    sha256: text(valueForm.SHA256, "SHA-256 of the file, 64 hexadecimal digits."),
    mirrors: listOf(
      text(addressForm.DOWNLOAD_URL, "An https address."),
      "Other addresses of the same file, tried in order.",
    ),
    ...IN_IMAGE,
    mode: { ...MODE, description: "Octal permissions of the file. Default: 0644." },
  },
  "A file that is downloaded.",
  { required: ["url", "sha256"] },
);

const IMAGE_ARTIFACT = mappingOf(
  {
    name: NAME,
    image: text(nameForm.STAGE_OR_IMAGE, "An earlier stage of this definition, otherwise an image of the catalogue."),
    path: text(pathForm.ABSOLUTE_PATH, "Absolute path of a file or directory there."),
    ...IN_IMAGE,
  },
  "A file or directory of a build stage or of another image; keeps its permissions.",
  { required: ["image", "path"] },
);

/** An artifact's keys tell which of the three it is, so that each mistake is judged by the right one. */
const ARTIFACT = {
  type: "object",
  anyOf: [{ required: ["target"] }, { required: ["dest"] }],
  if: { type: "object", required: ["image"] },
  // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's keyword.
  then: IMAGE_ARTIFACT,
  else: {
    if: { type: "object", required: ["url"] },
    // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's keyword.
    then: URL_ARTIFACT,
    else: PATH_ARTIFACT,
  },
} as const satisfies Schema;

export const PORT = {
  type: ["integer", "string", "object"],
  ...addressForm.PORT_AND_PROTOCOL,
  description: "A port such as `8080` or `8080/udp`, or a mapping with it.",
  properties: {
    port: text(addressForm.PORT_AND_PROTOCOL, "The port."),
    value: text(addressForm.PORT_AND_PROTOCOL, "The port; another word for `port`."),
    expose: { type: "boolean", default: true, description: "false: the port is not declared in the image." },
  },
  additionalProperties: false,
  // `oneOf` alone would also apply to ports that are text, and fail.
  if: { type: "object" },
  // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's keyword.
  then: exactlyOne("port", "value"),
} as const satisfies Schema;

const VOLUME = {
  type: ["string", "object"],
  ...pathForm.ABSOLUTE_PATH,
  description: "An absolute path, or a mapping with it.",
  properties: {
    name: text(textForm.LINE, "A name for readers."),
    path: text(pathForm.ABSOLUTE_PATH, "Absolute path in the image."),
  },
  additionalProperties: false,
  required: ["path"],
} as const satisfies Schema;

const COMMAND = {
  type: ["string", "array"],
  ...textForm.COMMAND,
  items: text(textForm.ANY_TEXT, "One argument."),
  minItems: 1,
  description: "Text is run by the shell, a list is executed as it is.",
} as const satisfies Schema;

const HEALTHCHECK = {
  type: ["string", "object"],
  ...valueForm.NONE,
  description: "How to check that a container works. `none`: removes the parent's check.",
  properties: {
    command: { ...COMMAND, description: "Exit code 0: it works. Text: run by the shell; a list: as it stands." },
    interval: text(valueForm.DURATION, "Time between two checks, for instance `1m30s`. Default: 30s."),
    timeout: text(valueForm.DURATION, "Time after which a check has failed. Default: 30s."),
    "start-period": text(valueForm.DURATION, "Time at the start in which failures do not count. Default: 0s."),
    retries: {
      type: "integer",
      minimum: 1,
      maximum: 1000,
      default: 3,
      description: "Failures in a row after which the container does not work.",
    },
  },
  additionalProperties: false,
  required: ["command"],
} as const satisfies Schema;

const RUN = mappingOf(
  {
    user: text(personForm.OWNER, "The user the image runs as, and its group."),
    workdir: text(pathForm.ABSOLUTE_PATH, "The working directory."),
    entrypoint: { ...COMMAND, description: "What always runs. Text: by the shell; a list: as it is." },
    cmd: {
      ...COMMAND,
      description: "What runs by default, or the arguments of `entrypoint`. Text: by the shell; a list: as it is.",
    },
    stopsignal: text(valueForm.SIGNAL, "The signal that ends the container's process."),
    shell: listOf(
      text(textForm.ANY_TEXT, "One argument."),
      "The shell for strings of `setup`, `entrypoint` and `cmd`, here and in everything that derives from it. Default: `[/bin/sh, -c]`.",
      { minItems: 1 },
    ),
    healthcheck: HEALTHCHECK,
  },
  "How containers of the image run.",
);

function packages(description: string): Schema {
  const item = {
    type: ["string", "object"],
    ...packageForm.PACKAGE_NAME,
    description: "A package's name, or a mapping of name and version.",
    properties: {
      name: text(packageForm.PACKAGE_NAME, "Name of the package."),
      version: text(packageForm.PACKAGE_VERSION, "Exact version. Left out: the approved list and the lockfile decide."),
    },
    additionalProperties: false,
    required: ["name"],
  } as const satisfies Schema;
  return listOf(item, description);
}

function namedValues(names: Form, description: string) {
  const value = text(textForm.ANY_TEXT, "Text; may be empty.");
  return {
    type: ["object", "array"],
    description: `${description} A mapping of names to values, or a list of {name, value}.`,
    propertyNames: { type: "string", ...names },
    additionalProperties: value,
    items: mappingOf({ name: text(names, "The name."), value }, "A name and its value.", {
      required: ["name", "value"],
    }),
  } as const satisfies Schema;
}

const MODULES = listOf(
  {
    type: ["string", "object"],
    ...nameForm.MODULE_NAME,
    description: "A module's name, or a mapping of name and version.",
    properties: {
      name: text(nameForm.MODULE_NAME, "Name of the module."),
      version: text(nameForm.IMAGE_VERSION, "Version of the module. Left out: the only one there is."),
    },
    additionalProperties: false,
    required: ["name"],
  },
  "Modules whose content comes before this one's: what they need first, then in order of declaration.",
);

const MANIFEST = text(
  pathForm.CATALOGUE_PATH,
  "A package manifest (requirements.txt, package.json, Gemfile, go.mod, pom.xml, requirements.psd1) that says which packages to install; relative to the folder.",
);

export const NAMED_VARIABLES = namedValues(nameForm.ENV_NAME, "Environment variables.");
export const NAMED_LABELS = namedValues(nameForm.LABEL_NAME, "Labels of the image.");

/** What an image, a build stage and a module share. */
export const BODY = {
  modules: MODULES,
  "system-packages": packages("Packages of the operating system."),
  "photon-packages": packages("Packages of Photon OS; another word for `system-packages`."),
  "runtime-packages": packages("Packages of the programming language."),
  "runtime-manifest": MANIFEST,
  artifacts: listOf(ARTIFACT, "What is copied into the image: from the catalogue, downloaded, or from another image."),
  env: NAMED_VARIABLES,
  labels: NAMED_LABELS,
  ports: listOf(PORT, "Ports the image listens on."),
  volumes: listOf(VOLUME, "Directories that hold data of their own."),
  setup: listOf(COMMAND, "Commands run as root after packages and artifacts. Text: by the shell; a list: as it is."),
  run: RUN,
} as const satisfies Readonly<Record<string, Schema>>;

/** The two words for system packages exclude each other. */
export const ONE_SYSTEM_LIST = { not: { required: ["system-packages", "photon-packages"] } } as const satisfies Schema;
