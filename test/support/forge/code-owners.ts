import ignore from "ignore";
import type { BareRepository } from "./bare-repository.js";

interface Rule {
  readonly matches: (path: string) => boolean;
  readonly owners: readonly string[];
}

/** Where GitHub looks, in this order; the first one that is there counts. */
const PLACES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/** The owners of a path as of a commit, with their `@`; none: nobody's. No file: null. */
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

/** The last rule that matches decides, also where it names nobody. */
export function owners(text: string): (path: string) => readonly string[] {
  const rules = text.split("\n").flatMap(parse);
  return (path) => rules.findLast(({ matches }) => matches(path))?.owners ?? [];
}

function parse(line: string): Rule[] {
  const [pattern = "", ...owners] = line
    .replace(/(?:^|\s)#.*$/, "")
    .trim()
    .split(/\s+/);
  // What .gitignore has beyond CODEOWNERS: GitHub skips such a line.
  if (pattern === "" || /^!|[[\]]|^\\#/.test(pattern)) return [];
  const matcher = ignore({ ignorecase: false }).add(pattern);
  // docs/* means the files in docs only; .gitignore would take what is below its directories too.
  const depth = pattern.endsWith("/*") && !pattern.includes("**") ? segments(pattern.replace(/^\//, "")) : null;
  return [{ owners, matches: (path) => (depth === null || segments(path) === depth) && matcher.ignores(path) }];
}

function segments(path: string): number {
  return path.split("/").length;
}
