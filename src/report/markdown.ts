import { printable } from "./printable.js";

/*
 * GitHub-flavoured Markdown of text that nobody vouches for. GitHub looks for mentions, issues and links in the rendered
 * page, after entities and backslashes are gone: `&#64;everyone` and `\@everyone` notify everyone. Only code is left
 * alone, so foreign text is always code: spans here and in cells, fenced blocks for what has lines.
 */

/** Characters of a value that are shown where nothing else is said; no name or message of use is longer. */
const MAX_SHOWN = 1000;

/** A code span. What is not visible, line breaks too, is written as an escape. */
export function code(text: string, max = MAX_SHOWN): string {
  return span(shorten(printable(text), max));
}

/** A code span within a table. */
export function cellCode(text: string, max = MAX_SHOWN): string {
  // A cell ends at `|` even in code, unless a backslash is in front of it. What one backslash more does to a backslash that
  // is there already, Markdown implementations disagree about.
  const clear = shorten(printable(text), max).replaceAll("\\|", "\\x7c");
  return span(clear.replaceAll("|", "\\|"));
}

/** A fenced block; the language is ours. */
export function fenced(lines: readonly string[], language = ""): string {
  const shown = lines.map((line) => shorten(printable(line, "\t"), MAX_SHOWN));
  const fence = "`".repeat(Math.max(3, longestRun(shown.join("\n")) + 1));
  return [`${fence}${language}`, ...shown, fence].join("\n");
}

/** A row of a table; the cells are Markdown already. */
export const tableRow = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** What opens and closes a section that is folded; title and content are Markdown already. */
export const FOLDED = {
  // Markdown within HTML starts behind an empty line.
  open: (title: string) => `<details><summary>${title}</summary>\n\n`,
  close: "\n\n</details>",
} as const;

/** A link, or nothing where the address could be anything but the address of a page. */
export function link(text: string, url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\/[\w.:-]+(?:\/[\w.~%/?=&#+-]*)?$/.test(url) ? `[${text}](${url})` : undefined;
}

/** `@login` or `@organisation/team`, which GitHub notifies. Only for names from a source that is trusted. */
export function mention(owner: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9_-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)?$/.test(owner) ? `@${owner}` : code(`@${owner}`);
}

/** The first `max` characters, with `…` in place of the rest. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  // Half of a surrogate pair is no character.
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

function span(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  // One space at both ends is taken away again, unless there are only spaces.
  const padding = text === "" || /^[ `]|[ `]$/.test(text) ? " " : "";
  return /^ *$/.test(text) ? `${fence} ${text}${fence}` : fence + padding + text + padding + fence;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
