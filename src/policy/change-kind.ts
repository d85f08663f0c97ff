import type { ChangeKind } from "../model/roles.js";

/**
 * The kind of a changed path, relative to the catalogue. Letter case counts, as it does for Git, GitHub and Slipway: nothing
 * reads `.GitHub/` or `Images/`, so they are `other`, in CODEOWNERS as well.
 */
export function changeKind(path: string, isBaseImage: (path: string) => boolean): ChangeKind {
  if (path.startsWith("policies/")) return "policy";
  if (path.startsWith(".github/") || isAt(path, "CODEOWNERS", "docs/CODEOWNERS")) return "workflow";
  if (isAt(path, "slipway.yaml", "slipway.yml")) return "settings";
  if (path.startsWith("catalog/")) return "approved-list";
  if (path.startsWith("images/")) return isBaseImage(path) ? "base-image" : "image";
  return isAt(path, "slipway.lock") ? "image" : "other";
}

/** Whether a path is one of these files, or below one that a change turns into a directory: CODEOWNERS treats both alike. */
const isAt = (path: string, ...files: readonly string[]) =>
  files.some((file) => path === file || path.startsWith(`${file}/`));
