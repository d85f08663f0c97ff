import type { CodeKind } from "./attribution.js";
import type { ImageDefinition } from "./definition.js";
import type { Diagnostic, Source } from "./diagnostic.js";
import type { PackageType, Why } from "./inventory.js";
import type { ImageName } from "./names.js";
import { wildcardMatches } from "./wildcard.js";

/** What the files of policies/ demand of images, packages and bases. A missing file demands nothing. */
export interface Policies {
  readonly packages?: PackagePolicy;
  readonly licenses?: LicensePolicy;
  readonly bases?: BasePolicy;
  readonly images?: ImagePolicy;
}

/** The place of a demand, the images that it holds for, and what happens to one that breaks it. */
export interface Demand {
  /** `warn`: breaking it is only a warning. */
  readonly level: "enforce" | "warn";
  /** Patterns of a file and of an entry in it: an image must match each. */
  readonly reach: readonly Reach[];
  readonly source: Source;
  readonly pointer: string;
}

export interface Reach {
  /** Patterns of names; empty: all images. */
  readonly images: readonly string[];
  readonly except: readonly string[];
}

/** A demand on images; base images are for others to build on, so it holds for them only if it says so. */
export interface ImageDemand extends Demand {
  readonly baseImages: boolean;
}

/**
 * Which packages must be on an approved list: the requested ones, or all that an image adds; `report`: all, as a
 * warning.
 */
export type ApprovalScope = "direct" | "closure" | "report";

/** `policies/packages.yaml`. */
export interface PackagePolicy extends Demand {
  readonly approval: { readonly system: ApprovalScope; readonly runtime: ApprovalScope };
  readonly lockRequired: boolean;
  readonly forbidden: readonly ForbiddenPackage[];
  readonly required: readonly RequiredPackage[];
}

/** Packages of one operating system or language. */
export interface PackagePattern {
  /** With `*` for any characters. */
  readonly name: string;
  readonly kind: "system" | "runtime";
  readonly scope: string;
}

export interface ForbiddenPackage extends Demand, PackagePattern {
  /** Holds in build stages too, from which only artifacts get into the image. */
  readonly buildStages: boolean;
  readonly reason: string;
}

export interface RequiredPackage extends ImageDemand, PackagePattern {
  readonly reason: string;
}

/** `policies/licenses.yaml`. */
export interface LicensePolicy extends Demand {
  /** SPDX identifiers with `*`, or `LICENCE WITH EXCEPTION`; empty: whatever is not denied. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly unknown: "deny" | "warn" | "allow";
  readonly declared: readonly DeclaredLicense[];
}

/** The licence of packages that have none in an approved list. */
export interface DeclaredLicense extends PackagePattern {
  /** Patterns; empty: any. */
  readonly versions: readonly string[];
  /** SPDX expression. */
  readonly license: string;
  readonly evidence: string;
  readonly pointer: string;
}

/** `policies/bases.yaml`. */
export interface BasePolicy extends Demand {
  /** Patterns of references; undefined: all of catalog/bases.yaml. */
  readonly references?: readonly string[];
  /** Patterns of apt's suites and of the addresses of dnf's repositories; undefined: any. */
  readonly archives?: readonly string[];
  /** Days since a base was pinned. */
  readonly maxAge?: number;
}

/** `policies/images.yaml`. */
export interface ImagePolicy {
  readonly root?: ImageDemand;
  /** Absent: an image needs none. */
  readonly description?: ImageDemand;
  readonly sizes: readonly (ImageDemand & { readonly bytes: number; readonly text: string })[];
  readonly labels: readonly (ImageDemand & { readonly name: string; readonly pattern?: string })[];
  /** Absent: the same as with an empty `allow`. */
  readonly setup?: SetupPolicy;
}

/** What `setup` may make that runs, or that makes something else run. */
export interface SetupPolicy extends ImageDemand {
  readonly allow: readonly SetupAllowance[];
}

export interface SetupAllowance extends Pick<Demand, "reach"> {
  /** Patterns of absolute paths in the image. */
  readonly paths: readonly string[];
  /** Empty: all. */
  readonly kinds: readonly CodeKind[];
  readonly reason: string;
}

/** `policies/tests/*.yaml`: what the policies say about one image. */
export interface PolicyTest {
  readonly name: string;
  /** A definition of its own, or an image of the catalogue. */
  readonly image: ImageDefinition | ImageName;
  /** The packages that the image adds to what it starts from; left out: only its definition is judged. */
  readonly contents?: readonly PolicyTestPackage[];
  /** Codes of errors, sorted; empty: allowed. */
  readonly expect: readonly string[];
  /** Codes of warnings, sorted; left out: any. */
  readonly warn?: readonly string[];
  readonly source: Source;
  readonly pointer: string;
}

export interface PolicyTestPackage {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly why: Why;
}

export interface PolicyTestResult {
  readonly test: PolicyTest;
  readonly ok: boolean;
  /** Codes of what was found, sorted. */
  readonly rejected: readonly string[];
  readonly warned: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether a demand holds for an image. */
export function holdsFor({ reach }: Pick<Demand, "reach">, name: string): boolean {
  const isMeant = (patterns: readonly string[]) => patterns.some((pattern) => wildcardMatches(pattern, name));
  return reach.every(({ images, except }) => (images.length === 0 || isMeant(images)) && !isMeant(except));
}

/** The same for a demand that leaves out base images unless it says otherwise. */
export const holdsForImage = (
  demand: Pick<ImageDemand, "reach" | "baseImages">,
  { name, kind }: Pick<ImageDefinition, "name" | "kind">,
) => (demand.baseImages || kind !== "BaseImage") && holdsFor(demand, name);
