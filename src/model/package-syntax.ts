/** How one package manager writes names and versions. */
export interface PackageSyntax {
  readonly name: string;
  readonly kind: "system" | "runtime";
  /** Anchored allow-lists: nothing else reaches a shell. */
  readonly namePattern: RegExp;
  readonly versionPattern: RegExp;
  /** The form in which two spellings of one package's name are equal. */
  normalise(name: string): string;
  /** The manager's own words for a package and its version. Never needs more than single quotes. */
  spec(name: string, version: string | undefined): string;
}

/** Whether a version is one of those that a pattern approves; `*` stands for any text. */
export function versionMatches(pattern: string, version: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return version === pattern;
  if (!version.startsWith(first)) return false;
  // Leftmost matches of the middle parts leave the most for the last one. No regular expression: many `*` would take for ever.
  let from = first.length;
  for (const part of rest) {
    const at = version.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return version.length - last.length >= from && version.endsWith(last);
}
