import type { Source } from "./diagnostic.js";
import type { ImageName, Platform } from "./names.js";
import type { Network } from "./network.js";
import type { PackageHost } from "./package-hosts.js";

/**
 * What goes into an image: the part that image definitions, build stages and modules share, as its author wrote it,
 * after the schema has accepted it and short forms have been spelled out.
 */
export interface Body {
  readonly systemPackages: readonly RequestedPackage[];
  /** The key under which the system packages stand: `system-packages` or `photon-packages`. */
  readonly systemPackagesKey: string;
  readonly runtimePackages: readonly RequestedPackage[];
  /** A package manifest (requirements.txt), which asks for more runtime packages. */
  readonly runtimeManifest?: ManifestReference;
  /** Modules whose bodies come before this one, in order of declaration. */
  readonly modules: readonly ModuleRequest[];
  readonly artifacts: readonly Artifact[];
  readonly env: readonly NamedValue[];
  readonly labels: readonly NamedValue[];
  /** `8080/tcp`: always with the protocol. */
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly setup: readonly Command[];
  readonly run: RunConfig;
  /** The folder of the file, relative to the catalogue: artifact paths start here. */
  readonly folder: string;
  readonly source: Source;
  /** JSON pointer of the body in its file: empty, or `/stages/0`. */
  readonly pointer: string;
}

/** An image definition. */
export interface ImageDefinition extends Body {
  readonly kind: "Image" | "BaseImage";
  readonly name: ImageName;
  /** Text: `1.1` and `1.10` are different versions. */
  readonly version: string;
  readonly description?: string;
  readonly language?: string;
  readonly os?: string;
  readonly metadata: Metadata;
  readonly origin: Origin;
  /** Build stages before the image itself, in order. */
  readonly stages: readonly StageDefinition[];
  /** Overrides the parent's and the settings'. */
  readonly platform?: Platform;
  /** Moving tags beside the version's; left out: those of the settings. */
  readonly tags?: readonly string[];
  readonly tests: readonly ImageTest[];
  readonly rebuild?: Rebuild;
  /** Of the steps of the image itself, without its build stages. Left out: what its package managers need. */
  readonly network?: Network;
  /** Only for a base image: where packages of the images on it come from. */
  readonly packageHosts?: readonly PackageHost[];
}

/** A build stage: only what artifacts copy from it gets into the image. */
export interface StageDefinition extends Body {
  readonly name: string;
  /** A parent is an earlier stage, otherwise an image of the catalogue. */
  readonly origin: Exclude<Origin, { readonly type: "bootstrap" }>;
  readonly language?: string;
  readonly os?: string;
  /** Left out: what its package managers need. */
  readonly network?: Network;
}

/** A reusable fragment: its content comes before the body that names it. */
export interface ModuleDefinition extends Body {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
}

export interface ModuleRequest {
  readonly name: string;
  readonly version?: string;
  readonly pointer: string;
}

export interface ManifestReference {
  /** Relative to the body's folder. */
  readonly path: string;
  readonly pointer: string;
}

export interface Metadata {
  readonly role?: string;
  readonly author?: string;
  /** false: no image may derive from this one; left out: the default, or true. */
  readonly extendable?: boolean;
  readonly deprecated?: Deprecation;
  readonly [key: string]: string | boolean | Deprecation | undefined;
}

export interface Deprecation {
  /** `YYYY-MM-DD`. */
  readonly since?: string;
  readonly reason: string;
  /** The image to use instead. */
  readonly replacement?: string;
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
  /** URL of the key that signs the packages; left out: signatures are not checked. */
  readonly gpgkey?: string;
}

export interface RequestedPackage {
  readonly name: string;
  readonly version?: string;
  /** Set in a request of a native manifest; see ApprovedPackage. */
  readonly constraint?: string;
  readonly optional?: true;
  /** JSON pointer of the entry in the definition; the place in a manifest. */
  readonly pointer: string;
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** Something copied into the image at `target`: from the catalogue, downloaded, or from another image. */
export type Artifact = PathArtifact | UrlArtifact | ImageArtifact;

interface AnyArtifact {
  readonly name: string;
  /**
   * Absolute path in the image. With `/` at its end it is the directory to copy into: a file keeps its own name there, a
   * directory's tree is copied into it.
   */
  readonly target: string;
  /** `user` or `user:group`, names or numbers; left out: root. */
  readonly owner?: string;
  readonly pointer: string;
}

/** A file or directory of the catalogue. */
export interface PathArtifact extends AnyArtifact {
  readonly type: "path";
  /** Relative to the definition's folder, or to the catalogue's root when it starts with `/`. */
  readonly path: string;
  /** Octal permissions for files, for instance `0755`; left out: as in Git. */
  readonly mode?: string;
}

/** A file that is downloaded; its content is known by its hash. */
export interface UrlArtifact extends AnyArtifact {
  readonly type: "url";
  readonly url: string;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Other addresses of the same bytes. */
  readonly mirrors: readonly string[];
  /** Octal permissions; left out: 0644. */
  readonly mode?: string;
}

/** A file or directory of an earlier build stage, or of another image of the catalogue. */
export interface ImageArtifact extends AnyArtifact {
  readonly type: "image";
  readonly image: string;
  /** Absolute path there. */
  readonly path: string;
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
  /** Runs strings of `setup`, `entrypoint` and `cmd` here and in all that derives from it; left out: the parent's, or /bin/sh. */
  readonly shell?: readonly string[];
  readonly healthcheck?: Healthcheck;
}

/** How a container is asked whether it works; `none` removes the parent's check. Durations are nanoseconds. */
export type Healthcheck =
  | { readonly type: "none" }
  | {
      readonly type: "command";
      readonly command: Command;
      readonly interval?: number;
      readonly timeout?: number;
      readonly startPeriod?: number;
      readonly retries?: number;
    };

/**
 * A command and its expected result, a file that must exist, or the image's own command as a server that must answer.
 */
export type ImageTest = CommandTest | FileTest | ServeTest;

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

export interface ServeTest {
  readonly type: "serve";
  readonly name: string;
  /** Of TCP. */
  readonly port: number;
  /**
   * Text of the server's output that says it is ready; left out: it is ready as soon as the port accepts connections.
   */
  readonly ready?: string;
  /** One after another. */
  readonly requests: readonly TestRequest[];
  /** Of the server, from its start to its end. */
  readonly stdout?: TextExpectation;
  readonly stderr?: TextExpectation;
  /** Of the server after the image's stop signal; left out: it does not matter. */
  readonly exit?: number;
  /** Seconds from the start to the last answer. */
  readonly timeout: number;
}

export interface TestRequest {
  readonly method: string;
  /** With its query, beginning with `/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly answer: ExpectedAnswer;
}

export interface ExpectedAnswer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, TextExpectation>>;
  readonly body?: TextExpectation;
  /** JSON that means the same as the body. */
  readonly json?: string;
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
