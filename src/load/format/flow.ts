import type { CST } from "yaml";
import type { Schema } from "../kinds/schema/schema.js";
import { endOfItem, keyText, scalarText, syntaxTree, tokensOf } from "../yaml/tokens.js";
import { inSchemaOrder, mappingSchema, schemaOfKey } from "./key-order.js";

/** Single quotes become double ones, unless something between them would change its meaning. */
export function formatQuotes(text: string): string {
  let result = "";
  let done = 0;
  for (const { offset, source } of tokensOf(text, new Set(["single-quoted-scalar"]))) {
    if (!/^'[^'"\\\n]*'$/.test(source)) continue;
    result += `${text.slice(done, offset)}"${source.slice(1, -1)}"`;
    done = offset + source.length;
  }
  return result + text.slice(done);
}

/** Orders the keys of `{ … }`. Blanks and commas stay in place, so the text keeps its length. */
export function formatFlow(text: string, schema: Schema): string {
  const tree = syntaxTree(text);
  return tree === undefined ? text : new FlowFormatter(text).all(tree, schema);
}

interface Piece {
  readonly key: string;
  readonly scalar: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly value: CST.Token | null | undefined;
}

class FlowFormatter {
  constructor(readonly text: string) {}

  /** The whole text, with its flow mappings in order. */
  all(tree: CST.Token, schema: Schema): string {
    let result = "";
    let done = 0;
    for (const { start, end, text } of this.#changes(tree, schema)) {
      result += this.text.slice(done, start) + text;
      done = end;
    }
    return result + this.text.slice(done);
  }

  *#changes(token: CST.Token, schema: Schema | undefined): Generator<{ start: number; end: number; text: string }> {
    if (token.type === "flow-collection") {
      const start = token.offset;
      const text = this.#flow(token, schema);
      yield { start, end: start + text.length, text };
    } else if (token.type === "block-seq" || token.type === "block-map") {
      const own = mappingSchema(schema, token.items.map(entryOf));
      for (const item of token.items) {
        if (!item.value) continue;
        yield* this.#changes(
          item.value,
          token.type === "block-seq" ? schema?.items : schemaOfKey(own, entryOf(item).key),
        );
      }
    }
  }

  #flow(token: CST.FlowCollection, schema: Schema | undefined): string {
    const end = token.end.find(({ type }) => type.endsWith("-end"));
    const isMap = token.start.type === "flow-map-start";
    // What follows the last comma is an entry too, made of blanks.
    const items = token.items.filter(({ key, value, sep }) => key || value || sep);
    const pieces = items.map(pieceOf);
    const own = isMap ? mappingSchema(schema, items.map(entryOf)) : schema;
    const texts = pieces.map((piece) => ({
      ...piece,
      text: this.#piece(piece, isMap ? schemaOfKey(own, piece.key) : own?.items),
    }));
    const inOrder = isMap && isOrderable(items, token) ? inSchemaOrder(texts, own) : texts;
    let result = "";
    let done = token.offset;
    for (const [index, { start, end: behind }] of pieces.entries()) {
      result += this.text.slice(done, start) + (inOrder[index]?.text ?? "");
      done = behind;
    }
    return result + this.text.slice(done, end === undefined ? done : end.offset + end.source.length);
  }

  #piece({ start, end, value }: Piece, schema: Schema | undefined): string {
    if (value?.type !== "flow-collection") return this.text.slice(start, end);
    return this.text.slice(start, value.offset) + this.#flow(value, schema);
  }
}

const entryOf = ({ key, value }: CST.CollectionItem) => ({ key: keyText(key) ?? "", scalar: scalarText(value) });

function pieceOf(item: CST.CollectionItem): Piece {
  const start = item.key?.offset ?? item.value?.offset ?? endOfItem(item);
  return { ...entryOf(item), start, end: Math.max(start, endOfItem(item)), value: item.value };
}

/** Whether keys are plain words, and no comment would end up beside another entry. */
function isOrderable(items: readonly CST.CollectionItem[], collection: CST.FlowCollection): boolean {
  const isWord = ({ start, key }: CST.CollectionItem) =>
    keyText(key) !== undefined && !start.some(({ type }) => ODD.has(type));
  return items.every(isWord) && !hasComment(collection);
}

const ODD: ReadonlySet<string> = new Set(["anchor", "tag", "explicit-key-ind"]);

function hasComment(token: CST.Token | null | undefined): boolean {
  if (!token) return false;
  const isComment = ({ type }: CST.SourceToken) => type === "comment";
  if (token.type !== "flow-collection") return "end" in token && (token.end ?? []).some(isComment);
  // Anything after the bracket is outside.
  const bracket = token.end.findIndex(({ type }) => type.endsWith("-end"));
  if (token.end.slice(0, bracket).some(isComment)) return true;
  return token.items.some(
    ({ start, key, sep, value }) => [...start, ...(sep ?? [])].some(isComment) || hasComment(key) || hasComment(value),
  );
}
