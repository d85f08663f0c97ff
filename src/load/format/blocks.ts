import type { CST } from "yaml";
import type { Schema } from "../kinds/schema/schema.js";
import { endOfItem, keyText, scalarText, syntaxTree } from "../yaml/tokens.js";
import { inSchemaOrder, mappingSchema, schemaOfKey } from "./key-order.js";

/** Spaces per level. */
const STEP = 2;

/**
 * Orders the keys of mappings whose entries have lines of their own, and indents by two. Lines are moved as they are,
 * with the comments above them, whatever they say. Text whose lines cannot be moved (explicit keys, an anchor on a
 * line of its own …) stays as it is.
 */
export function formatBlocks(text: string, schema: Schema): string {
  const tree = syntaxTree(text);
  if (tree?.type !== "block-map" && tree?.type !== "block-seq") return text;
  const lines = text.replace(/\n$/, "").split("\n");
  const formatter = new BlockFormatter(lines, text);
  const head = headOf(lines, formatter.lineOf(tree.offset));
  const block = formatter.block(tree, schema, { from: head, until: lines.length, indent: 0 });
  if (block === undefined) return text;
  return `${[...lines.slice(0, head), ...indented(block.lead, 0), ...block.lines].join("\n")}\n`;
}

/**
 * The number of lines that belong to the file itself: set off from the first key by an empty line, or meant for an
 * editor.
 */
function headOf(lines: readonly string[], first: number): number {
  const above = lines.slice(0, first);
  const last = above.findLastIndex((line) => line.trim() === "" || !isComment(line) || MODELINE.test(line));
  return last + 1;
}

const MODELINE = /^\s*#\s*(?:yaml-language-server:|vim?:|-\*-)/;

interface Place {
  /** The first line that may belong to the block, and the first one after it. */
  readonly from: number;
  readonly until: number;
  /** The column in which the block is to begin. */
  readonly indent: number;
}

interface Block {
  /** Comments and empty lines above the first entry, without indentation. */
  readonly lead: readonly string[];
  readonly lines: readonly string[];
}

interface Entry extends Block {
  readonly key: string;
  readonly scalar: string | undefined;
  /** Empty lines above its comments. */
  readonly blank: number;
}

type BlockToken = CST.BlockMap | CST.BlockSequence;

/** Lines of an entry in the source: its key or dash is on line `at`, in `column`; `end` is the first line after it. */
interface Span {
  readonly item: CST.CollectionItem;
  readonly at: number;
  readonly column: number;
  readonly leadFrom: number;
  readonly end: number;
}

class BlockFormatter {
  readonly #starts: readonly number[];

  constructor(
    readonly lines: readonly string[],
    text: string,
  ) {
    this.#starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  }

  lineOf(offset: number): number {
    return this.#starts.findLastIndex((start) => start <= offset);
  }

  /** Undefined: the entry must stay as it is. */
  block(token: BlockToken, schema: Schema | undefined, place: Place): Block | undefined {
    const spans = this.#spans(token, place);
    if (spans === undefined) return undefined;
    const own = token.type === "block-map" ? mappingSchema(schema, token.items.map(entryOf)) : schema;
    const entries = spans.map((span) => this.#entry(span, token.type, own, place.indent));
    const last = spans.at(-1)?.end ?? place.until;
    const inOrder = token.type === "block-map" ? withBlanks(entries, inSchemaOrder(entries, own)) : entries;
    const [first, ...rest] = inOrder;
    if (first === undefined) return undefined;
    const lines = rest.flatMap(({ lead, lines: own, blank }) => [
      ...blanks(blank),
      ...indented(lead, place.indent),
      ...own,
    ]);
    const foot = indented(this.lines.slice(last, place.until), place.indent);
    return { lead: [...blanks(first.blank), ...first.lead], lines: [...first.lines, ...lines, ...foot] };
  }

  /** Undefined if there is anything but comments between the entries. */
  #spans(token: BlockToken, { from, until }: Place): readonly Span[] | undefined {
    const items = token.items.filter(({ key, value, start }) => key || value || start.some(isDash));
    const places = items.map((item) => this.#start(item, token.type));
    const spans: Span[] = [];
    let leadFrom = from;
    for (const [index, item] of items.entries()) {
      const place = places[index];
      if (place === undefined || this.lines.slice(leadFrom, place.at).some((line) => !isBlankOrComment(line)))
        return undefined;
      const next = places[index + 1]?.at ?? until;
      const end = this.#tail(this.lineOf(endOfItem(item) - 1) + 1, next, place.column);
      spans.push({ item, ...place, leadFrom, end });
      leadFrom = end;
    }
    const sameColumn = places.every((place) => place?.column === places[0]?.column);
    const foot = this.lines.slice(leadFrom, until);
    return sameColumn && foot.every(isBlankOrComment) ? spans : undefined;
  }

  #start(item: CST.CollectionItem, type: BlockToken["type"]): { at: number; column: number } | undefined {
    const solid = item.start.filter(({ type: name }) => !["space", "newline", "comment"].includes(name));
    const dash = solid.find(isDash);
    if (type === "block-seq" ? solid.length !== 1 : solid.length > 0 || keyText(item.key) === undefined)
      return undefined;
    const offset = type === "block-seq" ? dash?.offset : item.key?.offset;
    if (offset === undefined) return undefined;
    const at = this.lineOf(offset);
    return { at, column: offset - (this.#starts[at] ?? 0) };
  }

  /** Comments that are indented more than an entry belong to it. */
  #tail(from: number, until: number, column: number): number {
    const deeper = this.lines.slice(from, until).findLastIndex((line) => isComment(line) && depthOf(line) > column);
    return from + deeper + 1;
  }

  #entry(span: Span, type: BlockToken["type"], schema: Schema | undefined, indent: number): Entry {
    const above = this.lines.slice(span.leadFrom, span.at).map((line) => line.trim());
    const blank = above.findIndex((line) => line !== "");
    const entry = entryOf(span.item);
    const child = type === "block-seq" ? schema?.items : schemaOfKey(schema, entry.key);
    const { lead, lines } = this.#body(span, type, child, indent);
    const comments = blank < 0 ? [] : above.slice(blank);
    return { ...entry, blank: blank < 0 ? above.length : blank, lead: [...comments, ...lead], lines };
  }

  #body(span: Span, type: BlockToken["type"], schema: Schema | undefined, indent: number): Block {
    const { item, at, end, column } = span;
    const { value } = item;
    if (value?.type !== "block-map" && value?.type !== "block-seq") return this.#moved(span, type, indent);
    const line = this.lines[at] ?? "";
    const start = this.lineOf(value.offset);
    const from = start === at ? at : at + 1;
    const block = this.block(value, schema, { from, until: end, indent: indent + STEP });
    if (block === undefined) return this.#moved(span, type, indent);
    const [first = "", ...rest] = block.lines;
    if (start !== at) {
      const key = " ".repeat(indent) + line.slice(column).trimEnd();
      return { lead: [], lines: [key, ...indented(block.lead, indent + STEP), ...block.lines] };
    }
    // `- key: value`: comments above the key that is now the first belong above the dash.
    const between = line.slice(column + 1, value.offset - (this.#starts[at] ?? 0));
    if (between.trim() !== "") return this.#moved(span, type, indent);
    return { lead: block.lead, lines: [`${" ".repeat(indent)}- ${first.trimStart()}`, ...rest] };
  }

  /** The lines as they are, shifted left or right. */
  #moved({ item, at, end, column }: Span, type: BlockToken["type"], indent: number): Block {
    const [first = "", ...rest] = this.lines.slice(at, end);
    const valueColumn = item.value ? item.value.offset - (this.#starts[at] ?? 0) : 0;
    const isBeside = type === "block-seq" && item.value && valueColumn <= first.length;
    const between = isBeside ? first.slice(column + 1, valueColumn) : "x";
    const text = between.trim() === "" ? `- ${first.slice(valueColumn)}` : first.slice(column);
    return { lead: [], lines: [" ".repeat(indent) + text, ...rest.map((line) => shift(line, indent - column))] };
  }
}

const entryOf = ({ key, value }: CST.CollectionItem) => ({ key: keyText(key) ?? "", scalar: scalarText(value) });

/** Empty lines belong to places, so the first entry gets those that the first entry had before. */
function withBlanks(before: readonly Entry[], after: readonly Entry[]): readonly Entry[] {
  const [was, is] = [before[0], after[0]];
  if (was === undefined || is === undefined || was === is) return after;
  return after.map((entry) => {
    if (entry === is) return { ...entry, blank: was.blank };
    return entry === was ? { ...entry, blank: is.blank } : entry;
  });
}

function shift(line: string, by: number): string {
  if (by >= 0) return line === "" ? "" : " ".repeat(by) + line;
  return line.slice(Math.min(-by, /^ */.exec(line)?.[0].length ?? 0));
}

const blanks = (count: number): string[] => Array<string>(count).fill("");

const indented = (lines: readonly string[], indent: number) =>
  lines.map((line) => (line.trim() === "" ? "" : " ".repeat(indent) + line.trim()));

const isDash = ({ type }: CST.SourceToken) => type === "seq-item-ind";
const isComment = (line: string) => line.trimStart().startsWith("#");
const isBlankOrComment = (line: string) => line.trim() === "" || isComment(line);
const depthOf = (line: string) => line.length - line.trimStart().length;
