import type { Form } from "./form.js";

/** apt's, rpm's, apk's, pip's (with extras) and npm's (with scope) names. */
export const PACKAGE_NAME: Form = {
  pattern:
    "^@?[A-Za-z0-9][A-Za-z0-9+._~-]*(?:/[A-Za-z0-9][A-Za-z0-9+._~-]*)*(?::[A-Za-z0-9][A-Za-z0-9._-]*|\\[[A-Za-z0-9,._-]+\\])?$",
  patternErrorMessage: "a package name: letters, digits and `+ . _ ~ - / : @`, beginning with a letter, a digit or `@`",
  maxLength: 214,
};

export const PACKAGE_VERSION: Form = {
  pattern: "^[A-Za-z0-9][A-Za-z0-9+.~:_^!-]*$",
  patternErrorMessage: "an exact version: letters, digits and `+ . ~ : _ ^ ! -`, beginning with a letter or digit",
  maxLength: 128,
};

export const VERSION_PATTERN: Form = {
  pattern: "^[A-Za-z0-9*][A-Za-z0-9+.~:_^!*-]*$",
  patternErrorMessage: "a version, with `*` for any characters, beginning with a letter, a digit or `*`",
  maxLength: 128,
};

/** Suites have no `:`; addresses may contain dnf's variables. */
export const ARCHIVE_PATTERN: Form = {
  pattern: "^[A-Za-z0-9*][A-Za-z0-9._~:/%+$=,@*-]*$",
  patternErrorMessage: "a suite or the address of a repository, with `*` for any characters",
  maxLength: 1024,
};

export const LICENSE_PATTERN: Form = {
  pattern: "^[A-Za-z0-9*][A-Za-z0-9.+:*-]*(?: WITH [A-Za-z0-9*][A-Za-z0-9.*-]*)?$",
  patternErrorMessage:
    "an SPDX licence identifier, with `*` for any characters, or one `WITH` an exception; no `AND`, no `OR`",
  maxLength: 128,
};

export const LICENSE: Form = {
  pattern: "^[A-Za-z0-9(][A-Za-z0-9.+():/ -]*$",
  patternErrorMessage: "an SPDX licence expression, for instance `MIT OR Apache-2.0`",
  maxLength: 500,
};

export const SUITE: Form = {
  pattern: "^[a-z0-9][a-z0-9._/-]*$",
  patternErrorMessage: "the name of a suite of the package archive, for instance `bookworm`",
  maxLength: 64,
};

/** A name under which a vulnerability is known: a CVE, or a database's own. */
export const ADVISORY_ID: Form = {
  pattern: "^[A-Z][A-Za-z0-9]*-[A-Za-z0-9:._-]*[A-Za-z0-9]$",
  patternErrorMessage: "the name of an advisory, for instance `CVE-2026-1234` or `GHSA-xxxx-xxxx-xxxx`",
  maxLength: 128,
};

export const RELEASEVER: Form = {
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$",
  patternErrorMessage: "a release such as `5.0`: letters, digits, `.`, `_` and `-`",
  maxLength: 32,
};
