import { type Event, getScalarValue, parseEvents, type ScalarEvent } from "js-yaml";
import type { Place, Source } from "../../model/diagnostic.js";
import { pointerTo } from "../../model/diagnostic.js";
import { MAX_YAML_DEPTH } from "../limits.js";
import { excerptOf } from "./excerpt.js";
import { MAPPING, offsetOf, POP, SCALAR, SEQUENCE } from "./parse.js";

interface Span {
  /** UTF-16 units; the start of a mapping entry's key, for anything else the same as `value`. */
  readonly key: number;
  readonly value: number;
  /** Undefined: a list or mapping. */
  readonly scalar: ScalarEvent | undefined;
}

/**
 * A file's text with the positions of its nodes. Positions are computed when the first one is needed, by parsing the
 * text again: most files of a catalogue have no problems, and 10,000 position tables would cost more than that.
 */
export class YamlSource implements Source {
  #spans: Map<string, Span> | undefined;
  /** Offsets of the first character of every line. */
  #lines: number[] | undefined;

  constructor(
    readonly file: string,
    readonly text: string,
  ) {}

  get length(): number {
    return this.text.length;
  }

  /** The parser's event for a scalar, from which it can be replaced; undefined if there is no scalar at the pointer. */
  scalar(pointer: string): ScalarEvent | undefined {
    return this.#allSpans().get(pointer)?.scalar;
  }

  isComputed(pointer: string): boolean {
    if (!this.text.includes("${{")) return false;
    const scalar = this.scalar(pointer);
    return scalar !== undefined && getScalarValue(this.text, scalar).includes("${{");
  }

  at(pointer: string, part: "key" | "value" = "value"): Place & { readonly excerpt: string } {
    const spans = this.#allSpans();
    for (let path = pointer; ; path = path.slice(0, path.lastIndexOf("/"))) {
      const span = spans.get(path);
      if (span !== undefined) return this.atOffset(path === pointer && part === "key" ? span.key : span.value);
      if (path === "") return this.atOffset(0);
    }
  }

  #allSpans(): Map<string, Span> {
    this.#spans ??= new SpanReader(this.text).read();
    return this.#spans;
  }

  atOffset(offset: number): Place & { readonly excerpt: string } {
    this.#lines ??= lineStarts(this.text);
    const at = Math.min(offset, this.text.length);
    const line = lineOf(this.#lines, at);
    const start = this.#lines[line - 1] ?? 0;
    const end = this.#lines[line] ?? this.text.length;
    const column = at - start + 1;
    return { file: this.file, line, column, ...excerptOf(this.text.slice(start, end), column) };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n?|\n/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** Binary search; lines count from 1. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** Walks the events of the first document and records the place of each node, by JSON pointer. */
class SpanReader {
  readonly #spans = new Map<string, Span>();
  readonly #events: readonly Event[];
  #next = 1;
  #end = 0;

  constructor(readonly text: string) {
    this.#events = eventsOf(text);
  }

  read(): Map<string, Span> {
    if (this.#events.length > 0) this.#node("", undefined);
    return this.#spans;
  }

  #node(pointer: string, key: number | undefined): string | undefined {
    const event = this.#events[this.#next++];
    if (event === undefined) return undefined;
    const value = this.#start(event);
    // The first of two equal keys counts.
    const scalar = event.type === SCALAR ? event : undefined;
    if (!this.#spans.has(pointer)) this.#spans.set(pointer, { key: key ?? value, value, scalar });
    if (event.type === SCALAR) {
      if (event.valueEnd > this.#end) this.#end = event.valueEnd;
      return getScalarValue(this.text, event);
    }
    if (event.type === SEQUENCE) this.#entries((index) => this.#node(pointer + pointerTo(index), undefined));
    if (event.type === MAPPING) this.#entries(() => this.#entry(pointer));
    return undefined;
  }

  #entries(read: (index: number) => void): void {
    for (let index = 0; (this.#events[this.#next]?.type ?? POP) !== POP; index++) read(index);
    this.#next++;
  }

  #entry(pointer: string): void {
    const event = this.#events[this.#next];
    const start = event === undefined ? this.#end : this.#start(event);
    const key = this.#key();
    this.#node(key === undefined ? `${pointer}/?` : pointer + pointerTo(key), start);
  }

  #key(): string | undefined {
    const event = this.#events[this.#next];
    if (event?.type !== SCALAR) return this.#node("?", undefined);
    this.#next++;
    if (event.valueEnd > this.#end) this.#end = event.valueEnd;
    return getScalarValue(this.text, event);
  }

  /** A block scalar's value starts at the beginning of a line; its first visible character is what a reader looks for. */
  #start(event: Event): number {
    const start = offsetOf(event, this.#end);
    if (event.type !== SCALAR || event.style < 4) return start;
    return start + (/^\s*/.exec(this.text.slice(start, event.valueEnd))?.[0].length ?? 0);
  }
}

function eventsOf(text: string): readonly Event[] {
  try {
    return parseEvents(text, { maxDepth: MAX_YAML_DEPTH });
  } catch {
    // The syntax error was reported when the file was parsed; every pointer then leads to the start of the file.
    return [];
  }
}
