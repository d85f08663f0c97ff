/** The fenced blocks of a page in one language. */
export function blocks(page: string, language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, tag, text]) =>
    tag === language ? [text ?? ""] : [],
  );
}
