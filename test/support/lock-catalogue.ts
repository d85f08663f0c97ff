import { loadDesired } from "../../src/app/catalogue/desired.js";
import type { FileTree } from "../../src/load/git/tree.js";
import type { LockedImage, LockedPackage } from "../../src/model/lock.js";
import type { ImageName } from "../../src/model/names.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { lockText } from "../../src/report/lock-text.js";
import { madeFrom, rootDigest } from "../../src/resolve/lock-inputs.js";

/** The lockfile that `slipway lock` would write for these packages; images without packages from `packagesOf` stay open. */
export async function freshLock(
  tree: FileTree,
  packagesOf: (image: string) => readonly LockedPackage[] | undefined,
): Promise<string> {
  const { desired, catalogue } = await loadDesired(tree, builtInTemplates(), { today: "2026-06-01", lock: "ignore" });
  const roots = new Map<ImageName, string>();
  const entries = new Map<ImageName, LockedImage>();
  for (const [name, image] of desired.images) {
    const packages = packagesOf(name);
    if (packages !== undefined) entries.set(name, { madeFrom: madeFrom(image, roots), packages });
    roots.set(name, rootDigest(image, packages, roots));
  }
  const bases = [...catalogue.bases].map(([ref, { digest }]) => [ref, { digest, platforms: new Map() }] as const);
  return lockText(entries, new Map(bases));
}
