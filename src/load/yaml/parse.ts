import {
  type Event,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from "js-yaml";
import type { DiagnosticCode } from "../../model/diagnostic-codes.js";
import { MAX_YAML_DEPTH } from "../limits.js";
import { parseSimpleYaml } from "./parse-simple.js";
import { explainSyntax } from "./syntax.js";
import { newMapping, type ParsedYaml, type YamlMapping, type YamlProblem, type YamlValue } from "./value.js";

/** js-yaml's event types (EVENT_ID); constants, because looking them up would cost time for every node. */
export const SEQUENCE = 2;
export const MAPPING = 3;
export const SCALAR = 4;
export const ALIAS = 5;
export const POP = 6;

/**
 * Parses one YAML 1.2 document into text, lists and mappings. Aliases, merge keys, tags, further documents and duplicate
 * keys are problems; anchors without an alias are not. Mappings have no prototype, so that no key is special.
 */
export function parseYaml(text: string): ParsedYaml {
  const value = parseSimpleYaml(text);
  return value === undefined ? parseFullYaml(text) : { value, problems: NO_PROBLEMS };
}

const NO_PROBLEMS: readonly YamlProblem[] = [];

/** Like parseYaml, but always with the full parser. */
export function parseFullYaml(text: string): ParsedYaml {
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: MAX_YAML_DEPTH });
  } catch (error) {
    if (error instanceof YAMLException) return { value: undefined, problems: [explainSyntax(error)] };
    throw error;
  }
  return new Composer(text, events).compose();
}

class Composer {
  #next = 0;
  /** End of the last node: the place of an empty value. */
  #end = 0;
  #usable = true;
  readonly #problems: YamlProblem[] = [];

  constructor(
    readonly text: string,
    readonly events: readonly Event[],
  ) {}

  compose(): ParsedYaml {
    if (this.events.length === 0) {
      const problem: YamlProblem = { code: "yaml-document", offset: 0, message: "the file holds no YAML document" };
      return { value: undefined, problems: [problem] };
    }
    this.#next = 1;
    const value = this.#node();
    this.#next++;
    if (this.#next < this.events.length) {
      const offset = this.#separatorAfter(this.#end);
      this.#report(
        "yaml-document",
        offset,
        "the file holds more than one YAML document",
        "put each document into a file of its own",
      );
    }
    return { value: this.#usable ? value : undefined, problems: this.#problems };
  }

  #node(): YamlValue {
    const event = this.events[this.#next++];
    switch (event?.type) {
      case SCALAR:
        this.#refuseTag(event);
        if (event.valueEnd > this.#end) this.#end = event.valueEnd;
        return event.fast ? this.text.slice(event.valueStart, event.valueEnd) : getScalarValue(this.text, event);
      case MAPPING:
        this.#refuseTag(event);
        return this.#mapping();
      case SEQUENCE:
        this.#refuseTag(event);
        return this.#sequence();
      case ALIAS:
        this.#usable = false;
        this.#report("yaml-alias", event.anchorStart - 1, "aliases are not allowed", "write the value out");
        return "";
      default:
        throw new Error("js-yaml's event stream is not balanced");
    }
  }

  #sequence(): YamlValue[] {
    const items: YamlValue[] = [];
    while (this.events[this.#next]?.type !== POP) items.push(this.#node());
    this.#next++;
    return items;
  }

  #mapping(): YamlMapping {
    const mapping = newMapping();
    for (;;) {
      const event = this.events[this.#next];
      if (event === undefined || event.type === POP) break;
      const key = this.#node();
      const value = this.#node();
      if (typeof key !== "string") {
        this.#usable = false;
        this.#report("yaml-key", offsetOf(event, this.#end), "a key must be text, not a list or a mapping");
      } else if (event.type === SCALAR) this.#put(mapping, key, value, event);
    }
    this.#next++;
    return mapping;
  }

  #put(mapping: YamlMapping, key: string, value: YamlValue, event: ScalarEvent): void {
    const offset = offsetOf(event, this.#end);
    if (key in mapping)
      this.#report(
        "duplicate-key",
        offset,
        `the key \`${key}\` occurs here for the second time`,
        "keep one of the two",
      );
    else if (key === "<<" && event.style === 1) {
      this.#usable = false;
      this.#report("yaml-alias", offset, "merge keys (`<<`) are not allowed", "write the keys out");
    } else mapping[key] = value;
  }

  #refuseTag(event: ScalarEvent | MappingEvent | SequenceEvent): void {
    if (event.tagStart < 0) return;
    const tag = this.text.slice(event.tagStart, event.tagEnd);
    this.#report(
      "yaml-tag",
      event.tagStart,
      `the tag \`${tag}\` is not allowed`,
      "remove it: values are plain text, lists and mappings",
    );
  }

  #separatorAfter(offset: number): number {
    const distance = this.text.slice(offset).search(/^---(?=\s|$)/m);
    return distance < 0 ? offset : offset + distance;
  }

  #report(code: DiagnosticCode, offset: number, message: string, hint?: string): void {
    this.#problems.push({ code, offset, message, ...(hint === undefined ? {} : { hint }) });
  }
}

/** The start of a node, quotes included; `fallback` for an empty scalar, which has no place. */
export function offsetOf(event: Event, fallback: number): number {
  switch (event.type) {
    case SCALAR:
      if (event.valueStart < 0) return fallback;
      return event.style === 2 || event.style === 3 ? event.valueStart - 1 : event.valueStart;
    case MAPPING:
    case SEQUENCE:
      return event.start;
    case ALIAS:
      return event.anchorStart - 1;
    default:
      return fallback;
  }
}
