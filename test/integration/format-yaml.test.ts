import fc from "fast-check";
import { commentsOf, formatYaml } from "../../src/load/format/format.js";
import { inSchemaOrder, mappingSchema, schemaOfKey } from "../../src/load/format/key-order.js";
import { IMAGE_SCHEMA } from "../../src/load/kinds/schema/image.js";
import type { Schema } from "../../src/load/kinds/schema/schema.js";
import { parseYaml } from "../../src/load/yaml/parse.js";
import { newMapping, type YamlValue } from "../../src/load/yaml/value.js";
import { Choices, randomYaml } from "../support/random-yaml.js";
import { assert, suite } from "../support/suite.js";

const test = suite("integration/format-yaml");

const word = fc.constantFrom(
  "1.10",
  "true",
  "~",
  "0755",
  "a b",
  "it's",
  'say "x"',
  "a: b",
  "# none",
  "",
  "*",
  "\\n",
  "x\ny\n",
  "x\n\n  y\n",
  " ",
);
const words = fc.array(word, { maxLength: 3 });
const some = <T extends Record<string, fc.Arbitrary<unknown>>>(model: T) =>
  fc.record(model, { requiredKeys: [] }) as unknown as fc.Arbitrary<YamlValue>;
const expectation = fc.oneof(word, some({ equals: word, contains: word, matches: word }));

/** Keys of every kind of nesting in the schema: lists of mappings, alternatives, free mappings. Values are arbitrary. */
const definitions = some({
  kind: word,
  name: word,
  version: word,
  metadata: some({ role: word, extendable: word, author: word, free: word, another: word }),
  parent: word,
  bootstrap: some({ manager: word, suite: word, packages: words }),
  "system-packages": fc.array(fc.oneof(word, some({ name: word, version: word })), {
    maxLength: 3,
  }) as fc.Arbitrary<YamlValue>,
  artifacts: fc.array(some({ name: word, path: word, target: word, dest: word, mode: word }), {
    maxLength: 3,
  }) as fc.Arbitrary<YamlValue>,
  env: some({ B: word, A: word, C: word }),
  setup: fc.array(fc.oneof(word, words), { maxLength: 3 }),
  run: some({ user: word, workdir: word, entrypoint: fc.oneof(word, words), cmd: words }),
  tests: fc.array(
    fc.oneof(
      some({ name: word, command: words, exit: word, stdout: expectation }),
      some({ file: word, name: word, exists: word, contains: word }),
    ),
    { maxLength: 3 },
  ) as fc.Arbitrary<YamlValue>,
});

const plain = (value: YamlValue): YamlValue => {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.assign(
    newMapping(),
    Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)])),
  );
};

/** The mappings whose keys are not in the schema's order. */
function outOfOrder(value: YamlValue, schema: Schema | undefined, pointer = ""): string[] {
  if (typeof value === "string") return [];
  if (Array.isArray(value))
    return value.flatMap((entry, index) => outOfOrder(entry, schema?.items, `${pointer}/${index}`));
  const entries = Object.entries(value).map(([key, entry]) => ({
    key,
    ...(typeof entry === "string" ? { scalar: entry } : {}),
  }));
  const own = mappingSchema(schema, entries);
  const wanted = inSchemaOrder(entries, own).map(({ key }) => key);
  const here = wanted.join() === Object.keys(value).join() ? [] : [`${pointer}: ${Object.keys(value)}`];
  return [
    ...here,
    ...Object.entries(value).flatMap(([key, entry]) => outOfOrder(entry, schemaOfKey(own, key), `${pointer}/${key}`)),
  ];
}

test("property: the same data, every comment, the schema's order; and formatting again changes nothing", () => {
  let [formatted, changed] = [0, 0];
  fc.assert(
    fc.property(definitions, fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 }), (definition, numbers) => {
      const text = randomYaml(definition, new Choices(numbers));
      const before = parseYaml(text);
      // A few random layouts do not mean the intended YAML; they are skipped.
      fc.pre(
        before.problems.length === 0 &&
          JSON.stringify(sorted(before.value ?? "")) === JSON.stringify(sorted(plain(definition))),
      );
      const after = formatYaml(text, IMAGE_SCHEMA);
      assert.equal(parseYaml(after).value, before.value, text);
      assert.equal(commentsOf(after), commentsOf(text), text);
      assert.equal(outOfOrder(parseYaml(after).value ?? "", IMAGE_SCHEMA), [], `${text}\n=>\n${after}`);
      assert.is(formatYaml(after, IMAGE_SCHEMA), after, `${text}\n=>\n${after}`);
      const blank = (lines: string) => lines.split("\n").filter((line) => line.trim() === "").length;
      assert.is(blank(after), blank(text), `${text}\n=>\n${after}`);
      formatted += 1;
      changed += text === after ? 0 : 1;
    }),
    { numRuns: 300, includeErrorInReport: true },
  );
  assert.ok(formatted > 240 && changed > 180, `${formatted} formatted, ${changed} changed`);
});

const MARKS = [
  "*x",
  "&x ",
  "!!str ",
  "\t",
  "\r",
  "\u0000",
  "---\n",
  "...\n",
  "{",
  "}",
  "[",
  "]",
  ": ",
  "- ",
  "? ",
  "'",
  '"',
  "|",
  "|+\n",
  "|2\n",
  "#",
  " #",
  "\n",
  "\n\n",
  "    ",
  ", ",
  "- - ",
  "-\n",
];
const mutations = fc.array(fc.record({ at: fc.nat(400), remove: fc.nat(8), insert: fc.constantFrom("", ...MARKS) }), {
  minLength: 1,
  maxLength: 3,
});

test("property: text with mistakes is left alone, or keeps its meaning", () => {
  let [changed, broken] = [0, 0];
  fc.assert(
    fc.property(
      definitions,
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 }),
      mutations,
      (definition, numbers, changes) => {
        const text = changes.reduce(
          (before, { at, remove, insert }) => before.slice(0, at) + insert + before.slice(at + remove),
          randomYaml(definition, new Choices(numbers)),
        );
        const after = formatYaml(text, IMAGE_SCHEMA);
        const before = parseYaml(text);
        if (before.problems.length > 0) {
          broken += 1;
          assert.is(after, text);
        } else if (after !== text) {
          changed += 1;
          assert.equal(parseYaml(after).value, before.value, text);
          assert.equal(commentsOf(after), commentsOf(text), text);
          assert.is(formatYaml(after, IMAGE_SCHEMA), after, `${text}\n=>\n${after}`);
        }
      },
    ),
    { numRuns: 200, includeErrorInReport: true },
  );
  assert.ok(changed > 20 && broken > 20, `${changed} changed, ${broken} broken`);
});

const sorted = (value: YamlValue): unknown => {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => [key, sorted(entry)]);
};

test.run();
