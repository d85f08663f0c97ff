/** Whether a pattern matches a text; `*` stands for any text, everything else for itself. */
export function wildcardMatches(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first)) return false;
  // Leftmost matches of the middle parts leave the most for the last one. Not a regular expression: many `*` would
  // take forever.
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
