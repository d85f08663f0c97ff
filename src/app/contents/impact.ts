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
  type Affected,
  derivedOf,
  type Impact,
  type ImpactImage,
  imagesOnBase,
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

/** What a target reaches. Fails with a usage error where the target is none. */
export async function impacts(
  context: Context,
  loaded: LoadedCatalogue,
  options: ContentsOptions,
  texts: readonly string[],
): Promise<readonly ImpactReport[]> {
  const targets = texts.map((text) => ({ text, target: targetOf(text, loaded) }));
  const isAbout = ({ target }: (typeof targets)[number]) => target.type === "package" || target.type === "advisory";
  const contents: Contents = targets.some(isAbout) ? await contentsWithRelease(context, loaded, options) : new Map();
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
  throw new CommandError(EXIT.usage, `${JSON.stringify(text)} is nothing that can be looked for`, hint);
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

function affectedByName({ name, range }: ImpactTarget & { type: "package" }, contents: Contents): Affected {
  const isMeant = packagesNamed(name, range, compareVersions);
  return new Map(
    [...contents].map(([image, { packages }]) => [
      image,
      packages.filter(isMeant).map((found) => ({ package: found })),
    ]),
  );
}

/** By the advisories alone: what the policy thinks of them does not matter here. */
async function affectedByAdvisory(id: string, { context, loaded, contents }: Surroundings): Promise<Affected> {
  const wanted = id.toLowerCase();
  const isMeant = (advisory: Advisory) =>
    [advisory.id, ...advisory.aliases, ...advisory.upstream].some((name) => name.toLowerCase() === wanted);
  const { advisories } = await loadAdvisories(context, loaded, ecosystemsOf(contents.values()), isMeant);
  if (advisories.length === 0) {
    const hint = "it may be withdrawn, or newer than they are; package:NAME asks for a package";
    throw new CommandError(EXIT.usage, `the advisories know no ${id}`, hint);
  }
  const index = indexAdvisories(advisories);
  return new Map(
    [...contents].map(([image, each]) => {
      const findings = findVulnerabilities(each, index, { policy: EVERYTHING, compare: compareVersions });
      const found = new Map(findings.map(({ package: one, fixedIn }) => [one, { package: one, fixedIn }]));
      return [image, [...found.values()]];
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
    return [`${at}: \`deprecated\` below \`metadata\` warns all that derive from it, and keeps others from it`];
  }
  if (target.type !== "base") return [];
  const { source, pointer } = target.base;
  return [`${lineOf(source.at(pointer))}: another digest builds all of them again; \`slipway update\` looks for one`];
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
