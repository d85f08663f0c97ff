import { wildcardMatches } from "./wildcard.js";

/** How one package manager writes names and versions. */
export interface PackageSyntax {
  readonly name: string;
  readonly kind: "system" | "runtime";
  /** Anchored allow-lists: nothing else reaches a shell. */
  readonly namePattern: RegExp;
  readonly versionPattern: RegExp;
  /**
   * The system packages that bring the manager, by operating system; `*` stands for any text, and the first is the one to suggest. A
   * system that is left out: nobody has said.
   */
  readonly installers?: Readonly<Record<string, readonly string[]>>;
  /** Brings two spellings of one package's name into the same form. */
  normalise(name: string): string;
  /**
   * Brings a version, or a pattern of versions, into the form in which it is compared; left out: compared as written.
   */
  normaliseVersion?(version: string): string;
  /** The manager's own argument for a package and its version. Single quotes are all it ever needs. */
  argument(name: string, version: string | undefined): string;
}

/** The package managers of a catalogue. */
export interface Managers {
  /** The manager of an operating system or language; undefined if there is none. */
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
