import { type Cut, cut } from "../../model/cut.js";
import type { GateBuild, GateImage, PackageDiff, RequiredApproval } from "../../model/gate.js";
import type { ChangeKind } from "../../model/roles.js";
import { reasonText, rowReason } from "../plan-text.js";
import { minutes, plural, size, sizeChange } from "../text.js";
import type { TreeRow } from "./tree.js";

/** Words that the Markdown and the terminal share. Only those of `reasonWords` and `foldPaths` are foreign text. */

const MAX_REASONS = 3;
const MAX_PATHS = 3;

export const KIND_WORDS: Readonly<Record<ChangeKind, string>> = {
  "base-image": "base images",
  "approved-list": "approved packages",
  policy: "policies",
  workflow: "workflows",
  settings: "settings",
  image: "images",
  other: "other files",
};

/** Why an image is in the plan: one text per reason. */
export function reasonWords({ image: { reasons }, depth }: TreeRow): Cut<string> {
  return cut(reasons.map(depth > 0 ? rowReason : reasonText), MAX_REASONS);
}

/** `+1 −0 ~4`; empty: no difference. */
export function packageCounts({ added, removed, changed }: PackageDiff): string {
  if (added.length + removed.length + changed.length === 0) return "";
  return `+${added.length} −${removed.length} ~${changed.length}`;
}

/** The change in size, or the size itself if there is nothing to compare it with. */
export function sizeWords(build: GateBuild | null): string {
  if (build === null || build.bytes === null) return "";
  return build.previousBytes === null ? size(build.bytes) : sizeChange(build.bytes - build.previousBytes);
}

const FAILED: ReadonlyMap<string, string> = new Map([
  ["TEST_FAILED", "test failed"],
  ["BUILD_FAILED", "build failed"],
  ["BOOTSTRAP_FAILED", "build failed"],
  ["DOWNLOAD_FAILED", "download failed"],
  ["HASH_MISMATCH", "a package has the wrong hash"],
  ["PACKAGE_GONE", "a locked package is gone"],
  ["NOT_APPROVED", "not approved"],
]);

export function buildWords({ action, build }: GateImage): string {
  if (build === null) return action === "delete" ? "" : "not built";
  const { outcome, error, seconds } = build;
  if (outcome === "skipped") return "⏭ skipped";
  if (outcome === "failed") return `❌ ${FAILED.get(error?.code ?? "") ?? "failed"}`;
  const time = seconds > 0 ? ` ${minutes(seconds)}` : "";
  if (outcome === "unchanged") return `✅ identical${time}`;
  return `✅${outcome === "retagged" ? " retagged" : ""}${time}`;
}

/** The first paths; if there are many, their directories: `images/a/ (3 files)`. */
export function foldPaths({ paths }: RequiredApproval): Cut<string> {
  if (paths.length <= MAX_PATHS) return { shown: paths, rest: 0 };
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    // The folder of an image, of all policies, or of the lists of one ecosystem.
    const folder = path
      .split("/")
      .slice(0, -1)
      .slice(0, 2)
      .map((part) => `${part}/`)
      .join("");
    const known = folders.get(folder);
    if (known) known.push(path);
    else folders.set(folder, [path]);
  }
  const entries = [...folders].flatMap(([folder, inside]) =>
    folder === "" || inside.length === 1 ? inside : [`${folder} (${plural(inside.length, "file")})`],
  );
  return cut(entries, MAX_PATHS);
}
