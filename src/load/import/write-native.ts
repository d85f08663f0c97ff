import { Document, isCollection, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { Commented, NativeMapping, NativeValue } from "./native.js";

/** Longer lists of words are written one word a line. */
const MAX_FLOW = 80;

/** Writes a definition as YAML: comments above what they belong to, short lists in brackets, texts of several lines as blocks. */
export function writeNative(value: NativeMapping, comment?: string): string {
  const document = new Document();
  document.contents = nodeOf(value) as never;
  if (comment !== undefined) document.commentBefore = asComment(comment);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function nodeOf(value: NativeValue): Node {
  if (typeof value === "string") return scalarOf(value);
  if (value instanceof Map) return mapOf(value);
  if (Array.isArray(value)) return listOf(value);
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
    // A comment of a value would stand between the key and the value.
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
  for (const item of list.items) if (isCollection(item) && isSmall(item as Node)) item.flow = true;
  return list;
}

const isWord = (item: unknown) =>
  item instanceof Scalar && !item.commentBefore && typeof item.value === "string" && !item.value.includes("\n");

/** A name and its version. */
const isSmall = (item: Node) =>
  item instanceof YAMLMap &&
  item.items.length <= 2 &&
  !item.items.some(({ key }) => key instanceof Scalar && key.commentBefore) &&
  item.items.every(({ value }) => isWord(value)) &&
  item.toString().length <= MAX_FLOW;

/** Each line of it a comment; what is hidden in it must not end it. */
const asComment = (text: string) =>
  text
    .split(/\r\n?|\n|\u0085|\u2028|\u2029/)
    .map((line) => ` ${line.replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd")}`)
    .join("\n");
