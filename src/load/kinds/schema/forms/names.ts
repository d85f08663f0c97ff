import type { Form } from "./form.js";

/** The grammar of a repository's path component (OCI distribution specification, pulling manifests). */
export const IMAGE_NAME: Form = {
  pattern: "^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$",
  patternErrorMessage: "lower-case letters and digits, joined by `-`, `.` or `_`",
  maxLength: 128,
};

/** The grammar of a tag (OCI distribution specification), with room for eight digits of a key after it. */
export const IMAGE_VERSION: Form = {
  pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]*$",
  patternErrorMessage: "letters, digits, `.`, `_` and `-`, beginning with a letter or digit",
  maxLength: 100,
};

/** A language or operating system: it is part of a file name. */
export const SCOPE: Form = {
  pattern: "^[a-z0-9][a-z0-9+._-]*$",
  patternErrorMessage: "lower-case letters, digits, `+`, `.`, `_` and `-`, beginning with a letter or digit",
  maxLength: 64,
};

/** It becomes part of a branch's name. */
export const GROUP_NAME: Form = {
  pattern: "^[a-z0-9]+(?:-[a-z0-9]+)*$",
  patternErrorMessage: "lower-case letters and digits, joined by `-`",
  maxLength: 64,
};

export const NAME_PATTERN: Form = {
  pattern: "^[A-Za-z0-9@*][A-Za-z0-9+._~/:@*-]*$",
  patternErrorMessage: "the name of a package or the reference of a base, with `*` for any characters",
  maxLength: 512,
};

export const IMAGE_PATTERN: Form = {
  pattern: "^[a-z0-9*](?:[a-z0-9._*-]*[a-z0-9*])?$",
  patternErrorMessage: "the name of an image, with `*` for any characters",
  maxLength: 128,
};

export const DIAGNOSTIC_CODE: Form = {
  pattern: "^[a-z]+(?:-[a-z]+)*$",
  patternErrorMessage: "the code of a diagnostic, for instance `package-not-approved`",
  maxLength: 64,
};

/** A module's: parts as in an image's name, joined by `/`. */
export const MODULE_NAME: Form = {
  pattern: "^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$",
  patternErrorMessage: "lower-case letters and digits, joined by `-`, `.`, `_` or `/`",
  maxLength: 128,
};

/** It follows AS in a Containerfile, where a leading digit would be the number of a stage. */
export const STAGE_NAME: Form = {
  pattern: "^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$",
  patternErrorMessage: "lower-case letters and digits, joined by `-` or `_`, beginning with a letter",
  maxLength: 64,
};

export const STAGE_OR_IMAGE: Form = {
  ...IMAGE_NAME,
  patternErrorMessage: "the name of an earlier stage or of an image of the catalogue",
};

export const AXIS_NAME: Form = {
  pattern: "^[a-z][a-z0-9_-]*$",
  patternErrorMessage: "lower-case letters, digits, `_` and `-`, beginning with a letter",
  maxLength: 64,
};

export const ENV_NAME: Form = {
  pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
  patternErrorMessage: "letters, digits and `_`, not beginning with a digit",
  maxLength: 256,
};

/** Wider than the OCI annotation rules, which only recommend reverse domain notation. */
export const LABEL_NAME: Form = {
  pattern: "^[A-Za-z0-9][A-Za-z0-9._/-]*$",
  patternErrorMessage: "letters, digits, `.`, `_`, `/` and `-`, beginning with a letter or digit",
  maxLength: 256,
};

/** The name of a section of dnf's configuration; `main` is its own. */
export const REPOSITORY_NAME: Form = {
  pattern: "^(?!main$)[A-Za-z0-9][A-Za-z0-9._-]*$",
  patternErrorMessage: "letters, digits, `.`, `_` and `-`, beginning with a letter or digit, and not `main`",
  maxLength: 64,
};
