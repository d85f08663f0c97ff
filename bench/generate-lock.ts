import { createHash } from "node:crypto";
import { loadDesired } from "../src/app/catalogue/desired.js";
import { openGitTree } from "../src/load/git/commit-tree.js";
import type { LockedImage, LockedPackage } from "../src/model/lock.js";
import type { ImageName } from "../src/model/names.js";
import { builtInTemplates } from "../src/render/templates.js";
import { lockText } from "../src/report/lock-text.js";
import { madeFrom, rootDigest } from "../src/resolve/lock-inputs.js";
import { importCommits } from "./generate-catalogue.js";

/** How many packages every image installs; one image in a hundred also installs the package that changes. */
const PACKAGES = 8;
const RARE = 100;

/** The one-file changes of a catalogue with a lockfile: another definition, or one package in the lockfile. */
export const LOCK_VARIANTS = ["locked-leaf", "locked-package"] as const;

/** Adds branches to a generated repository: `main` and `leaf` with a slipway.lock, and `main` with one locked package bumped. */
export async function addLock(directory: string): Promise<void> {
  const before = await lockWith(directory, "1.0");
  const { leaf, text } = await leafOf(directory);
  importCommits(directory, [
    ["locked", "main", [["slipway.lock", before]]],
    ["locked-leaf", "locked", [[leaf, text]]],
    ["locked-package", "locked", [["slipway.lock", await lockWith(directory, "1.1")]]],
  ]);
}

/** The file that the branch `leaf` changes: the definition of the last image. */
async function leafOf(directory: string): Promise<{ readonly leaf: string; readonly text: string }> {
  const tree = await openGitTree(directory, "leaf");
  const leaf =
    [...tree.files.keys()]
      .filter((path) => path.endsWith("image.yaml"))
      .sort(byNumber)
      .at(-1) ?? "";
  let text = "";
  await tree.read([leaf], (_, content) => {
    text = content.toString("utf8");
  });
  return { leaf, text };
}

const numberOf = (path: string) => Number(/([0-9]+)(?:\/image\.yaml)?$/.exec(path)?.[1] ?? 0);
const byNumber = (a: string, b: string) => numberOf(a) - numberOf(b);

async function lockWith(directory: string, rare: string): Promise<string> {
  const tree = await openGitTree(directory, "main");
  const { desired } = await loadDesired(tree, builtInTemplates(), { today: "2026-01-01", lock: "ignore" });
  const roots = new Map<ImageName, string>();
  const entries = new Map<ImageName, LockedImage>();
  for (const [name, image] of desired.images) {
    const packages = closure(numberOf(name), rare);
    entries.set(name, { madeFrom: madeFrom(image, roots), packages });
    roots.set(name, rootDigest(image, packages, roots));
  }
  return lockText(entries, new Map());
}

function closure(index: number, rare: string): LockedPackage[] {
  const common = Array.from({ length: PACKAGES }, (_, place) =>
    locked(`lib${(index * 7 + place * 31) % 300}`, "15.18-0"),
  );
  return index % RARE === RARE / 2 ? [...common, locked("rare", rare)] : common;
}

function locked(name: string, version: string): LockedPackage {
  const sha256 = createHash("sha256").update(`${name} ${version}`).digest("hex");
  const file = `${name}_${version}_amd64.deb`;
  return { manager: "apt", name, version, arch: "amd64", file, size: 117236, sha256, license: "MIT", why: ["x"] };
}
