import type { Place } from "../../model/diagnostic.js";
import type { Form } from "../kinds/schema/forms/form.js";
import { fits } from "./fits.js";
import type { Located, LocatedEntry } from "./foreign-yaml.js";
import type { Notes } from "./notes.js";

/** Names of the types of values, for messages. */
const kindOf = ({ value }: Located) =>
  typeof value === "string" ? "text" : value instanceof Map ? "a mapping" : "a list";

/** A mapping whose keys are taken one by one, so that the remaining ones can be listed. */
export class Fields {
  readonly #taken = new Set<string>();
  readonly #entries: ReadonlyMap<string, LocatedEntry>;

  private constructor(
    readonly place: Place,
    entries: ReadonlyMap<string, LocatedEntry>,
    readonly notes: Notes,
  ) {
    this.#entries = entries;
  }

  /** undefined, with an error, if the node is not a mapping. */
  static of(node: Located, what: string, notes: Notes): Fields | undefined {
    if (node.value instanceof Map) return new Fields(node.place, node.value, notes);
    notes.error(node.place, `${what} must be a mapping, not ${kindOf(node)}`);
    return undefined;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  node(key: string): Located | undefined {
    this.#taken.add(key);
    return this.#entries.get(key)?.node;
  }

  at(key: string): Place {
    return this.#entries.get(key)?.node.place ?? this.place;
  }

  keyAt(key: string): Place {
    return this.#entries.get(key)?.key ?? this.place;
  }

  /** Text that is not empty; null and an empty value are the same as no key. */
  text(key: string): string | undefined {
    const node = this.node(key);
    if (node === undefined || node.value === "" || node.value === "null" || node.value === "~") return undefined;
    if (typeof node.value === "string") return node.value;
    this.notes.error(node.place, `\`${key}\` must be text, not ${kindOf(node)}`);
    return undefined;
  }

  /** Text of a form of the native format; otherwise undefined, with a warning. */
  formed(key: string, form: Form): string | undefined {
    const text = this.text(key);
    if (text === undefined || fits(form, text)) return text;
    this.notes.warning(this.at(key), `\`${key}\` is not carried over: it must be ${form.patternErrorMessage}`);
    return undefined;
  }

  /** Required text. */
  required(key: string): string | undefined {
    const text = this.text(key);
    const node = this.#entries.get(key)?.node;
    if (text === undefined && (node === undefined || typeof node.value === "string"))
      this.notes.error(this.place, `\`${key}\` is missing`);
    return text;
  }

  list(key: string): readonly Located[] {
    const node = this.node(key);
    if (node === undefined || node.value === "" || node.value === "null") return [];
    if (Array.isArray(node.value)) return node.value;
    this.notes.error(node.place, `\`${key}\` must be a list, not ${kindOf(node)}`);
    return [];
  }

  /** The mappings of a list. */
  mappings(key: string): Fields[] {
    return this.list(key).flatMap((node) => Fields.of(node, `an entry of \`${key}\``, this.notes) ?? []);
  }

  mapping(key: string): Fields | undefined {
    const node = this.node(key);
    return node === undefined || node.value === "" ? undefined : Fields.of(node, `\`${key}\``, this.notes);
  }

  /** Warns of keys that were not taken. */
  leftovers(where: string): void {
    for (const [key, { key: place }] of this.#entries) {
      if (!this.#taken.has(key)) this.notes.warning(place, `\`${key}\` of ${where} is not known and not carried over`);
    }
  }

  /** Notes why keys have no counterpart. */
  ignore(keys: Readonly<Record<string, string>>): void {
    for (const [key, why] of Object.entries(keys)) {
      if (this.node(key) !== undefined) this.notes.note(this.keyAt(key), `\`${key}\` is left out: ${why}`);
    }
  }
}
