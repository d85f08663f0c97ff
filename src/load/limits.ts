/** Bytes. Read before the file: a YAML file above it is never opened. The largest sensible approved list is well below. */
export const MAX_YAML_BYTES = 1024 * 1024;

/** Bytes of a template. It becomes one instruction, of which Buildah reads no line that is longer. */
export const MAX_TEMPLATE_BYTES = 64 * 1024;

/** Bytes of slipway.lock: twenty packages in each of 10,000 images. */
export const MAX_LOCK_BYTES = 64 * 1024 * 1024;

/** Levels of nested lists and mappings. A definition needs four. */
export const MAX_YAML_DEPTH = 64;

/** Files of one catalogue, artifacts included. */
export const MAX_FILES = 100_000;

/** Bytes of a symbolic link's target (PATH_MAX of Linux). */
export const MAX_LINK_BYTES = 4096;

/** A file with more problems than this has one cause; the rest is summed up in a last diagnostic. */
export const MAX_PROBLEMS_PER_FILE = 100;
