import { CONTROL, type Form, HIDDEN } from "./form.js";

const NO_WAY_UP = "(?!(?:.*/)?\\.\\.(?:/|$))";
const PATH_CHARACTER = `[^${CONTROL}${HIDDEN}$"'\\\\\`]`;

export const FILE_MODE: Form = {
  pattern: "^[0-7]{3,4}$",
  patternErrorMessage: "three or four octal digits, for instance `0755`",
};

/**
 * Paths that mean the same here and in CODEOWNERS, which knows neither classes (`[a-z]`) nor escapes, and for which a
 * final `*` means the files of that one directory, not everything below as for Git.
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

/** A path of the catalogue. Whether it stays inside is checked later, with the files at hand. */
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

/** A pattern of absolute paths in an image. */
export const PATH_PATTERN: Form = {
  pattern: `^${NO_WAY_UP}/[^${CONTROL}${HIDDEN}]*$`,
  patternErrorMessage:
    "an absolute path in the image, with `*` for any characters, without `..` and control characters",
  maxLength: 4096,
};
