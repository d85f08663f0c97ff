import { posix } from "node:path";
import type { YamlValue } from "../yaml/value.js";
import { asText } from "./value.js";

export type ArtifactTarget =
  | { readonly path: string; readonly problem?: undefined }
  | { readonly problem: string; readonly hint: string };

/**
 * Where an artifact goes: `dest` is a directory and `target` a name in it, as in descriptor-based builders (CEKit,
 * artifacts); `target` alone is the whole path. With `/` at its end the result is a directory to copy into.
 */
export function artifactTarget(target: YamlValue | undefined, dest: YamlValue | undefined): ArtifactTarget {
  const name = asText(target);
  const directory = asText(dest);
  if (name === "") return { path: posix.normalize(`${directory}/`) };
  const absolute = name.startsWith("/");
  if (directory === "") {
    if (absolute) return { path: posix.normalize(name) };
    return {
      problem: "`target` must be an absolute path where there is no `dest`",
      hint: "add `dest`, the directory in the image",
    };
  }
  if (absolute)
    return {
      problem: "`target` must be relative where there is a `dest`",
      hint: "remove `dest`, or the `/` in front of `target`",
    };
  return { path: posix.normalize(`${directory}/${name}`) };
}
