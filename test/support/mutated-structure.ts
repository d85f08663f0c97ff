import fc from "fast-check";
import { parseYaml } from "../../src/load/yaml/parse.js";
import { ATTACKS } from "./attacks.js";
import { RICH, RICH_IMAGE, RICH_MATRIX, RICH_MODULE } from "./rich-catalogue.js";
import type { Mutant } from "./try-mutants.js";

type Value = string | readonly Value[] | { readonly [key: string]: Value };
type Path = readonly (string | number)[];

const isMapping = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === "object" && !Array.isArray(value);

const paths = fc.oneof(
  { weight: 6, arbitrary: fc.constant(RICH_IMAGE) },
  { weight: 2, arbitrary: fc.constantFrom(RICH_MATRIX, RICH_MODULE) },
  { weight: 2, arbitrary: fc.constantFrom(...Object.keys(RICH).filter((path) => path.endsWith(".yaml"))) },
);

const nested = (depth: number): Value =>
  depth === 0 ? "x" : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) };

/** The replacements of a value, besides other values of the file. */
const replacements: fc.Arbitrary<Value> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...Object.values(ATTACKS)) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Value>(
      "",
      "x",
      "0",
      "true",
      [],
      {},
      ["x"],
      { name: "x" },
      [["x"]],
      "none",
      "scratch",
      "rich",
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom<Value>(nested(10), nested(61), nested(90), { __proto__x: "y" }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Value>("${{ matrix.version }}", "${{ matrix.nothing }}", "${{x}}", "é\u202e", "🦀"),
  },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
);

interface Change {
  readonly kind: "replace" | "wrap" | "delete" | "double" | "rename" | "copy" | "key" | "reverse";
  readonly at: number;
  readonly to: number;
  readonly value: Value;
  readonly key: string;
}

const changes: fc.Arbitrary<Change> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant("replace" as const) },
    {
      weight: 6,
      arbitrary: fc.constantFrom<Change["kind"]>(
        "wrap",
        "delete",
        "double",
        "rename",
        "copy",
        "copy",
        "key",
        "reverse",
      ),
    },
  ),
  at: fc.nat(10_000),
  to: fc.nat(10_000),
  value: replacements,
  key: fc.constantFrom(
    "nonsense",
    "onbuild",
    "name",
    "parent",
    "from",
    "os",
    "image",
    "url",
    "path",
    "run",
    "matrix",
    "stages",
    "__proto__",
    "",
    "a b",
    "A",
  ),
});

/** Mostly one, so that many mutants are accepted. */
const fewChanges = fc.oneof(
  { weight: 3, arbitrary: fc.array(changes, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(changes, { minLength: 2, maxLength: 4 }) },
);

/** The places of all values except the root. */
function placesIn(value: Value, path: Path = []): Path[] {
  if (typeof value === "string") return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, entry]) => placesIn(entry, [...path, key]))];
}

function valueAt(value: Value, path: Path): Value {
  return path.reduce<Value>((at, key) => (at as Record<string | number, Value>)[key] ?? "", value);
}

/** The value with the entry at a place changed by `change`; undefined removes the entry. */
function changed(value: Value, [key, ...rest]: Path, change: (entry: Value) => Value | undefined): Value {
  if (key === undefined || typeof value === "string") return value;
  const inner = (entry: Value) => (rest.length === 0 ? change(entry) : changed(entry, rest, change));
  if (Array.isArray(value)) return value.flatMap((entry, index) => (index === key ? (inner(entry) ?? []) : [entry]));
  const entries = Object.entries(value).flatMap(([name, entry]): [string, Value][] => {
    if (name !== key) return [[name, entry]];
    const made = inner(entry);
    return made === undefined ? [] : [[name, made]];
  });
  return Object.fromEntries(entries);
}

function apply(value: Value, { kind, at, to, value: other, key }: Change): Value {
  const places = placesIn(value).slice(1);
  const place = places[at % Math.max(1, places.length)] ?? [];
  const elsewhere = valueAt(value, places[to % Math.max(1, places.length)] ?? []);
  const become = (made: (entry: Value) => Value | undefined) => changed(value, place, made);
  switch (kind) {
    case "replace":
      return become(() => (Array.isArray(other) ? [other] : other));
    case "wrap":
      return become((entry) => (to % 2 === 0 ? [[entry]] : { [key]: entry }));
    case "delete":
      return become(() => undefined);
    case "double":
      return changed(value, place.slice(0, -1), (entry) => (Array.isArray(entry) ? [[...entry, ...entry]] : entry));
    case "copy":
      return become(() => (Array.isArray(elsewhere) ? [elsewhere] : elsewhere));
    case "reverse":
      return become((entry) => (Array.isArray(entry) ? [[...entry].reverse()] : entry));
    case "rename":
      return changed(value, place.slice(0, -1), (entry) =>
        isMapping(entry) ? renamed(entry, String(place.at(-1)), key) : entry,
      );
    case "key":
      return become((entry) => (isMapping(entry) ? { ...entry, [key]: other } : entry));
  }
}

const renamed = (mapping: { readonly [key: string]: Value }, from: string, to: string): Value =>
  Object.fromEntries(Object.entries(mapping).map(([name, entry]) => [name === from ? to : name, entry]));

/** JSON is valid YAML. Every second text has several lines, so that places differ. */
const written = (value: Value, lines: boolean) => JSON.stringify(value, undefined, lines ? 1 : 0);

/** The rich catalogue with one file whose structure is changed. */
export const structureMutants: fc.Arbitrary<Mutant> = fc
  .tuple(paths, fewChanges, fc.boolean())
  .map(([path, list, lines]) => {
    const start = parseYaml(RICH[path] ?? "").value as Value;
    return { path, text: written(list.reduce(apply, start), lines) };
  });
