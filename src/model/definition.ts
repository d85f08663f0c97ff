import type { Source } from "./diagnostic.js";
import type { ImageName } from "./names.js";

/** An image definition as its author wrote it, after the schema has accepted it and short forms have been spelled out. */
export interface ImageDefinition {
  readonly kind: "Image" | "BaseImage";
  readonly name: ImageName;
  /** Text: `1.1` and `1.10` are different versions. */
  readonly version: string;
  readonly description?: string;
  readonly language?: string;
  readonly os?: string;
  readonly metadata: Metadata;
  readonly origin: Origin;
  readonly systemPackages: readonly PackageRequest[];
  /** The key under which the system packages stand: `system-packages` or `photon-packages`. */
  readonly systemPackagesKey: string;
  readonly runtimePackages: readonly PackageRequest[];
  readonly artifacts: readonly Artifact[];
  readonly env: readonly NamedValue[];
  readonly labels: readonly NamedValue[];
  /** `8080/tcp`: the protocol is always there. */
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly setup: readonly Command[];
  readonly run: RunConfig;
  readonly tests: readonly ImageTest[];
  readonly rebuild?: Rebuild;
  /** The folder of the definition's file, relative to the catalogue: artifact paths start here. */
  readonly folder: string;
  readonly source: Source;
}

export interface Metadata {
  readonly role?: string;
  readonly author?: string;
  /** false: no image may derive from this one. */
  readonly extendable: boolean;
  readonly [key: string]: string | boolean | undefined;
}

/** Where an image starts. Only a base image may use `from` or `bootstrap`. */
export type Origin =
  | { readonly type: "parent"; readonly parent: ImageName }
  | { readonly type: "from"; readonly ref: string }
  | { readonly type: "bootstrap"; readonly bootstrap: Bootstrap };

/** A root file system made from a package archive. */
export type Bootstrap = AptBootstrap | DnfBootstrap;

export interface AptBootstrap {
  readonly manager: "apt";
  readonly suite: string;
  readonly variant: string;
  readonly packages: readonly string[];
}

export interface DnfBootstrap {
  readonly manager: "dnf";
  /** By name. */
  readonly repositories: readonly RpmRepository[];
  /** What `$releasever` in a URL stands for. */
  readonly releasever: string;
  readonly packages: readonly string[];
}

export interface RpmRepository {
  readonly name: string;
  readonly url: string;
  /** URL of the key that signs the packages; left out: signatures are not looked at. */
  readonly gpgkey?: string;
}

export interface PackageRequest {
  readonly name: string;
  readonly version?: string;
  /** JSON pointer of the entry in the definition. */
  readonly pointer: string;
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** A file or directory of the catalogue that goes into the image at `target`. */
export interface Artifact {
  readonly name: string;
  /** Relative to the definition's folder, or to the catalogue's root when it starts with `/`. */
  readonly path: string;
  /**
   * Absolute path in the image. With `/` at its end it is the directory to copy into: a file keeps its own name there, a
   * directory's tree is copied into it.
   */
  readonly target: string;
  /** Octal permissions for files, for instance `0755`; left out: as in Git. */
  readonly mode?: string;
  /** `user` or `user:group`, names or numbers; left out: root. */
  readonly owner?: string;
  readonly pointer: string;
}

/** A string is run by the shell, a list is executed as it stands. */
export type Command =
  | { readonly form: "shell"; readonly text: string }
  | { readonly form: "exec"; readonly argv: readonly string[] };

export interface RunConfig {
  readonly user?: string;
  readonly workdir?: string;
  readonly entrypoint?: Command;
  readonly cmd?: Command;
  readonly stopsignal?: string;
}

/** Either a command with what it must answer, or a file that must exist. */
export type ImageTest = CommandTest | FileTest;

export interface CommandTest {
  readonly type: "command";
  readonly name: string;
  readonly command: Command;
  readonly exit: number;
  readonly stdout?: TextExpectation;
  readonly stderr?: TextExpectation;
  /** Runs as this user instead of the image's own. */
  readonly user?: string;
  /** Seconds. */
  readonly timeout: number;
}

export interface FileTest {
  readonly type: "file";
  readonly name: string;
  readonly path: string;
  /** false: the file must not be there. */
  readonly exists: boolean;
  readonly mode?: string;
  readonly contains?: string;
}

/** Every part that is given must hold. `equals` compares after trimming white space at the end. */
export interface TextExpectation {
  readonly equals?: string;
  readonly contains?: string;
  /** A JavaScript regular expression. */
  readonly matches?: string;
}

/** An audited forced rebuild: the nonce enters the build key. */
export interface Rebuild {
  readonly nonce: string;
  readonly reason: string;
}
