import { newMapping, type YamlMapping, type YamlValue } from "./value.js";

/*
 * Reads the YAML that nearly every definition is written in, about six times as fast as the full parser: block
 * mappings and lists, scalars on one line, flow collections of scalars. Everything else, correct or not, is left to
 * the full parser, so this file decides nothing: test/load/yaml/parse-simple.test.ts compares the two.
 */

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const COMMA = 44;
const DASH = 45;
const COLON = 58;

/** Tabs, carriage returns, control characters, surrogates and byte order marks are for the full parser. */
const UNUSUAL = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
/** A character a plain scalar can begin with that means nothing else (YAML 1.2, indicators). */
const PLAIN_START = /[^\s\-?:,[\]{}#&*!|>'"%@`]/;
/** Within brackets only words of these, since there are more indicators there. */
const FLOW_WORD =
  /(?:[A-Za-z0-9_/]|-(?=[A-Za-z0-9_-]))[A-Za-z0-9_./+~^@=*-]*(?: +[A-Za-z0-9_./+~^@=(-][A-Za-z0-9_./+~^@=*()-]*)*/y;
/** Deeper nesting is for the full parser, which enforces the limit. */
const MAX_DEPTH = 16;

/** The value of a document, all scalars as text; undefined: it must be parsed by the full parser. */
export function parseSimpleYaml(text: string): YamlValue | undefined {
  return UNUSUAL.test(text) ? undefined : new SimpleParser(text).parse();
}

class SimpleParser {
  /** First character of the next line that has content. */
  #at = 0;
  /** Spaces before it; -1 at the end and after giving up. */
  #indent = 0;
  #gaveUp = false;
  #depth = 0;

  constructor(readonly text: string) {}

  parse(): YamlValue | undefined {
    this.#nextLine(0);
    if (this.#indent < 0) return undefined;
    const value = this.#block(this.#indent);
    return this.#gaveUp || this.#indent >= 0 ? undefined : value;
  }

  /** Ends every loop, since all run only while the indentation is what they expect. */
  #giveUp(): string {
    this.#gaveUp = true;
    this.#indent = -1;
    return "";
  }

  /** Goes to the first line with content at or after the start of a line. */
  #nextLine(start: number): void {
    const { text } = this;
    for (let line = start; line < text.length; ) {
      let at = line;
      while (text.charCodeAt(at) === SPACE) at++;
      const first = text.charCodeAt(at);
      if (first !== HASH && first !== NEWLINE && at < text.length) {
        this.#at = at;
        this.#indent = at - line;
        // Document markers and directives.
        if (at === line && (first === 37 || text.startsWith("---", at) || text.startsWith("...", at))) this.#giveUp();
        return;
      }
      line = this.#lineEnd(at) + 1;
    }
    this.#indent = -1;
  }

  #lineEnd(from: number): number {
    const end = this.text.indexOf("\n", from);
    return end < 0 ? this.text.length : end;
  }

  #block(indent: number): YamlValue {
    if (++this.#depth > MAX_DEPTH) return this.#giveUp();
    const value = this.#isEntry() ? this.#sequence(indent) : this.#mapping(indent);
    this.#depth--;
    return value;
  }

  /** Whether the current line is `- …`. */
  #isEntry(): boolean {
    return this.text.charCodeAt(this.#at) === DASH && this.#isGap(this.#at + 1);
  }

  /** Whether a space, a line feed or the end is there. */
  #isGap(at: number): boolean {
    const char = this.text.charCodeAt(at);
    return char === SPACE || char === NEWLINE || at >= this.text.length;
  }

  #mapping(indent: number): YamlMapping {
    const mapping = newMapping();
    while (this.#indent === indent && !this.#isEntry()) {
      const end = this.#keyEnd(this.#at);
      const key = this.text.slice(this.#at, end);
      if (end < 0 || mapping[key] !== undefined) this.#giveUp();
      else mapping[key] = this.#valueAfter(end + 1, indent, true);
    }
    if (this.#indent > indent) this.#giveUp();
    return mapping;
  }

  #sequence(indent: number): YamlValue[] {
    const items: YamlValue[] = [];
    while (this.#indent === indent && this.#isEntry()) {
      const at = this.#skipSpaces(this.#at + 1);
      if (this.#keyEnd(at) > 0) {
        // `- key: value`: the mapping's indentation is where its first key stands.
        this.#indent += at - this.#at;
        this.#at = at;
        items.push(this.#block(this.#indent));
      } else items.push(this.#valueAfter(this.#at + 1, indent, false));
    }
    if (this.#indent > indent) this.#giveUp();
    return items;
  }

  /** Position of the colon if there is a simple key here, otherwise -1. */
  #keyEnd(start: number): number {
    let at = start;
    for (; ; at++) {
      const char = this.text.charCodeAt(at);
      const isWord =
        (char >= 97 && char <= 122) || (char >= 65 && char <= 90) || (char >= 48 && char <= 57) || char === 95;
      // `-`, `.` and `/` only within a key.
      if (!isWord && !(at > start && char >= 45 && char <= 47)) break;
    }
    return at > start && this.text.charCodeAt(at) === COLON && this.#isGap(at + 1) ? at : -1;
  }

  /**
   * What follows `key:` or `-`, on the same line or indented below it; a mapping's list may come right below its key.
   */
  #valueAfter(position: number, indent: number, inMapping: boolean): YamlValue {
    const at = this.#skipSpaces(position);
    const first = this.text.charCodeAt(at);
    if (at < this.text.length && first !== NEWLINE && first !== HASH) return this.#inline(at, indent);
    this.#nextLine(this.#lineEnd(at) + 1);
    if (this.#indent > indent || (inMapping && this.#indent === indent && this.#isEntry()))
      return this.#block(this.#indent);
    return "";
  }

  #skipSpaces(from: number): number {
    let at = from;
    while (this.text.charCodeAt(at) === SPACE) at++;
    return at;
  }

  /** A value that ends with its line. */
  #inline(at: number, indent: number): YamlValue {
    const lineEnd = this.#lineEnd(at);
    const first = this.text[at] ?? "";
    const value = PLAIN_START.test(first) ? this.#plain(at, lineEnd) : this.#closed(at, lineEnd);
    if (this.#gaveUp) return "";
    this.#nextLine(lineEnd + 1);
    // A plain scalar would go on in a line that is indented further.
    if (this.#indent > indent) this.#giveUp();
    return value;
  }

  #plain(at: number, lineEnd: number): string {
    const line = this.text.slice(at, lineEnd);
    const comment = line.indexOf(" #");
    const value = (comment < 0 ? line : line.slice(0, comment)).trimEnd();
    return value.includes(": ") || value.endsWith(":") ? this.#giveUp() : value;
  }

  /** A value that marks its own end; only a comment may follow it. */
  #closed(at: number, lineEnd: number): YamlValue {
    const opening = this.text[at];
    const end = opening === "[" ? this.#flow(at, "]") : opening === "{" ? this.#flow(at, "}") : this.#quoted(at);
    const rest = this.#skipSpaces(end.next);
    const isComment = this.text.charCodeAt(rest) === HASH && rest > end.next;
    return rest === lineEnd || isComment ? end.value : this.#giveUp();
  }

  /** A quoted scalar without escapes, on one line. */
  #quoted(at: number): { value: string; next: number } {
    const quote = this.text.charCodeAt(at);
    if (quote !== QUOTE && quote !== APOSTROPHE) return { value: this.#giveUp(), next: at };
    const end = this.text.indexOf(this.text[at] ?? "", at + 1);
    const value = this.text.slice(at + 1, end);
    const isSimple =
      end > 0 && !value.includes("\n") && !value.includes("\\") && this.text.charCodeAt(end + 1) !== APOSTROPHE;
    return { value: isSimple ? value : this.#giveUp(), next: end + 1 };
  }

  /** `[a, b]` or `{a: 1, b: [2, 3]}`. */
  #flow(start: number, closing: "]" | "}"): { value: YamlValue; next: number } {
    const mapping = newMapping();
    const items: YamlValue[] = [];
    let at = this.#skipSpaces(start + 1);
    while (!this.#gaveUp && !(this.text[at] === closing && items.length === 0)) {
      if (closing === "]") {
        const item = this.#flowValue(at);
        items.push(item.value);
        at = this.#skipSpaces(item.next);
      } else {
        const word = this.#flowWord(at);
        const value = this.#flowValue(this.#skipSpaces(word.next + 1));
        if (
          this.text.charCodeAt(word.next) !== COLON ||
          !this.#isGap(word.next + 1) ||
          mapping[word.value] !== undefined
        )
          this.#giveUp();
        mapping[word.value] = value.value;
        items.push("");
        at = this.#skipSpaces(value.next);
      }
      if (this.text[at] === closing) break;
      if (this.text.charCodeAt(at) !== COMMA) this.#giveUp();
      at = this.#skipSpaces(at + 1);
    }
    return { value: closing === "]" ? items : mapping, next: at + 1 };
  }

  #flowValue(at: number): { value: YamlValue; next: number } {
    const first = this.text[at];
    if (first !== "[" && first !== "{") return this.#flowWord(at);
    this.#depth++;
    if (this.#depth > MAX_DEPTH) return { value: this.#giveUp(), next: at };
    const flow = this.#flow(at, first === "[" ? "]" : "}");
    this.#depth--;
    return flow;
  }

  #flowWord(at: number): { value: string; next: number } {
    const first = this.text.charCodeAt(at);
    if (first === QUOTE || first === APOSTROPHE) return this.#quoted(at);
    FLOW_WORD.lastIndex = at;
    const value = FLOW_WORD.exec(this.text)?.[0];
    return value === undefined ? { value: this.#giveUp(), next: at } : { value, next: at + value.length };
  }
}
