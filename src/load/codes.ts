/** Every diagnostic code of the load stage with its explanation. The codes are stable; docs/diagnostics.md is generated from here. */
export const LOAD_CODES = {
  "file-too-large": "A YAML file is larger than 1 MiB. It is not read.",
  "not-text": "A YAML file holds a NUL byte or bytes that are not UTF-8.",
  "not-a-file": "A definition or list is a symbolic link. It must be a regular file.",
  "file-name": "A file name is not UTF-8. The file is left out.",
  "ignored-file": "A YAML file stands where nothing reads it, probably because of a mistyped name.",
  "yaml-syntax": "The file is not valid YAML.",
  "yaml-depth": "Lists and mappings are nested more than 64 levels deep.",
  "yaml-alias":
    "A YAML alias (`*name`) or merge key (`<<`) is used. Write the value out: aliases can expand without bounds.",
  "yaml-tag": "A YAML tag (`!name`) is used. Every value is plain text, a list or a mapping.",
  "yaml-document": "A file holds more than one YAML document, or none.",
  "yaml-key": "A mapping key is a list or a mapping.",
  "duplicate-key": "A key stands twice in one mapping.",
  "unknown-key": "A key is not part of the format.",
  "onbuild-refused":
    "`onbuild` is refused: it would run in images whose definitions do not show it. What images have in common is a module.",
  "missing-key": "A required key is missing.",
  "exclusive-keys": "Keys that exclude each other are used together.",
  "wrong-type": "A value is a list where a mapping is expected, and so on.",
  "invalid-value": "A value is not one of those allowed, or does not have the required form.",
  "duplicate-name": "A name stands twice in one list.",
  "duplicate-image": "Two definitions use the same image name.",
  "duplicate-package": "A package is approved twice for the same operating system or language.",
  "duplicate-base": "An external base image is listed twice.",
  "duplicate-definition": "A folder has both image.yaml and image.yml.",
  "artifact-target": "An artifact does not say where in the image it goes, or says it twice.",
  "artifact-missing": "An artifact's path names nothing in the catalogue. Git keeps no empty directories.",
  "artifact-outside": "An artifact's path, or a symbolic link in it, leads out of the catalogue.",
  "artifact-loop": "An artifact's path runs through symbolic links that lead back to themselves.",
  "no-administrator": "policies/roles.yaml names nobody as administrator, so nobody could approve what is protected.",
  "protected-path":
    "A path of policies/roles.yaml is not one inside the catalogue, or may give away what belongs to administrators.",
  "too-many-problems": "A file has more than 100 problems; only the first are shown.",
} as const;

export type LoadCode = keyof typeof LOAD_CODES;
