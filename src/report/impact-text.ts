import { printable } from "./printable.js";
import { plural, unknownContents } from "./text.js";

/** What `slipway impact --json` prints for one target. */
export interface ImpactReport {
  readonly target: string;
  readonly type: "package" | "advisory" | "image" | "base";
  readonly images: readonly ImpactReportImage[];
  /** Images that are neither built nor in the lock. */
  readonly unknown: readonly string[];
  readonly advice: readonly string[];
}

export interface ImpactReportImage {
  readonly image: string;
  readonly version: string;
  readonly packages: readonly ImpactReportPackage[];
  readonly derived: readonly {
    readonly image: string;
    readonly version: string;
    readonly via: readonly string[];
    readonly how: "derives" | "copies";
  }[];
}

export interface ImpactReportPackage {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly place: string;
  /** The image that brought it, or the first image on the external base that contains it. */
  readonly broughtBy: string;
  /** From the requested package to the package itself, which is the last. */
  readonly chain: readonly ImpactReportStep[];
  /** `file:line` of the definition. */
  readonly at: string;
  readonly fixedIn?: string;
}

export interface ImpactReportStep {
  readonly name: string;
  readonly version: string;
  readonly why: "asked" | "needed" | "system" | "locked" | "unasked" | "base";
}

const WORDS: Readonly<Record<ImpactReportStep["why"], string>> = {
  asked: "asks for",
  needed: "has",
  system: "makes a system with",
  locked: "has, by slipway.lock,",
  unasked: "brings, by `setup` or an artifact,",
  base: "starts from a base with",
};

/** Images that inherit a package from another one are shown below that one only. */
export function impactText(report: ImpactReport): string {
  const { target, images, unknown, advice } = report;
  const none = unknown.length === 0 ? "in no image" : "in no image whose contents are known";
  const count = images.length === 0 ? none : `in ${plural(images.length, "image")}`;
  const has = new Set(images.map(({ image }) => image));
  const blocks = images.flatMap((image) => imageText(image, report, has));
  const head = report.type === "image" || report.type === "base" ? "" : `${printable(target)} is ${count}.\n`;
  return [
    ...(head === "" ? [] : [head]),
    ...blocks,
    ...unknownContents(unknown).map((line) => `${line}\n`),
    ...(advice.length > 0 ? [adviceText(images.length > 0, advice)] : []),
  ].join("\n");
}

function adviceText(isReached: boolean, advice: readonly string[]): string {
  const lines = advice.map((line) => `${isReached ? "  " : ""}${printable(line)}\n`).join("");
  return isReached ? `What to change:\n${lines}` : lines;
}

function imageText(image: ImpactReportImage, { type, unknown }: ImpactReport, has: ReadonlySet<string>): string[] {
  const ownPackages = image.packages.filter(({ broughtBy }) => broughtBy === image.image || !has.has(broughtBy));
  if (image.packages.length > 0 && ownPackages.length === 0) return [];
  const isAboutPackages = type === "package" || type === "advisory";
  const derived = image.derived.map(({ image: name, version, via, how }) => {
    const mark = how === "copies" ? " (copies from it)" : "";
    const missing = !isAboutPackages || has.has(name) || how === "copies" ? "" : notIn(unknown.includes(name));
    return `  ${"  ".repeat(via.length)}→ ${name} ${version}${mark}${missing}`;
  });
  const none = derived.length === 0 && !isAboutPackages ? ["  nothing is built from it"] : [];
  return [[`${image.image} ${image.version}`, ...ownPackages.map(packageText), ...derived, ...none, ""].join("\n")];
}

const notIn = (isUnknown: boolean) => (isUnknown ? " (unknown)" : " (no longer has it)");

function packageText({ type, place, chain, at, broughtBy, fixedIn }: ImpactReportPackage): string {
  const way = chain.map((each) => `${each.name} ${each.version}`).join(" → ");
  const fix = fixedIn === undefined ? "" : `; fixed in ${fixedIn}`;
  return printable(`  ${at}: ${broughtBy} ${WORDS[chain[0]?.why ?? "needed"]} ${way} (${type}, ${place}${fix})`);
}
