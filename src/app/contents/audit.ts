import { join } from "node:path";
import { type Context, caBundle, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { type ReadAdvisories, readAdvisories } from "../../load/advisories.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Exception } from "../../model/exceptions.js";
import type { ImageContents } from "../../model/inventory.js";
import type { ImageName } from "../../model/names.js";
import type { Advisory, Finding, VulnerabilityPolicy } from "../../model/vulnerability.js";
import { compareVersions } from "../../packages/versions/compare.js";
import { loadCvss } from "../../policy/cvss.js";
import { ecosystemOf } from "../../policy/ecosystems.js";
import { unusedException } from "../../policy/exceptions.js";
import { advisoryKeys, affectedKey, findVulnerabilities, indexAdvisories } from "../../policy/vulnerabilities.js";
import { vulnerable } from "../../policy/vulnerable.js";
import { waiverOf } from "../../policy/waived.js";
import { originOf, type PackageOrigin } from "../../resolve/package-origin.js";
import { releaseOf } from "../../resolve/system-release.js";
import { fetchAdvisories, MirrorProblem } from "../../run/advisory-mirror.js";
import { downloadAuthorities } from "../../run/download-authorities.js";
import { ignoreState } from "../../run/state-directory.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import type { ContentsOptions } from "./contents-reader.js";
import { contentsOf } from "./image-contents.js";

export interface AuditedFinding extends Finding {
  readonly origin: PackageOrigin;
  /** The exception that accepts it. */
  readonly waiver: Exception | undefined;
  /** undefined: the finding is waived or ignored. */
  readonly diagnostic: Diagnostic | undefined;
}

export interface AuditedImage {
  readonly contents: ImageContents;
  readonly version: string;
  /** Worst first. */
  readonly findings: readonly AuditedFinding[];
}

export interface Audit {
  /** Worst first. */
  readonly images: readonly AuditedImage[];
  readonly policy: VulnerabilityPolicy;
  readonly advisories: Pick<ReadAdvisories, "count" | "newest">;
  /** Problems of advisories and exceptions. */
  readonly diagnostics: readonly Diagnostic[];
  /** What could not be checked, and why: `there are no advisories for npm`. */
  readonly blind: readonly string[];
}

export interface AuditOptions extends ContentsOptions {
  readonly update?: boolean;
}

/** Checks what is in images against the advisories. `names` omitted: all images. Fetches advisories only with `update`. */
export async function audit(
  context: Context,
  loaded: LoadedCatalogue,
  options: AuditOptions,
  names?: ReadonlySet<ImageName>,
): Promise<Audit> {
  const policy = policyOf(loaded);
  const all = await contentsWithRelease(context, loaded, options);
  const images = [...all.values()].filter(({ image }) => names?.has(image) ?? true);
  if (options.update) await updateMirror(context, loaded, policy, ecosystemsOf(all.values()));
  const keys = new Set(images.flatMap(({ packages, os }) => packages.flatMap((found) => advisoryKeys(found, os))));
  const isRelevant = (advisory: Advisory) => advisory.affected.some((affected) => keys.has(affectedKey(affected)));
  const read = await loadAdvisories(context, loaded, ecosystemsOf(images), isRelevant);
  const { catalogue } = loaded;
  const exceptions = catalogue.exceptions.filter(({ expires }) => expires >= context.today());
  const index = indexAdvisories(read.advisories);
  const audited = images.map((contents) => ({
    contents,
    version: catalogue.images.get(contents.image)?.version ?? "",
    findings: findVulnerabilities(contents, index, { policy, compare: compareVersions }).map((finding) =>
      auditFinding(finding, { contents, loaded, exceptions }),
    ),
  }));
  const used = new Set(audited.flatMap(({ findings }) => findings.map(({ waiver }) => waiver)));
  const unused = names ? [] : exceptions.filter((each) => isUnused(each, used, all)).map(unusedException);
  return {
    images: audited.sort((a, b) => badness(b) - badness(a)),
    policy,
    advisories: { count: read.count, newest: read.newest },
    diagnostics: [...read.diagnostics, ...unused],
    blind: blindSpots(images, read.ecosystems),
  };
}

/** The contents of the images, with the release of their operating systems. */
export async function contentsWithRelease(
  context: Context,
  loaded: LoadedCatalogue,
  options: ContentsOptions,
): Promise<ReadonlyMap<ImageName, ImageContents>> {
  const all = await contentsOf(context, loaded, options);
  return new Map(
    [...all].map(([name, contents]) => {
      const os = releaseOf(contents, loaded.graph);
      return [name, os === undefined ? contents : { ...contents, os }];
    }),
  );
}

function policyOf({ catalogue }: LoadedCatalogue): VulnerabilityPolicy {
  if (catalogue.vulnerabilities) return catalogue.vulnerabilities;
  const hint = "write policies/vulnerabilities.yaml; `slipway schema vulnerabilities` prints its schema";
  throw new CommandError(EXIT.usage, "nothing says where advisories are", hint);
}

/**
 * Reads the advisories about these ecosystems from the catalogue and from what was fetched from the mirror, and loads what
 * rates them.
 */
export async function loadAdvisories(
  context: Context,
  loaded: LoadedCatalogue,
  ecosystems: ReadonlySet<string>,
  isRelevant: (advisory: Advisory) => boolean,
): Promise<ReadAdvisories> {
  const { directory, mirror } = policyOf(loaded);
  const directories = [
    ...(directory === undefined ? [] : [{ path: join(context.catalogue, directory), shown: directory }]),
    ...(mirror === undefined ? [] : [{ path: mirrorDirectory(context), shown: "mirror" }]),
  ];
  const [advisories] = await Promise.all([readAdvisories({ directories, ecosystems, wanted: isRelevant }), loadCvss()]);
  if (advisories.count > 0 || ecosystems.size === 0) return advisories;
  const hint = mirror === undefined ? "put files in the OSV format there" : "`slipway audit --update` fetches them";
  throw new CommandError(EXIT.usage, `there are no advisories about ${[...ecosystems].sort().join(", ")}`, hint);
}

const mirrorDirectory = (context: Context) => join(stateRoot(context), "cache", "advisories");

async function updateMirror(
  context: Context,
  { catalogue }: LoadedCatalogue,
  policy: VulnerabilityPolicy,
  of: ReadonlySet<string>,
) {
  const { mirror } = policy;
  if (mirror === undefined)
    throw new CommandError(
      EXIT.usage,
      "no mirror is named",
      "write `advisories.mirror` into policies/vulnerabilities.yaml",
    );
  const { env, signal } = context;
  const privateHosts = new Set(catalogue.settings.downloads.privateHosts.map((host) => host.toLowerCase()));
  const request = { env, ca: downloadAuthorities(caBundle(env)), privateHosts };
  await ignoreState(stateRoot(context));
  try {
    const missing = await fetchAdvisories(
      { base: mirror, directory: mirrorDirectory(context), request },
      [...of].sort(),
      signal,
    );
    if (missing.length > 0) context.note(`slipway: the mirror has no advisories for ${missing.join(", ")}\n`);
  } catch (error) {
    if (error instanceof MirrorProblem) throw new CommandError(EXIT.unavailable, error.message);
    throw error;
  }
}

export function ecosystemsOf(images: Iterable<ImageContents>): ReadonlySet<string> {
  const ecosystems = new Set<string>();
  for (const { packages, os } of images)
    for (const { type } of packages) {
      const ecosystem = ecosystemOf(type, os);
      if (ecosystem !== undefined) ecosystems.add(ecosystem);
    }
  return ecosystems;
}

/** A finding with its origin and the exception that accepts it, if there is one. */
export function auditFinding(
  finding: Finding,
  {
    contents,
    loaded,
    exceptions,
  }: { contents: ImageContents; loaded: LoadedCatalogue; exceptions: readonly Exception[] },
): AuditedFinding {
  const origin = originOf(finding.package, contents, loaded.graph);
  const waiver = waiverOf(finding, exceptions, origin.image);
  return { ...finding, origin, waiver, diagnostic: waiver ? undefined : vulnerable(finding, origin.at) };
}

/** Whether an exception waives nothing. An image whose contents are unknown may need its exceptions. */
function isUnused(
  exception: Exception,
  used: ReadonlySet<unknown>,
  all: ReadonlyMap<ImageName, ImageContents>,
): boolean {
  const contents = all.get(exception.image);
  if (contents === undefined || contents.from === "unknown") return false;
  return exception.rule === "vulnerability" && !used.has(exception);
}

/** The number of findings of each level, the worst counting most. */
function badness({ findings }: AuditedImage): number {
  const count = (severity: string) => findings.filter(({ diagnostic }) => diagnostic?.severity === severity).length;
  return count("error") * 1e6 + count("warning");
}

function blindSpots(images: readonly ImageContents[], read: ReadonlySet<string>): readonly string[] {
  const missing = [...ecosystemsOf(images)].filter((ecosystem) => !read.has(ecosystem));
  const systems = images.flatMap(({ packages, os }) =>
    packages.some(({ type }) => ecosystemOf(type, os) === undefined)
      ? [os ? `${os.id} ${os.version}` : "a system of unknown release"]
      : [],
  );
  return [
    ...missing.sort().map((ecosystem) => `there are no advisories for ${ecosystem}`),
    ...[...new Set(systems)].sort().map((system) => `OSV knows no ecosystem for ${system}`),
  ];
}
