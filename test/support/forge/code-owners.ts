import ignore from "ignore";
import type { BareRepository } from "./bare-repository.js";

interface Rule {
  readonly matches: (path: string) => boolean;
  readonly owners: readonly string[];
}

/** The places where GitHub looks, in order; the first existing file counts. */
const PLACES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/** The owners of a path at a commit, with their `@`; empty if it has none. Null if there is no file. */
export async function readCodeOwners(
  git: BareRepository,
  commit: string,
): Promise<((path: string) => readonly string[]) | null> {
  for (const place of PLACES) {
    const text = await git.file(commit, place);
    if (text !== null) return owners(text);
  }
  return null;
}

/** The last matching rule decides, even if it names nobody. */
export function owners(text: string): (path: string) => readonly string[] {
  const rules = text.split("\n").flatMap(parse);
  return (path) => rules.findLast(({ matches }) => matches(path))?.owners ?? [];
}

function parse(line: string): Rule[] {
  const [pattern = "", ...owners] = line
    .replace(/(?:^|\s)#.*$/, "")
    .trim()
    .split(/\s+/);
  // GitHub skips lines with .gitignore syntax that CODEOWNERS does not support.
  if (pattern === "" || /^!|[[\]]|^\\#/.test(pattern)) return [];
  const matcher = ignore({ ignorecase: false }).add(pattern);
  // docs/* means only the files in docs; .gitignore would also include those in its subdirectories.
  const depth = pattern.endsWith("/*") && !pattern.includes("**") ? segments(pattern.replace(/^\//, "")) : null;
  return [{ owners, matches: (path) => (depth === null || segments(path) === depth) && matcher.ignores(path) }];
}

function segments(path: string): number {
  return path.split("/").length;
}
