import type { ImageContents, OwnedPackage } from "../model/inventory.js";
import { normalName } from "../model/package-types.js";
import type {
  Advisory,
  AffectedPackage,
  CompareVersions,
  Finding,
  Rating,
  StatedSeverity,
  VulnerabilityPolicy,
} from "../model/vulnerability.js";
import { RATINGS } from "../model/vulnerability.js";
import { affectedVersion } from "./affected.js";
import { baseOf, ecosystemOf, isOfEcosystem } from "./ecosystems.js";
import { rate, reaches } from "./rating.js";

/** Advisories by the package that they are about. */
export type AdvisoryIndex = ReadonlyMap<string, readonly Candidate[]>;

interface Candidate {
  readonly advisory: Advisory;
  readonly affected: AffectedPackage;
}

const keyOf = (ecosystem: string, name: string) => `${ecosystem} ${name}`;

/** The keys under which advisories may list a package. */
export function advisoryKeys(found: OwnedPackage, os: ImageContents["os"]): readonly string[] {
  const ecosystem = ecosystemOf(found.type, os);
  if (ecosystem === undefined) return [];
  return versionsByName(found).map(([name]) => keyOf(ecosystem, name));
}

export function affectedKey({ ecosystem, name }: AffectedPackage): string {
  const base = baseOf(ecosystem);
  const type = base === "PyPI" ? "pypi" : base === "NuGet" ? "nuget" : "npm";
  return keyOf(base, normalName(type, name));
}

/**
 * Distributions list source packages; those of RPM list either kind. A package of RPM is compared by its own version, because
 * that of its source lacks the epoch.
 */
function versionsByName(found: OwnedPackage): readonly (readonly [string, string])[] {
  const { type, name, version, source, ownedBy } = found;
  // A distribution fixes its packages without changing the version of what is inside, and lists them under its own names.
  if (ownedBy !== undefined) return [];
  if (type === "deb" || type === "apk") return [[source?.name ?? name, source?.version ?? version]];
  const names = type === "rpm" && source ? [name, source.name] : [normalName(type, name)];
  return [...new Set(names)].map((each) => [each, version] as const);
}

export function indexAdvisories(advisories: Iterable<Advisory>): AdvisoryIndex {
  const index = new Map<string, Candidate[]>();
  for (const advisory of advisories)
    for (const affected of advisory.affected) {
      const key = affectedKey(affected);
      const others = index.get(key);
      if (others) others.push({ advisory, affected });
      else index.set(key, [{ advisory, affected }]);
    }
  return index;
}

type Thresholds = Pick<VulnerabilityPolicy, "enforce" | "warn" | "unknown" | "isFixableOnly">;

interface Hit extends Candidate {
  readonly fixedIn: string | undefined;
}

/** The vulnerabilities in one image, worst first. One finding for each vulnerability and package, however many advisories tell. */
export function findVulnerabilities(
  contents: ImageContents,
  index: AdvisoryIndex,
  { policy, compare }: { readonly policy: Thresholds; readonly compare: CompareVersions },
): readonly Finding[] {
  const findings = contents.packages.flatMap((found) => {
    const groups = new Map<string, Hit[]>();
    for (const hit of hitsOf(found, contents.os, index, compare))
      for (const id of idsOf(hit.advisory)) groups.set(id, [...(groups.get(id) ?? []), hit]);
    return [...groups].map(([id, hits]) => finding(contents, found, { id, hits, policy, compare }));
  });
  return findings.sort(byBadness);
}

function hitsOf(found: OwnedPackage, os: ImageContents["os"], index: AdvisoryIndex, compare: CompareVersions): Hit[] {
  const ecosystem = ecosystemOf(found.type, os);
  if (ecosystem === undefined) return [];
  return versionsByName(found).flatMap(([name, version]) =>
    (index.get(keyOf(ecosystem, name)) ?? []).flatMap((candidate): Hit[] => {
      if (!isOfEcosystem(candidate.affected.ecosystem, found.type, os)) return [];
      const affected = affectedVersion(candidate.affected, found.type, version, compare);
      return affected ? [{ ...candidate, fixedIn: affected.fixedIn }] : [];
    }),
  );
}

const CVE = /CVE-[0-9]{4}-[0-9]+$/;

/** The CVEs of an advisory; without any, the first of its names, which is the same for all its aliases. */
function idsOf({ id, aliases, upstream }: Advisory): readonly string[] {
  const cves = [id, ...aliases, ...upstream].flatMap((name) => CVE.exec(name) ?? []);
  return cves.length > 0 ? [...new Set(cves)] : [[id, ...aliases].sort()[0] ?? id];
}

interface Group {
  readonly id: string;
  readonly hits: readonly Hit[];
  readonly policy: Thresholds;
  readonly compare: CompareVersions;
}

function finding(contents: ImageContents, found: OwnedPackage, { id, hits, policy, compare }: Group): Finding {
  const rating = rate(hits.flatMap(severities));
  const fixes = hits.flatMap(({ fixedIn }) => fixedIn ?? []);
  // Where advisories differ, this is the version that satisfies all of them.
  const fixedIn = fixes.sort((a, b) => compare(found.type, b, a))[0];
  const several = (advisory: Advisory) => idsOf(advisory).length > 1;
  const aliases = hits.flatMap(({ advisory }) => [advisory.id, ...(several(advisory) ? [] : advisory.aliases)]);
  return {
    image: contents.image,
    id,
    aliases: [...new Set(aliases)].filter((alias) => alias !== id).sort(),
    summary: hits.map(({ advisory }) => advisory.summary).find((text) => text !== "") ?? "",
    rating,
    package: found,
    fixedIn,
    level: levelOf(rating, fixedIn, policy),
  };
}

const severities = ({ advisory, affected }: Hit): StatedSeverity[] => [affected.severity, advisory.severity];

function levelOf(rating: Rating | "unknown", fixedIn: string | undefined, policy: Thresholds) {
  if (policy.isFixableOnly && fixedIn === undefined) return "ignore";
  if (rating === "unknown") return policy.unknown;
  if (policy.enforce !== undefined && reaches(rating, policy.enforce)) return "enforce";
  return policy.warn === undefined || reaches(rating, policy.warn) ? "warn" : "ignore";
}

const LEVELS = ["enforce", "warn", "ignore"];

function byBadness(a: Finding, b: Finding): number {
  // Unknown may be anything: it comes after those known to be high.
  const weight = ({ rating }: Finding) =>
    rating === "unknown" ? RATINGS.indexOf("medium") + 0.5 : RATINGS.indexOf(rating);
  return (
    LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) ||
    weight(b) - weight(a) ||
    byText(a.package.name, b.package.name) ||
    byText(a.id, b.id) ||
    byText(a.package.place, b.package.place)
  );
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
