import type { Context } from "../../context.js";
import { CommandError } from "../../exit.js";
import type { DesiredImage } from "../../model/desired.js";
import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import { EXTERNAL, type ImageContents } from "../../model/inventory.js";
import { compareVersions } from "../../packages/versions/compare.js";
import {
  type AdvisoryIndex,
  advisoryKeys,
  affectedKey,
  findVulnerabilities,
  indexAdvisories,
} from "../../policy/vulnerabilities.js";
import { startingPoint } from "../../resolve/starting-point.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import {
  auditFinding,
  ecosystemsOf,
  type ImageInventories,
  loadAdvisories,
  packagesAddedBy,
} from "../contents/contents.js";

/** What is known to be vulnerable of all that an image adds, where policies/vulnerabilities.yaml asks for it (`in-build`). */
export type BuildAudit = (image: DesiredImage, inventories: ImageInventories) => Promise<readonly Diagnostic[]>;

/**
 * For one build: the advisories are read when the first image is looked at, and again only when one has packages that nothing
 * was read about.
 */
export function createBuildAudit(context: Context, loaded: LoadedCatalogue): BuildAudit {
  const policy = loaded.catalogue.vulnerabilities;
  if (!policy?.isInBuild) return async () => [];
  const exceptions = loaded.catalogue.exceptions.filter(({ expires }) => expires >= context.today());
  const keys = new Set<string>();
  let reading: Promise<AdvisoryIndex> = Promise.resolve(new Map());
  const indexFor = (contents: ImageContents): Promise<AdvisoryIndex> => {
    const own = contents.packages.flatMap((found) => advisoryKeys(found, contents.os));
    if (own.every((key) => keys.has(key))) return reading;
    for (const key of own) keys.add(key);
    const wanted = new Set(keys);
    const ecosystems = new Set([...wanted].map((key) => key.slice(0, key.lastIndexOf(" "))));
    const isWanted = ({ affected }: { affected: readonly Parameters<typeof affectedKey>[0][] }) =>
      affected.some((each) => wanted.has(affectedKey(each)));
    reading = loadAdvisories(context, loaded, ecosystems, isWanted).then(({ advisories }) =>
      indexAdvisories(advisories),
    );
    return reading;
  };
  return async (image, inventories) => {
    const contents = contentsOf(image, inventories);
    if (ecosystemsOf([contents]).size === 0) return [];
    try {
      const findings = findVulnerabilities(contents, await indexFor(contents), { policy, compare: compareVersions });
      return findings.flatMap((finding) => auditFinding(finding, { contents, loaded, exceptions }).diagnostic ?? []);
    } catch (error) {
      // Without advisories nothing is known to be sound.
      if (!(error instanceof CommandError)) throw error;
      return [errorAt(policy.source.at("/advisories"), "advisories-missing", error.message, error.hint)];
    }
  };
}

/** What the image brings itself; on an external base all of it, since nobody else has looked. */
function contentsOf(image: DesiredImage, inventories: ImageInventories): ImageContents {
  const { node } = image;
  const { inventory, base } = inventories;
  const isExternal = startingPoint(node).base.type === "external";
  const added = packagesAddedBy(image, inventories).map((found) => ({ ...found, broughtBy: node.name }));
  const below = isExternal && base ? packagesAddedBy(image, { inventory: base, base: undefined }) : [];
  const packages = [...added, ...below.map((found) => ({ ...found, broughtBy: EXTERNAL }))];
  return { image: node.name, from: "image", ...(inventory.os ? { os: inventory.os } : {}), packages };
}
