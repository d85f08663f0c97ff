import { printable } from "./printable.js";

/*
 * GitHub-flavoured Markdown from untrusted text. GitHub looks for mentions, issues and links in the rendered page, after
 * resolving entities and backslashes: `&#64;everyone` and `\@everyone` notify everyone. Only code is left alone, so foreign
 * text is always code: spans in running text and in cells, fenced blocks for multiple lines.
 */

/** The default number of characters shown of a value; no useful name or message is longer. */
const MAX_SHOWN = 1000;

/** A code span. Invisible characters and line breaks are written as escapes. */
export function code(text: string, max = MAX_SHOWN): string {
  return span(shorten(printable(text), max));
}

/** A code span for a cell of a table. */
export function cellCode(text: string, max = MAX_SHOWN): string {
  // A cell ends at `|` even within code, unless a backslash precedes it. Markdown implementations disagree about what another
  // backslash before that one means.
  const clear = shorten(printable(text), max).replaceAll("\\|", "\\x7c");
  return span(clear.replaceAll("|", "\\|"));
}

/** A fenced block; `language` must be trusted. */
export function fenced(lines: readonly string[], language = ""): string {
  const shown = lines.map((line) => shorten(printable(line, "\t"), MAX_SHOWN));
  const fence = "`".repeat(Math.max(3, longestRun(shown.join("\n")) + 1));
  return [`${fence}${language}`, ...shown, fence].join("\n");
}

/** A row of a table, from cells in Markdown. */
export const tableRow = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** Opens and closes a folded section; title and content are Markdown. */
export const FOLDED = {
  // Markdown within HTML needs an empty line before it.
  open: (title: string) => `<details><summary>${title}</summary>\n\n`,
  close: "\n\n</details>",
} as const;

/** A link; undefined if the address might be anything but that of a web page. */
export function link(text: string, url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\/[\w.:-]+(?:\/[\w.~%/?=&#+-]*)?$/.test(url) ? `[${text}](${url})` : undefined;
}

/** `@login` or `@organisation/team`, whom GitHub notifies: only for names from a trusted source. */
export function mention(owner: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9_-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)?$/.test(owner) ? `@${owner}` : code(`@${owner}`);
}

/** The first `max` characters, with `…` in place of the rest. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  // Half of a surrogate pair is not a character.
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

function span(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  // Markdown strips one space at each end, unless there are only spaces.
  const padding = text === "" || /^[ `]|[ `]$/.test(text) ? " " : "";
  return /^ *$/.test(text) ? `${fence} ${text}${fence}` : fence + padding + text + padding + fence;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
