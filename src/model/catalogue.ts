import type { Isolation } from "./build-environment.js";
import type { ImageDefinition, Metadata, ModuleDefinition, NamedValue } from "./definition.js";
import type { Source } from "./diagnostic.js";
import type { Exception } from "./exceptions.js";
import type { OwnLanguage } from "./language.js";
import type { Lock } from "./lock.js";
import type { Digest, ImageName, Platform } from "./names.js";
import type { PackageHost } from "./package-hosts.js";
import type { Policies, PolicyTest } from "./policies.js";
import type { Roles } from "./roles.js";
import type { UpdateSettings } from "./update.js";
import type { VulnerabilityPolicy } from "./vulnerability.js";

/** The content of one Git tree (or the working tree). */
export interface Catalogue {
  readonly settings: Settings;
  readonly images: ReadonlyMap<ImageName, ImageDefinition>;
  /** Names of definitions that were left out because of errors: a reference to one of them is not a second mistake. */
  readonly rejected?: ReadonlySet<ImageName>;
  /** By name; a name may have several versions. */
  readonly modules: ReadonlyMap<string, readonly ModuleDefinition[]>;
  /** By operating system. Several files may approve packages for one system. */
  readonly systemLists: ReadonlyMap<string, ApprovedList>;
  /** By language. */
  readonly runtimeLists: ReadonlyMap<string, ApprovedList>;
  /** By reference, as written in `catalog/bases.yaml`. */
  readonly bases: ReadonlyMap<string, ExternalBase>;
  /** The catalogue's own, in the order of their files. */
  readonly languages: readonly OwnLanguage[];
  /** undefined: there is no `policies/roles.yaml`, or it could not be read. */
  readonly roles?: Roles;
  /** undefined: every operating system is allowed. */
  readonly operatingSystems?: OperatingSystems;
  /** undefined: there is no `policies/vulnerabilities.yaml`. */
  readonly vulnerabilities?: VulnerabilityPolicy;
  /** Left out: there are none. */
  readonly policies?: Policies;
  /** Of policies/tests/, in the order of their files. */
  readonly policyTests?: readonly PolicyTest[];
  /** In the order of `policies/exceptions.yaml`, expired ones included. */
  readonly exceptions: readonly Exception[];
  /** undefined: there is no slipway.lock. */
  readonly lock?: Lock;
  /** Every file of the tree, for artifacts. */
  readonly files: ReadonlyMap<string, CatalogueFile>;
}

export interface Settings {
  /** `oci:DIRECTORY` or `docker://HOST[:PORT][/PREFIX]`. */
  readonly registry: string;
  readonly platforms: readonly Platform[];
  /** Raised by an administrator to rebuild everything after a change of the builder that keys cannot see. */
  readonly builderRevision: number;
  /** Minutes that Buildah may take for one image; no part of a build key. */
  readonly builderTimeout: number;
  readonly builderIsolation: Isolation;
  readonly updates: UpdateSettings;
  readonly defaults: Defaults;
  readonly downloads: DownloadSettings;
  readonly lock: LockSettings;
  /** Absent where there is no slipway.yaml. */
  readonly source?: Source;
}

/** What holds for images that do not say otherwise. */
export interface Defaults {
  readonly metadata?: Metadata;
  /** Of images without a parent in the catalogue: the rest inherits them. */
  readonly env: readonly NamedValue[];
  readonly labels: readonly NamedValue[];
  readonly tags: readonly string[];
}

export interface DownloadSettings {
  /** Hosts whose addresses may be private, also those of packages. */
  readonly privateHosts: readonly string[];
  /** The replacement for the beginning of an address that leads to a mirror, by that beginning. */
  readonly mirrors: ReadonlyMap<string, string>;
}

export interface LockSettings {
  /** The network of RUN steps in an image with locked packages; the packages themselves come only from the lockfile. */
  readonly network: "none" | "host";
}

/** Operating systems that every image must derive from. */
export interface OperatingSystems {
  readonly allowed: readonly string[];
  /** Any other one is only a warning. */
  readonly isWarning: boolean;
  readonly source: Source;
}

export interface ApprovedList {
  /** The operating system or language the list is for. */
  readonly scope: string;
  readonly packages: ReadonlyMap<string, ListedPackage>;
  readonly files: readonly string[];
  /** Only for an operating system that Slipway does not know. */
  readonly manager?: DeclaredManager;
}

/** The package manager that an approved list names for its operating system. */
export interface DeclaredManager {
  readonly name: string;
  readonly source: Source;
  readonly pointer: string;
}

export interface ListedPackage {
  readonly name: string;
  /** Exact text or a pattern with `*`; empty: any version. */
  readonly versions: readonly string[];
  /** SPDX expression. */
  readonly license?: string;
  /** Where the licence can be read. */
  readonly licenseEvidence?: string;
  readonly withdrawn?: Withdrawal;
  readonly source: Source;
  readonly pointer: string;
}

/** An image from outside the catalogue that may be built on. */
export interface ExternalBase {
  readonly ref: string;
  readonly digest: Digest;
  readonly os?: string;
  /** The day on which the digest was written down, `YYYY-MM-DD`. */
  readonly pinned?: string;
  /** Where packages of the images on it come from; left out: nobody has said. */
  readonly packageHosts?: readonly PackageHost[];
  readonly withdrawn?: Withdrawal;
  readonly source: Source;
  readonly pointer: string;
}

/** A package or base that was approved once and must no longer be used. */
export interface Withdrawal {
  /** `YYYY-MM-DD`. */
  readonly since?: string;
  readonly reason: string;
  /** What to use instead. */
  readonly replacement?: string;
  /**
   * What happens to the images that use it: they are rejected, or they are deprecated and only further ones are
   * rejected.
   */
  readonly dependents: "refuse" | "deprecate";
}

/** Git's three kinds of entry that can become part of an image (gitformat-index, mode). */
export type FileMode = "100644" | "100755" | "120000";

export interface CatalogueFile {
  /** Relative to the catalogue, `/` between parts. */
  readonly path: string;
  readonly mode: FileMode;
  /** Bytes. */
  readonly size: number;
  /** For a symbolic link: what it points to, as written. */
  readonly link?: string;
}
