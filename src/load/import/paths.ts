import { posix } from "node:path";

/** A path in an image without `.`, doubled slashes and a slash at its end. */
export function absolute(path: string, workdir = "/"): string {
  const normal = posix.normalize(path.startsWith("/") ? path : `${workdir}/${path}`);
  return normal.length > 1 ? normal.replace(/\/$/, "") : normal;
}

/**
 * A path beside a document, without `./` and slashes at its end; `.` is the document's folder, undefined means a path
 * above it.
 */
export function beside(path: string): string | undefined {
  const normal = posix.normalize(path === "" ? "." : path).replace(/\/+$/, "");
  return normal.startsWith("/") || normal === ".." || normal.startsWith("../") ? undefined : normal;
}

export const lastPart = (path: string) => posix.basename(path);
