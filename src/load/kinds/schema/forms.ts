/** An anchored pattern with its meaning in words, as it continues "`x` must be …". */
export interface Form {
  readonly pattern: string;
  readonly patternErrorMessage: string;
  readonly maxLength?: number;
}

/*
 * First line of defence against text that would become something else where it ends: an option (`-` in front), another
 * Containerfile instruction (line breaks), a reference to a variable (`$`), another path (`..`), or text that a reviewer
 * sees differently than the machine does (bidirectional controls, CVE-2021-42574). Compiled with the flag `u`, so the
 * last range matches lone surrogates only.
 */
const HIDDEN = "\\u0080-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff";
const CONTROL = "\\u0000-\\u001f\\u007f";
/** Control characters but tab and line feed. */
const CONTROL_IN_TEXT = "\\u0000-\\u0008\\u000b-\\u001f\\u007f";
const PORT = "(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
const NO_WAY_UP = "(?!(?:.*/)?\\.\\.(?:/|$))";
const PATH_CHARACTER = `[^${CONTROL}${HIDDEN}$"'\\\\\`]`;

/** Text of several lines. May be empty. */
export const ANY_TEXT: Form = {
  pattern: `^[^${CONTROL_IN_TEXT}${HIDDEN}]*$`,
  patternErrorMessage: "text without control characters",
};

/** One line. May be empty. */
export const LINE: Form = {
  pattern: `^[^${CONTROL}${HIDDEN}]*$`,
  patternErrorMessage: "one line of text without control characters",
};

export const COMMAND: Form = {
  pattern: `^(?=[\\s\\S]*\\S)[^${CONTROL_IN_TEXT}${HIDDEN}]+$`,
  patternErrorMessage: "a command: text that is not empty and holds no control characters",
};

/** The grammar of a repository's path component (OCI distribution specification, pulling manifests). */
export const IMAGE_NAME: Form = {
  pattern: "^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$",
  patternErrorMessage: "lower-case letters and digits, joined by `-`, `.` or `_`",
  maxLength: 128,
};

/** The grammar of a tag (OCI distribution specification), with room for a key of eight digits behind it. */
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

/** Suites have no `:`; addresses may hold dnf's variables. */
export const ARCHIVE_PATTERN: Form = {
  pattern: "^[A-Za-z0-9*][A-Za-z0-9._~:/%+$=,@*-]*$",
  patternErrorMessage: "a suite or the address of a repository, with `*` for any characters",
  maxLength: 1024,
};

export const BYTES: Form = {
  pattern: "^(?:[1-9][0-9]{0,5}(?:\\.[0-9]{1,3})?|0\\.[0-9]{0,2}[1-9])(?:kB|MB|GB)$",
  patternErrorMessage: "a size such as `500MB`, in kB, MB or GB",
};

export const DIAGNOSTIC_CODE: Form = {
  pattern: "^[a-z]+(?:-[a-z]+)*$",
  patternErrorMessage: "the code of a diagnostic, for instance `package-not-approved`",
  maxLength: 64,
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

export const EXTERNAL_REFERENCE: Form = {
  pattern: "^[A-Za-z0-9][A-Za-z0-9._:/@-]*$",
  patternErrorMessage: "an image reference such as `registry.example/name:tag`, or `scratch`",
  maxLength: 512,
};

export const DIGEST: Form = {
  pattern: "^sha256:[0-9a-f]{64}$",
  patternErrorMessage: "`sha256:` and 64 lower-case hexadecimal digits",
};

export const REGISTRY: Form = {
  pattern: `^(?:oci:[^${CONTROL}${HIDDEN}:-][^${CONTROL}${HIDDEN}:]*|docker://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:/[a-z0-9][a-z0-9._/-]*)?)$`,
  patternErrorMessage: "`oci:DIRECTORY` or `docker://HOST[:PORT][/PREFIX]`",
  maxLength: 512,
};

export const PLATFORM: Form = {
  pattern: "^[a-z0-9]+/[a-z0-9_]+(?:/[a-z0-9]+)?$",
  patternErrorMessage: "`os/architecture`, for instance `linux/amd64`",
  maxLength: 64,
};

export const SUITE: Form = {
  pattern: "^[a-z0-9][a-z0-9._/-]*$",
  patternErrorMessage: "the name of a suite of the package archive, for instance `bookworm`",
  maxLength: 64,
};

/** A module's: parts as in an image's name, joined by `/`. */
export const MODULE_NAME: Form = {
  pattern: "^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$",
  patternErrorMessage: "lower-case letters and digits, joined by `-`, `.`, `_` or `/`",
  maxLength: 128,
};

/** It stands behind AS in a Containerfile. A digit in front would be the number of a stage. */
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

/** No user or password: an address is read by everybody. */
export const DOWNLOAD_URL: Form = {
  pattern: "^https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[A-Za-z0-9._~/%!$&'()*+,;=:@?-]*$",
  patternErrorMessage: "an address `https://host/path` without user and password",
  maxLength: 2048,
};

/** The beginning of addresses: at a `/`, so that no other host begins with it. */
export const URL_PREFIX: Form = {
  pattern: "^https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/(?:[A-Za-z0-9._~/%!$&'()*+,;=:@-]*/)?$",
  patternErrorMessage: "the beginning of an address, `https://host/` or `https://host/path/`, with `/` at its end",
  maxLength: 2048,
};

export const SHA256: Form = {
  pattern: "^[0-9a-f]{64}$",
  patternErrorMessage: "64 lower-case hexadecimal digits",
};

/** A duration of Go, as Docker's HEALTHCHECK takes it. */
export const DURATION: Form = {
  pattern: "^(?=.*[1-9]|0)(?:[0-9]{1,6}(?:\\.[0-9]{1,6})?(?:h|ms|m|s))+$",
  patternErrorMessage: "a duration such as `30s`, `1m30s` or `500ms`",
  maxLength: 32,
};

export const NONE: Form = {
  pattern: "^none$",
  patternErrorMessage: "`none`, or a mapping with `command`",
};

export const HOST: Form = {
  pattern: "^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$",
  patternErrorMessage: "the name or the IPv4 address of a host",
  maxLength: 253,
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

/** Linux user and group names (useradd(8)) or numbers. */
export const OWNER: Form = {
  pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?$",
  patternErrorMessage: "`user` or `user:group`, as names or numbers",
  maxLength: 128,
};

export const FILE_MODE: Form = {
  pattern: "^[0-7]{3,4}$",
  patternErrorMessage: "three or four octal digits, for instance `0755`",
};

/** A reason: what a person wrote for people. */
export const REASON: Form = {
  pattern: `^(?=[\\s\\S]*\\S)[^${CONTROL_IN_TEXT}${HIDDEN}]+$`,
  patternErrorMessage: "text that is not empty and holds no control characters",
  maxLength: 1000,
};

/*
 * GitHub's logins: letters, digits and single hyphens between them; those that an enterprise manages end in `_` and its short
 * code. Applications (`name[bot]`) are none: they own and approve nothing.
 */
const LOGIN_NAME = "[A-Za-z0-9](?:-?[A-Za-z0-9])*(?:_[A-Za-z0-9]+)?";
const TEAM_NAME = `[A-Za-z0-9](?:-?[A-Za-z0-9])*/[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?`;

export const LOGIN: Form = {
  pattern: `^${LOGIN_NAME}$`,
  patternErrorMessage: "a person's login: letters, digits and single hyphens, without `@`",
  maxLength: 39,
};

export const TEAM: Form = {
  pattern: `^${TEAM_NAME}$`,
  patternErrorMessage: "`organisation/team`, the team as its address has it: lower-case letters, digits, `-` and `_`",
  maxLength: 140,
};

/** Who answers for something. */
export const MENTION: Form = {
  pattern: `^@(?:${LOGIN_NAME}|${TEAM_NAME})$`,
  patternErrorMessage: "`@login` or `@organisation/team`",
  maxLength: 140,
};

/** Whether the month has so many days is found out when the value is read. */
export const DAY: Form = {
  pattern: "^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$",
  patternErrorMessage: "a day as `YYYY-MM-DD`",
};

/**
 * Paths that mean the same here and in CODEOWNERS, which knows neither classes (`[a-z]`) nor escapes, and takes `*` alone at
 * the end for the files of that one directory where Git takes all below.
 */
export const OWNED_PATH: Form = {
  pattern: `^(?! )(?!.*\\*\\*)(?!(?:.*/)?\\*$)[^${CONTROL}${HIDDEN}?#\\[\\]\\\\]*[^${CONTROL}${HIDDEN}?#\\[\\]\\\\ ]$`,
  patternErrorMessage:
    "a path with `/` at its end for a directory; `*` stands for a part of one name; no `**`, `?`, `#`, `[`, `]` and `\\`",
  maxLength: 1024,
};

/** A directory of the catalogue, inside of it. */
export const ADVISORY_DIRECTORY: Form = {
  pattern: `^(?!/)${NO_WAY_UP}(?!\\.(?:/|$))[^${CONTROL}${HIDDEN}\\\\]+(?<!/)$`,
  patternErrorMessage: "a path inside of the catalogue, without `..` and without `/` at its ends",
  maxLength: 1024,
};

/** A name under which a vulnerability is known: a CVE, or a database's own. */
export const ADVISORY_ID: Form = {
  pattern: "^[A-Z][A-Za-z0-9]*-[A-Za-z0-9:._-]*[A-Za-z0-9]$",
  patternErrorMessage: "the name of an advisory, for instance `CVE-2026-1234` or `GHSA-xxxx-xxxx-xxxx`",
  maxLength: 128,
};

/** A path of the catalogue. Whether it stays inside is found out with the files at hand. */
export const CATALOGUE_PATH: Form = {
  pattern: `^[^${CONTROL}${HIDDEN}]+$`,
  patternErrorMessage: "a path without control characters",
  maxLength: 4096,
};

export const ABSOLUTE_PATH: Form = {
  pattern: `^${NO_WAY_UP}/${PATH_CHARACTER}*$`,
  patternErrorMessage: "an absolute path in the image, without `..`, quotes, `$`, `\\` and control characters",
  maxLength: 4096,
};

export const TARGET_PATH: Form = {
  pattern: `^${NO_WAY_UP}${PATH_CHARACTER}+$`,
  patternErrorMessage: "a path in the image, without `..`, quotes, `$`, `\\` and control characters",
  maxLength: 4096,
};

/** A token of RFC 9110 in the letters that methods have. */
export const HTTP_METHOD: Form = {
  pattern: "^(?!CONNECT$)[A-Z]+(?:-[A-Z]+)*$",
  patternErrorMessage: "a method of HTTP in capitals, for instance `POST`, and not `CONNECT`",
  maxLength: 32,
};

export const HEADER_NAME: Form = {
  pattern: "^[A-Za-z0-9][A-Za-z0-9-]*$",
  patternErrorMessage: "the name of a header: letters, digits and `-`",
  maxLength: 128,
};

/** Path and query of RFC 3986; what else there is must be percent-encoded by who writes it. */
export const REQUEST_PATH: Form = {
  pattern: "^/[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*$",
  patternErrorMessage: "a path beginning with `/`, without spaces and fragment",
  maxLength: 8000,
};

export const PORT_AND_PROTOCOL: Form = {
  pattern: `^${PORT}(?:/(?:tcp|udp|sctp))?$`,
  patternErrorMessage: "a port from 1 to 65535, with `/udp` or `/sctp` where it is not TCP",
};

export const SIGNAL: Form = {
  pattern: "^(?:SIG[A-Z][A-Z0-9]*(?:[+-][0-9]+)?|[1-9][0-9]?)$",
  patternErrorMessage: "the name of a signal such as `SIGTERM`, or its number",
};

/** The name of a section of dnf's configuration; `main` is its own. */
export const REPOSITORY_NAME: Form = {
  pattern: "^(?!main$)[A-Za-z0-9][A-Za-z0-9._-]*$",
  patternErrorMessage: "letters, digits, `.`, `_` and `-`, beginning with a letter or digit, and not `main`",
  maxLength: 64,
};

/** Without a password: it would stand in the image's recipe. */
export const REPOSITORY_URL: Form = {
  pattern: "^https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~%+$=,@-]*)*$",
  patternErrorMessage: "a URL such as `https://packages.example/$releasever/$basearch/`",
  maxLength: 1024,
};

export const RELEASEVER: Form = {
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$",
  patternErrorMessage: "a release such as `5.0`: letters, digits, `.`, `_` and `-`",
  maxLength: 32,
};
