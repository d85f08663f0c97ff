import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { Commented, NativeMapping, NativeValue, Plain } from "./native.js";

/** Longer lists of words are written with one word per line. */
const MAX_FLOW = 80;

/** Writes a definition as YAML: comments above what they belong to, short lists in brackets, texts of several lines as blocks. */
export function writeNative(value: NativeMapping): string {
  const document = new Document();
  document.contents = nodeOf(value) as never;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function nodeOf(value: NativeValue): Node {
  if (typeof value === "string") return scalarOf(value);
  if (value instanceof Map) return mapOf(value);
  if (Array.isArray(value)) return listOf(value);
  if ("plain" in value) return new Scalar(plainOf(value));
  const { comment, value: inner } = value as Commented;
  const node = nodeOf(inner);
  node.commentBefore = asComment(comment);
  return node;
}

function scalarOf(text: string): Scalar {
  const scalar = new Scalar(text);
  if (text.includes("\n")) scalar.type = "BLOCK_LITERAL";
  return scalar;
}

function mapOf(entries: NativeMapping): YAMLMap {
  const map = new YAMLMap();
  for (const [name, value] of entries) {
    const key = new Scalar(name);
    // A comment on the value would be written between key and value.
    const node = nodeOf(value);
    if (node.commentBefore) {
      key.commentBefore = node.commentBefore;
      node.commentBefore = null;
    }
    map.items.push(new Pair(key, node));
  }
  return map;
}

function listOf(values: readonly NativeValue[]): YAMLSeq {
  const list = new YAMLSeq();
  list.items = values.map(nodeOf);
  list.flow = list.items.every(isWord) && values.join(", ").length <= MAX_FLOW;
  return list;
}

const plainOf = ({ plain }: Plain): string | number | boolean => {
  if (plain === "true" || plain === "false") return plain === "true";
  return /^(?:0|[1-9][0-9]*)$/.test(plain) ? Number(plain) : plain;
};

const isWord = (item: unknown) => item instanceof Scalar && !item.commentBefore && !String(item.value).includes("\n");

/** Makes each line a comment; nothing hidden in the text must end it. */
const asComment = (text: string) =>
  text
    .split(/\r\n?|\n|\u0085|\u2028|\u2029/)
    .map((line) => ` ${line.replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd")}`)
    .join("\n");
