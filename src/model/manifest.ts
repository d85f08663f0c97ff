/**
 * What a package manifest (requirements.txt, package.json, …) asks for, with places in the file. Lines and columns
 * count from 1.
 */
export interface ManifestContent {
  readonly requests: readonly ManifestRequest[];
  readonly problems: readonly ManifestProblem[];
}

export interface ManifestRequest {
  readonly name: string;
  /** Set if exactly one version is asked for. */
  readonly version?: string;
  /** Anything else that limits the version, as it is written. */
  readonly constraint?: string;
  /** It may be skipped where it does not fit: an environment marker, an optional dependency. */
  readonly optional?: true;
  readonly line: number;
  readonly column: number;
}

/** Something in a manifest that Slipway does not pass on. */
export interface ManifestProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string;
}

/** The lock files of Slipway's own formats, by the name of the manifest. A test compares them with src/languages. */
export const LOCK_FILES: Readonly<Record<string, string>> = {
  Gemfile: "Gemfile.lock",
  "go.mod": "go.sum",
  "package.json": "package-lock.json",
};

/** Reads a manifest; `others` are the files beside it, by name. Never throws; takes time proportional to the text. */
export type ReadManifest = (text: string, others: Readonly<Record<string, string>>) => ManifestContent;

/** Bytes of a manifest, and of its lock file. */
export const MAX_MANIFEST_BYTES = 1024 * 1024;
