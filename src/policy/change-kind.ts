import type { ChangeKind } from "../model/roles.js";

/**
 * What a changed path is, relative to the catalogue. Letter case counts, as it does for Git, for GitHub and for Slipway:
 * nothing reads `.GitHub/` or `Images/`, so they are `other`, and CODEOWNERS says the same of them.
 */
export function changeKind(path: string, isBaseImage: (path: string) => boolean): ChangeKind {
  if (path.startsWith("policies/")) return "policy";
  if (path.startsWith(".github/") || isAt(path, "CODEOWNERS", "docs/CODEOWNERS")) return "workflow";
  if (isAt(path, "slipway.yaml", "slipway.yml")) return "settings";
  if (path.startsWith("catalog/")) return "approved-list";
  if (path.startsWith("images/")) return isBaseImage(path) ? "base-image" : "image";
  return isAt(path, "slipway.lock") ? "image" : "other";
}

/** A file, or what is below it where a change makes a directory of it: CODEOWNERS makes no difference there. */
const isAt = (path: string, ...files: readonly string[]) =>
  files.some((file) => path === file || path.startsWith(`${file}/`));
