import { InvalidArgumentError } from "commander";
import type { Isolation } from "../model/build-environment.js";
import type { ColorWhen } from "../terminal.js";
import type { ValueList, VerbOption } from "./verb.js";

export const flag = (flags: string, description: string): VerbOption<boolean> => ({ flags, description });

export const textOption = (flags: string, description: string): VerbOption<string> => ({ flags, description });

/** A text with a few values. */
export const choice = (flags: string, description: string, values: ValueList): VerbOption<string> => ({
  flags,
  description,
  values,
});

export const list = (flags: string, description: string): VerbOption<readonly string[]> => ({ flags, description });

/** A whole number from 1 to `most`. */
export const count = (flags: string, description: string, most: number): VerbOption<number> => ({
  flags,
  description,
  parse: (value) => {
    if (/^[1-9][0-9]*$/.test(value) && Number(value) <= most) return Number(value);
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  },
});

function boolean(value: string): boolean {
  if (value === "true" || value === "false") return value === "true";
  throw new InvalidArgumentError("It must be true or false.");
}

const isolation: VerbOption<Isolation> = {
  flags: "--isolation <kind>",
  description:
    "oci: commands of images run in an OCI runtime; chroot: they may see this machine (default: slipway.yaml, oci)",
  values: ["oci", "chroot"],
  parse: (value) => {
    if (value === "oci" || value === "chroot") return value;
    throw new InvalidArgumentError("It must be oci or chroot.");
  },
};

/** The option of every verb that may run commands of images. `addVerb` puts its value into the context. */
export const ISOLATION = { isolation };

const color: VerbOption<ColorWhen> = {
  flags: "--color <when>",
  description: "auto, always or never (default: auto, which is for terminals; see NO_COLOR, FORCE_COLOR)",
  values: ["auto", "always", "never"],
  parse: (value) => {
    if (value === "auto" || value === "always" || value === "never") return value;
    throw new InvalidArgumentError("It must be auto, always or never.");
  },
};

/** Options of every verb. */
export const COMMON = {
  catalogue: textOption(
    "--catalogue <dir>",
    "the catalogue's directory (default: the current one, or the nearest above with slipway.yaml)",
  ),
  json: flag("--json", "print only one JSON document on standard output"),
  color,
};

/** Of every verb whose output is paged, and before any verb. */
export const PAGER = flag("--no-pager", "do not show long output with $SLIPWAY_PAGER, $PAGER or less");

export const REF = { ref: textOption("--ref <ref>", "read this Git ref (default: the working tree)") };

export const JOBS = { jobs: count("-j, --jobs <n>", "images at the same time (default: one per processor)", 9999) };

export const VERBOSE = { verbose: flag("--verbose", "print the logs of builds, each line with its image") };

export const READ_FROM = {
  readFrom: textOption("--read-from <ref>", "a registry that is only read: images in it are not built again"),
};

export const TLS_VERIFY = {
  tlsVerify: {
    flags: "--tls-verify <bool>",
    description: "false: accept any certificate, or none (default: true)",
    values: ["true", "false"],
    parse: boolean,
  },
};

export const REGISTRY_OPTIONS = {
  registry: textOption("--registry <ref>", "oci:DIR or docker://HOST[:PORT][/PREFIX] (default: slipway.yaml)"),
  ...TLS_VERIFY,
};

export const FRESH = {
  fresh: flag("--fresh", "ask the registry about every image, whatever the state of the catalogue in it says"),
};

/** Options of what a plan compares. */
export const PLAN = {
  ...REGISTRY_OPTIONS,
  ...FRESH,
  base: textOption("--base <ref>", "compare with this Git ref instead of the registry"),
  since: textOption("--since <ref>", "compare with the commit where the head branched off from this branch"),
  head: textOption("--head <ref>", "plan for this Git ref (default: the working tree)"),
};

/** Options of questions about what is in the images. */
export const CONTENTS = {
  ...REGISTRY_OPTIONS,
  ...FRESH,
  ...ISOLATION,
  scan: flag("--scan", "pull and inspect images that have not been inspected yet"),
};

export const CSV = { csv: flag("--csv", "comma-separated values instead of a table") };
