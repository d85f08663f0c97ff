import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { lineOf } from "../../model/diagnostic.js";
import type { ImageContents } from "../../model/inventory.js";
import type { ImageName } from "../../model/names.js";
import { nearest } from "../../model/nearest.js";
import type { Advisory } from "../../model/vulnerability.js";
import { compareVersions } from "../../packages/versions/compare.js";
import { findVulnerabilities, indexAdvisories } from "../../policy/vulnerabilities.js";
import type { ImpactReport, ImpactReportImage } from "../../report/impact-text.js";
import {
  derivedOf,
  type Impact,
  type ImpactImage,
  imagesOnBase,
  type PackagesByImage,
  packageImpact,
  packagesNamed,
} from "../../resolve/impact.js";
import { impactAdvice } from "../../resolve/impact-advice.js";
import { type ImpactTarget, parseTarget } from "../../resolve/impact-target.js";
import { whyOf } from "../../resolve/package-origin.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { contentsWithRelease, ecosystemsOf, loadAdvisories } from "./audit.js";
import type { ContentsOptions } from "./contents-reader.js";

type Contents = ReadonlyMap<ImageName, ImageContents>;

/** The images that each target reaches. Fails with a usage error where a text is not a target. */
export async function impacts(
  context: Context,
  loaded: LoadedCatalogue,
  options: ContentsOptions,
  texts: readonly string[],
): Promise<readonly ImpactReport[]> {
  const targets = texts.map((text) => ({ text, target: targetOf(text, loaded) }));
  const needsContents = targets.some(({ target: { type } }) => type === "package" || type === "advisory");
  const contents: Contents = needsContents ? await contentsWithRelease(context, loaded, options) : new Map();
  const reports: ImpactReport[] = [];
  for (const { text, target } of targets) {
    const { impact, advice } = await impactOf(target, { context, loaded, contents });
    const images = impact.images.map((image) => imageReport(image, loaded));
    reports.push({ target: text, type: target.type, images, unknown: impact.unknown, advice });
  }
  return reports;
}

function targetOf(text: string, { catalogue }: LoadedCatalogue): ImpactTarget {
  const target = parseTarget(text, catalogue);
  if (target) return target;
  const hint = "PACKAGE, PACKAGE@1.2.3, PACKAGE@1.*, 'PACKAGE@>=1.0 <1.5', an advisory, an image or a base";
  throw new CommandError(EXIT.usage, `${JSON.stringify(text)} is not something to look for`, hint);
}

interface Surroundings {
  readonly context: Context;
  readonly loaded: LoadedCatalogue;
  readonly contents: Contents;
}

async function impactOf(
  target: ImpactTarget,
  { context, loaded, contents }: Surroundings,
): Promise<{ impact: Impact; advice: readonly string[] }> {
  const { graph, catalogue } = loaded;
  if (target.type === "image" || target.type === "base") {
    const names = target.type === "image" ? [target.image] : imagesOnBase(target.base.ref, graph);
    const images = names.map((image): ImpactImage => ({ image, packages: [], derived: derivedOf(image, graph) }));
    return { impact: { images, unknown: [] }, advice: withdrawAdvice(target, loaded) };
  }
  const affected =
    target.type === "package"
      ? affectedByName(target, contents)
      : await affectedByAdvisory(target.id, { context, loaded, contents });
  const impact = packageImpact(affected, contents, graph);
  const advice = impactAdvice(impact.images, { catalogue, graph });
  if (impact.images.length > 0 || target.type === "advisory") return { impact, advice };
  return { impact, advice: nearAdvice(target.name, contents) };
}

function affectedByName({ name, range }: ImpactTarget & { type: "package" }, contents: Contents): PackagesByImage {
  const isMeant = packagesNamed(name, range, compareVersions);
  return new Map(
    [...contents].map(([image, { packages }]) => [
      image,
      packages.filter(isMeant).map((found) => ({ package: found })),
    ]),
  );
}

/** The packages that an advisory affects, whatever the policy says about its severity. */
async function affectedByAdvisory(id: string, { context, loaded, contents }: Surroundings): Promise<PackagesByImage> {
  const wanted = id.toLowerCase();
  const isMeant = (advisory: Advisory) =>
    [advisory.id, ...advisory.aliases, ...advisory.upstream].some((name) => name.toLowerCase() === wanted);
  const { advisories } = await loadAdvisories(context, loaded, ecosystemsOf(contents.values()), isMeant);
  if (advisories.length === 0) {
    const hint = "it may be withdrawn, or newer than the advisories here; package:NAME looks for a package";
    throw new CommandError(EXIT.usage, `${id} is not among the advisories`, hint);
  }
  const index = indexAdvisories(advisories);
  return new Map(
    [...contents].map(([image, each]) => {
      const findings = findVulnerabilities(each, index, { policy: EVERYTHING, compare: compareVersions });
      const byPackage = new Map(findings.map(({ package: one, fixedIn }) => [one, { package: one, fixedIn }]));
      return [image, [...byPackage.values()]];
    }),
  );
}

const EVERYTHING = { unknown: "warn", isFixableOnly: false } as const;

function nearAdvice(name: string, contents: Contents): string[] {
  const all = new Set([...contents.values()].flatMap(({ packages }) => packages.map((found) => found.name)));
  if (all.has(name)) return [];
  const near = nearest(name, all);
  return near === undefined ? [] : [`did you mean ${near}?`];
}

function withdrawAdvice(target: ImpactTarget, { catalogue }: LoadedCatalogue): string[] {
  if (target.type === "image") {
    const definition = catalogue.images.get(target.image);
    if (definition === undefined) return [];
    const at = lineOf(definition.source.at(`${definition.pointer}/metadata`, "key"));
    return [
      `${at}: \`deprecated\` under \`metadata\` warns images that derive from it, and keeps new ones from doing so`,
    ];
  }
  if (target.type !== "base") return [];
  const { source, pointer } = target.base;
  return [`${lineOf(source.at(pointer))}: a new digest rebuilds all of them; \`slipway update\` looks for one`];
}

function imageReport({ image, packages, derived }: ImpactImage, { catalogue }: LoadedCatalogue): ImpactReportImage {
  const versionOf = (name: ImageName) => catalogue.images.get(name)?.version ?? "";
  return {
    image,
    version: versionOf(image),
    packages: packages.map(({ package: { type, name, version, place }, origin, fixedIn }) => ({
      ...{ type, name, version, place, broughtBy: origin.image },
      chain: origin.chain.map((each) => ({ name: each.name, version: each.version, why: whyOf(each) })),
      at: lineOf(origin.at()),
      ...(fixedIn === undefined ? {} : { fixedIn }),
    })),
    derived: derived.map(({ image: name, via, how }) => ({ image: name, version: versionOf(name), via, how })),
  };
}
