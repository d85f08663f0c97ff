import type { Source } from "./diagnostic.js";
import type { PackageHost } from "./package-hosts.js";

/**
 * The packages of a programming language, as language.yaml describes them. Built-in languages (src/languages) and
 * those of a catalogue (catalog/languages) have the same form. The template beside it installs packages.
 */
export interface Language {
  /** The package manager's name in messages, by which its template is found as well: `pip`. */
  readonly name: string;
  /** The values of an image's `language`: `python3`. */
  readonly scopes: readonly string[];
  readonly names: { readonly patterns: readonly string[]; readonly normalise: Normalisation };
  readonly versions: { readonly patterns: readonly string[] };
  readonly spec: SpecForms;
  /** See PackageSyntax. */
  readonly installers?: Readonly<Record<string, readonly string[]>>;
  /** Prints what is installed; `output` names the form of what it prints. */
  readonly list: { readonly command: readonly string[]; readonly output: string };
  /** Names the script that asks for newer versions; left out: `slipway update` cannot ask. */
  readonly offers?: string;
  readonly manifests: readonly ManifestFormat[];
  readonly machine: LanguageMachine;
}

/** How two spellings of one name are made equal; `pep503`: lower case, and `-`, `_`, `.` are the same. */
export type Normalisation = "none" | "lower" | "pep503";

/** The manager's own words, with `{name}`, `{version}` and `{prefix}`: the version without `.*` at its end. */
export interface SpecForms {
  readonly any: string;
  readonly exact: string;
  readonly pattern: string;
}

/** A package manifest that the manager reads. */
export interface ManifestFormat {
  readonly file: string;
  /** The file beside it that fixes every version, if there is one. */
  readonly lock?: string;
  /** Names the reader (packages/manifests). */
  readonly reader: string;
}

/** What a RUN step needs from this machine for the manager; none of it enters an image or a key. */
export interface LanguageMachine {
  /** Caches: variables with `{mount}` for the machine's directory. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that name the machine's CA bundle. */
  readonly certificates: readonly string[];
  /** The machine's own variables that pass as they are. */
  readonly variables: readonly string[];
  readonly settings: readonly SettingsFile[];
  /** Where packages come from, for a build whose network is `packages`; the machine's own settings count as well. */
  readonly hosts: readonly PackageHost[];
}

/** A configuration file of the machine; the reader that `lines` names decides which of its lines pass. */
export interface SettingsFile {
  readonly file: string;
  readonly variable: string;
  readonly lines: string;
}

/** A catalogue's own language, with its template as text. */
export interface OwnLanguage extends Language {
  readonly source: Source;
  readonly template: { readonly text: string; readonly source: Source };
}
