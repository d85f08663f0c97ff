import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** Markdown as GitHub shows it, taken apart. */
export interface Page {
  readonly html: string;
  /** Names of the elements in order, closing tags as `/name`, comments as `!`. */
  readonly tags: readonly string[];
  /** Contents of code spans and blocks. */
  readonly code: readonly string[];
  /** Text outside code, where GitHub looks for mentions, issues and links. */
  readonly prose: string;
  /** Number of cells of every row. */
  readonly cells: readonly number[];
  readonly comments: readonly string[];
}

export function renderMarkdown(markdown: string): Page {
  const html = micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
  const comments: string[] = [];
  const withoutComments = html.replace(/<!--[\s\S]*?-->/g, (comment) => {
    comments.push(comment);
    return "";
  });
  const parts = withoutComments.split(/(<[^>]*>)/);
  const tags: string[] = [];
  const code: string[] = [];
  let prose = "";
  let inside = 0;
  for (const part of parts) {
    const tag = /^<(\/?[a-zA-Z0-9]+)/.exec(part)?.[1]?.toLowerCase();
    if (tag !== undefined) tags.push(tag);
    if (tag === "code") {
      inside += 1;
      code.push("");
    } else if (tag === "/code") inside -= 1;
    else if (tag === undefined && inside > 0) code.push((code.pop() ?? "") + decode(part));
    else if (tag === undefined) prose += decode(part);
  }
  const rows = withoutComments.match(/<tr>[\s\S]*?<\/tr>/g) ?? [];
  return { html, tags, code, prose, cells: rows.map((row) => row.split(/<t[dh]/).length - 1), comments };
}

/** The first error in the nesting of elements; undefined if there is none. */
export function nestingProblem(tags: readonly string[]): string | undefined {
  const open: string[] = [];
  for (const tag of tags) {
    if (tag === "br" || tag === "hr" || tag === "img" || tag === "input") continue;
    if (!tag.startsWith("/")) open.push(tag);
    else if (open.pop() !== tag.slice(1)) return `${tag} closes nothing`;
  }
  return open.length > 0 ? `${open.join(", ")} not closed` : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

const decode = (html: string) => html.replace(/&(lt|gt|amp|quot);/g, (_, name: string) => ENTITIES[name] ?? "");
