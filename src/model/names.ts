/** Names that look like strings but must not be mixed up. Brands exist only at compile time. */
type Brand<T, B extends string> = T & { readonly __brand: B };

/** Name of an image of the catalogue: lower-case words joined by `-`, `.` or `_` (the field's repository grammar). */
export type ImageName = Brand<string, "ImageName">;

/** `sha256:` and 64 hex digits (OCI image specification, descriptors). */
export type Digest = Brand<string, "Digest">;

/** 64 hex digits: the hash of every input that can change an image. See resolve/key.ts. */
export type BuildKey = Brand<string, "BuildKey">;

/** `os/architecture`, for instance `linux/amd64`. */
export type Platform = Brand<string, "Platform">;
