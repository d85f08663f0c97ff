import type { ChangeKind } from "../model/roles.js";

/**
 * What a changed path is, relative to the catalogue. Letter case counts, as it does for Git, for GitHub and for Slipway:
 * nothing reads `.GitHub/` or `Images/`, so they are `other`, and CODEOWNERS says the same of them.
 */
export function changeKind(path: string, isBaseImage: (path: string) => boolean): ChangeKind {
  if (path.startsWith("policies/")) return "policy";
  if (path.startsWith(".github/") || path === "CODEOWNERS" || path === "docs/CODEOWNERS") return "workflow";
  if (path === "slipway.yaml" || path === "slipway.yml") return "settings";
  if (path.startsWith("catalog/")) return "approved-list";
  if (path.startsWith("images/")) return isBaseImage(path) ? "base-image" : "image";
  return path === "slipway.lock" ? "image" : "other";
}
