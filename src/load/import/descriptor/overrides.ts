import type { Located, LocatedEntry } from "../foreign-yaml.js";
import type { Notes } from "../notes.js";
import { lastPart } from "../paths.js";

/** The keys that identify an entry of a list; the first that an entry has counts. */
const IDENTITIES = ["name", "value", "path", "url", "script"];

/** Merges override documents over a descriptor: mappings key by key, lists by name, everything else is replaced. */
export function mergeDescriptors(node: Located, overrides: readonly Located[], notes: Notes): Located {
  let merged = node;
  for (const over of overrides) merged = override(merged, over, notes);
  return merged;
}

function override(base: Located, over: Located, notes: Notes): Located {
  const { place, value } = base;
  if (!Array.isArray(value)) return merge(base, over);
  if (Array.isArray(over.value)) return { place, value: mergeLists(value, over.value) };
  const images = value as readonly Located[];
  const last = images.at(-1);
  if (images.length > 1)
    notes.note(over.place, "the overrides are for the last image; a list of images overrides stages by name");
  return { place, value: last === undefined ? [over] : [...images.slice(0, -1), merge(last, over)] };
}

function merge(base: Located, over: Located): Located {
  if (base.value instanceof Map && over.value instanceof Map) {
    const entries = new Map<string, LocatedEntry>(base.value);
    for (const [key, entry] of over.value) {
      const known = entries.get(key);
      entries.set(key, known === undefined ? entry : { key: known.key, node: mergeUnder(key, known.node, entry.node) });
    }
    return { place: base.place, value: entries };
  }
  if (Array.isArray(base.value) && Array.isArray(over.value))
    return { place: base.place, value: mergeLists(base.value, over.value) };
  return over;
}

/** A command is one value, although it is a list. */
const mergeUnder = (key: string, base: Located, over: Located) =>
  key === "entrypoint" || key === "cmd" ? over : merge(base, over);

function mergeLists(base: readonly Located[], over: readonly Located[]): Located[] {
  const merged = [...base];
  const indexes = new Map<string, number>();
  for (const [index, entry] of base.entries()) {
    const identity = identityOf(entry);
    if (identity !== undefined && !indexes.has(identity)) indexes.set(identity, index);
  }
  for (const entry of over) {
    const index = indexes.get(identityOf(entry) ?? "");
    const known = index === undefined ? undefined : merged[index];
    if (index === undefined || known === undefined) merged.push(entry);
    else merged[index] = merge(known, entry);
  }
  return merged;
}

function identityOf({ value }: Located): string | undefined {
  if (typeof value === "string") return `text ${value}`;
  if (!(value instanceof Map)) return undefined;
  for (const key of IDENTITIES) {
    const text = value.get(key)?.node.value;
    // Without a name an artifact is called like its file.
    if (typeof text === "string") return `named ${key === "path" || key === "url" ? lastPart(text) : text}`;
  }
  return undefined;
}
