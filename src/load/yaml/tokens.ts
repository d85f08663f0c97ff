import { type CST, Parser } from "yaml";

/*
 * The syntax tree of a file with every blank and comment in its place, from the package `yaml`. Only `fmt` uses it,
 * to rewrite YAML; data are never read with it.
 */

/** Undefined: the parser fails, or there is more than one document. */
export function syntaxTree(text: string): CST.Token | undefined {
  const tokens = [...new Parser().parse(text)];
  const documents = tokens.filter(({ type }) => type === "document");
  const [document] = documents;
  const isOdd = tokens.some(({ type }) => type === "error" || type === "doc-end");
  return documents.length === 1 && document?.type === "document" && !isOdd ? document.value : undefined;
}

/** The text of a key on one line without escapes; undefined for any other key. */
export function keyText(token: CST.Token | null | undefined): string | undefined {
  return token?.type === "alias" ? undefined : scalarText(token);
}

/** The same for any scalar. */
export function scalarText(token: CST.Token | null | undefined): string | undefined {
  if (token?.type === "scalar") return /\n/.test(token.source) ? undefined : token.source;
  const isQuoted = token?.type === "single-quoted-scalar" || token?.type === "double-quoted-scalar";
  if (!isQuoted || /[\n\\]|''/.test(token.source)) return undefined;
  return token.source.slice(1, -1);
}

/** The offset after the last character of a value, not counting comments and blank lines that follow. */
function endOf(token: CST.Token): number {
  switch (token.type) {
    case "block-map":
    case "block-seq":
      return token.items.reduce((end, item) => Math.max(end, endOfItem(item)), token.offset);
    case "flow-collection":
      return endOfSeparators(token.end, token.offset + 1);
    case "block-scalar": {
      const header = token.props.at(-1) as CST.SourceToken | undefined;
      const start = header === undefined ? token.offset : header.offset + header.source.length;
      // Only `+` keeps the empty lines at the end.
      const keeps = token.props.some((prop) => prop.type === "block-scalar-header" && prop.source.includes("+"));
      return start + (keeps ? token.source : token.source.trimEnd()).length;
    }
    default:
      return token.offset + ("source" in token ? token.source.length : 0);
  }
}

/** The same for an entry of a mapping or list. */
export function endOfItem({ start, key, sep, value }: CST.CollectionItem): number {
  if (value) return endOf(value);
  const last = endOfSeparators(sep, key ? endOf(key) : -1);
  return Math.max(last, endOfSeparators(start, -1));
}

function endOfSeparators(tokens: readonly CST.SourceToken[] | undefined, otherwise: number): number {
  const solid = tokens?.filter(({ type }) => type !== "space" && type !== "comment" && type !== "newline");
  const last = solid?.at(-1);
  return last === undefined ? otherwise : last.offset + last.source.length;
}

/** Every token of a type, in the order of the text. */
export function* tokensOf(text: string, types: ReadonlySet<string>): Generator<CST.SourceToken> {
  const queue: unknown[] = [...new Parser().parse(text)];
  for (let token = queue.shift(); token !== undefined; token = queue.shift()) {
    if (typeof token !== "object" || token === null) continue;
    if ("type" in token && types.has(String(token.type))) yield token as CST.SourceToken;
    queue.unshift(...Object.values(token).flat());
  }
}
