import type { Context } from "../../context.js";
import { CommandError } from "../../exit.js";
import type { DesiredImage } from "../../model/desired.js";
import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import { EXTERNAL, type ImageContents } from "../../model/inventory.js";
import type { Advisory } from "../../model/vulnerability.js";
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

/** Finds the known vulnerabilities of all that an image adds, where policies/vulnerabilities.yaml asks for it (`in-build`). */
export type BuildAudit = (image: DesiredImage, inventories: ImageInventories) => Promise<readonly Diagnostic[]>;

/**
 * The audit of one build. The advisories are read for the first image, and again only for an image with packages that none have
 * been read for.
 */
export function createBuildAudit(context: Context, loaded: LoadedCatalogue): BuildAudit {
  const policy = loaded.catalogue.vulnerabilities;
  if (!policy?.isInBuild) return async () => [];
  const exceptions = loaded.catalogue.exceptions.filter(({ expires }) => expires >= context.today());
  const keys = new Set<string>();
  let index: Promise<AdvisoryIndex> = Promise.resolve(new Map());
  const indexFor = (contents: ImageContents): Promise<AdvisoryIndex> => {
    const imageKeys = contents.packages.flatMap((entry) => advisoryKeys(entry, contents.os));
    if (imageKeys.every((key) => keys.has(key))) return index;
    for (const key of imageKeys) keys.add(key);
    // A copy: another image may add its keys while these advisories are read.
    const readKeys = new Set(keys);
    const ecosystems = new Set([...readKeys].map((key) => key.slice(0, key.lastIndexOf(" "))));
    const isRelevant = ({ affected }: Advisory) => affected.some((each) => readKeys.has(affectedKey(each)));
    index = loadAdvisories(context, loaded, ecosystems, isRelevant).then(({ advisories }) =>
      indexAdvisories(advisories),
    );
    return index;
  };
  return async (image, inventories) => {
    const contents = contentsOf(image, inventories);
    if (ecosystemsOf([contents]).size === 0) return [];
    try {
      const findings = findVulnerabilities(contents, await indexFor(contents), { policy, compare: compareVersions });
      return findings.flatMap((finding) => auditFinding(finding, { contents, loaded, exceptions }).diagnostic ?? []);
    } catch (error) {
      // Without advisories no image can be called sound.
      if (!(error instanceof CommandError)) throw error;
      return [errorAt(policy.source.at("/advisories"), "advisories-missing", error.message, error.hint)];
    }
  };
}

/** What the image itself adds; on an external base also what that has, since no other image is audited for it. */
function contentsOf(image: DesiredImage, inventories: ImageInventories): ImageContents {
  const { node } = image;
  const { inventory, base } = inventories;
  const isExternal = startingPoint(node).base.type === "external";
  const added = packagesAddedBy(image, inventories).map((entry) => ({ ...entry, broughtBy: node.name }));
  const external = isExternal && base ? packagesAddedBy(image, { inventory: base, base: undefined }) : [];
  const packages = [...added, ...external.map((entry) => ({ ...entry, broughtBy: EXTERNAL }))];
  return { image: node.name, from: "image", ...(inventory.os ? { os: inventory.os } : {}), packages };
}
