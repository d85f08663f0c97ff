/**
 * Bytes. Checked before reading: a larger YAML file is never opened. The largest sensible approved list is well
 * below.
 */
export const MAX_YAML_BYTES = 1024 * 1024;

/** Bytes of a template. It becomes one instruction, and Buildah reads no line that is longer. */
export const MAX_TEMPLATE_BYTES = 64 * 1024;

/** Bytes of slipway.lock: twenty packages in each of 10,000 images. */
export const MAX_LOCK_BYTES = 64 * 1024 * 1024;

/** Levels of nested lists and mappings. A definition needs four. */
export const MAX_YAML_DEPTH = 64;

/** Files of one catalogue, artifacts included. */
export const MAX_FILES = 100_000;

/** Bytes of a symbolic link's target (PATH_MAX of Linux). */
export const MAX_LINK_BYTES = 4096;

/** If a file has more problems than this, they have one cause; a last diagnostic sums up the rest. */
export const MAX_PROBLEMS_PER_FILE = 100;
