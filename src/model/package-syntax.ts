import { wildcardMatches } from "./wildcard.js";

/** How one package manager writes names and versions. */
export interface PackageSyntax {
  readonly name: string;
  readonly kind: "system" | "runtime";
  /** Anchored allow-lists: nothing else reaches a shell. */
  readonly namePattern: RegExp;
  readonly versionPattern: RegExp;
  /** The form in which two spellings of one package's name are equal. */
  normalise(name: string): string;
  /** The form in which a version, or a pattern of versions, is compared; left out: as it is written. */
  normaliseVersion?(version: string): string;
  /** The manager's own words for a package and its version. Never needs more than single quotes. */
  argument(name: string, version: string | undefined): string;
}

/** The package managers of a catalogue. */
export interface Managers {
  /** The manager of an operating system or language; undefined where there is none. */
  find(kind: PackageSyntax["kind"], scope: string | undefined): PackageSyntax | undefined;
  /** The operating systems or languages that have one. */
  scopes(kind: PackageSyntax["kind"]): readonly string[];
}

/** Whether a version is one of those that a pattern approves; `*` stands for any text. */
export function versionMatches(
  pattern: string,
  version: string,
  syntax?: Pick<PackageSyntax, "normaliseVersion">,
): boolean {
  const form = (text: string) => syntax?.normaliseVersion?.(text) ?? text;
  return wildcardMatches(form(pattern), form(version));
}
