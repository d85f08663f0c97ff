/** A fenced block of a Markdown page. */
export interface PageBlock {
  readonly language: string;
  readonly text: string;
  /** The heading above it, without `#`. */
  readonly heading: string;
  /** The offset of `text` in the page. */
  readonly at: number;
}

/** All fenced blocks of a page, in order. */
export function blocksOf(page: string): PageBlock[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [all, language = "", text = ""] = match;
    return { language, text, heading: headingAt(page, match.index), at: match.index + all.indexOf("\n") + 1 };
  });
}

const headingAt = (page: string, at: number) => headingsOf(page.slice(0, at)).at(-1) ?? "";

/** The headings of a page, without `#`. Comments in blocks are not headings. */
export const headingsOf = (page: string) =>
  [...page.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);

/** The page with some of its blocks replaced. */
export function withTexts(page: string, texts: ReadonlyMap<PageBlock, string>): string {
  let result = page;
  for (const [{ at, text }, next] of [...texts].sort(([a], [b]) => b.at - a.at))
    result = result.slice(0, at) + next + result.slice(at + text.length);
  return result;
}

/** The anchor of a heading (the part of a link after `#`), as GitHub makes it. */
export const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
