import { type Event, getScalarValue, parseEvents, YAMLException } from "js-yaml";
import type { Place } from "../../model/diagnostic.js";
import { MAX_YAML_DEPTH } from "../limits.js";
import { ALIAS, MAPPING, offsetOf, POP, SCALAR, SEQUENCE } from "../yaml/parse.js";
import { YamlSource } from "../yaml/source.js";
import { explainSyntax } from "../yaml/syntax.js";
import type { Notes } from "./notes.js";

/** A node of a foreign document: scalars are text as written, and each node has its place. */
export interface Located {
  readonly place: Place;
  readonly value: string | readonly Located[] | ReadonlyMap<string, LocatedEntry>;
}

export interface LocatedEntry {
  readonly key: Place;
  readonly node: Located;
}

/**
 * Reads all documents of a YAML file. Aliases and duplicate keys are errors, as in the native format; tags are
 * ignored with a note.
 */
export function readForeignYaml(file: string, text: string, notes: Notes): Located[] {
  const source = new YamlSource(file, text);
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: MAX_YAML_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { offset, message, hint } = explainSyntax(error);
    notes.error(source.atOffset(offset), message, hint);
    return [];
  }
  return new Composer(source, events, notes).documents();
}

class Composer {
  #next = 0;
  #end = 0;

  constructor(
    readonly source: YamlSource,
    readonly events: readonly Event[],
    readonly notes: Notes,
  ) {}

  documents(): Located[] {
    const documents: Located[] = [];
    while (this.#next < this.events.length) {
      // A document's own event, its node, and the end of both.
      this.#next++;
      documents.push(this.#node());
      this.#next++;
    }
    // `---` before the first document or after the last one starts an empty one.
    return documents.filter(({ value }) => value !== "");
  }

  #node(): Located {
    const event = this.events[this.#next++];
    if (event === undefined) throw new Error("js-yaml's event stream is not balanced");
    const place = this.source.atOffset(offsetOf(event, this.#end));
    if ("tagStart" in event && event.tagStart >= 0)
      this.notes.note(
        this.source.atOffset(event.tagStart),
        "the tag is left aside: every value is read as it is written",
      );
    if (event.type === ALIAS) {
      this.notes.error(place, "aliases are not read", "write the value out");
      return { place, value: "" };
    }
    if (event.type === MAPPING) return { place, value: this.#mapping() };
    if (event.type === SEQUENCE) return { place, value: this.#sequence() };
    if (event.type !== SCALAR) throw new Error("js-yaml's event stream is not balanced");
    if (event.valueEnd > this.#end) this.#end = event.valueEnd;
    return { place, value: getScalarValue(this.source.text, event) };
  }

  #sequence(): Located[] {
    const items: Located[] = [];
    while (this.events[this.#next]?.type !== POP) items.push(this.#node());
    this.#next++;
    return items;
  }

  #mapping(): Map<string, LocatedEntry> {
    const entries = new Map<string, LocatedEntry>();
    while (this.events[this.#next]?.type !== POP) {
      const key = this.#node();
      const node = this.#node();
      if (typeof key.value !== "string") this.notes.error(key.place, "a key must be text");
      else if (key.value === "<<") this.notes.error(key.place, "merge keys (`<<`) are not read", "write the keys out");
      else if (entries.has(key.value))
        this.notes.error(key.place, `the key \`${key.value}\` occurs here for the second time`, "keep one of the two");
      else entries.set(key.value, { key: key.place, node });
    }
    this.#next++;
    return entries;
  }
}
