import fc from "fast-check";
import { type EditedYaml, editYaml, type YamlEdit } from "../../../src/load/yaml/edit.js";
import { parseYaml } from "../../../src/load/yaml/parse.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/edit-yaml");

const edit = (text: string, pointer: string, from: string, to: string) => editYaml(text, [{ pointer, from, to }]);

function edited(text: string, ...edits: YamlEdit[]): string {
  const result = editYaml(text, edits);
  assert.ok(result.ok, JSON.stringify(result));
  return result.text;
}

const problem = (result: EditedYaml) => (result.ok ? "" : result.problem);

test("the value changes; comments, quotes, layout, line ends and a byte order mark stay", () => {
  const text =
    "\ufeff# head\r\npackages:   # all of them\r\n  - { name: a, versions: [ '1.0' , \"2.0\",3.0 ] }   # why\r\n\r\n  -   name: b\r\n      versions:\r\n        - 1.0   # plain\r\n";
  const changed = edited(
    text,
    { pointer: "/packages/0/versions/0", from: "1.0", to: "1.10" },
    { pointer: "/packages/0/versions/1", from: "2.0", to: "1:2.1~b+c-1" },
    { pointer: "/packages/0/versions/2", from: "3.0", to: "3.0.1" },
    { pointer: "/packages/1/versions/0", from: "1.0", to: "1e3" },
  );
  const expected = text
    .replace("'1.0'", "'1.10'")
    .replace('"2.0"', '"1:2.1~b+c-1"')
    .replace("3.0 ]", "3.0.1 ]")
    .replace("- 1.0 ", "- 1e3 ");
  assert.is(changed, expected);
});

test("quotes are added only where the form needs them", () => {
  assert.is(edited("v: 1\n", { pointer: "/v", from: "1", to: "yes" }), "v: yes\n", "plain text is text here");
  assert.is(edited("v: 1\n", { pointer: "/v", from: "1", to: "1:2" }), "v: 1:2\n");
  assert.is(edited("v: 1\n", { pointer: "/v", from: "1", to: "*" }), 'v: "*"\n', "an alias otherwise");
  assert.is(edited("v: 1\n", { pointer: "/v", from: "1", to: "#2" }), 'v: "#2"\n', "a comment otherwise");
  assert.is(edited("v: [1]\n", { pointer: "/v/0", from: "1", to: "a,b" }), 'v: ["a,b"]\n', "two entries otherwise");
  assert.is(edited("v: [1, 2]\n", { pointer: "/v/0", from: "1", to: "a," }), 'v: ["a,", 2]\n');
});

test("keys with / and ~, and the first of the file", () => {
  assert.is(edited("a/b~c: 1\n", { pointer: "/a~1b~0c", from: "1", to: "2" }), "a/b~c: 2\n");
});

test("refused: what is not there, stands for other places, or is spread over lines", () => {
  assert.match(problem(edit("v: 1\n", "/v", "2", "3")), /"2" no longer stands here/);
  assert.match(problem(edit("v: 1\n", "/w", "1", "3")), /no longer stands here/);
  assert.match(problem(edit("v: [1]\n", "/v", "1", "3")), /no longer stands here/);
  assert.match(problem(edit("v: &x 1\n", "/v", "1", "3")), /anchor/);
  assert.match(problem(edit("v: |-\n  1\n", "/v", "1", "3")), /several lines/);
  assert.match(problem(edit('v: "1\n  2"\n', "/v", "1 2", "3")), /several lines/);
  assert.match(problem(edit("v:\n", "/v", "", "3")), /no place/);
  assert.match(problem(edit("v: [\n", "/v", "1", "3")), /not valid YAML/);
  for (const to of ["", "a b", "a\nb", 'a"b', "a'b", "a\\b"])
    assert.match(problem(edit("v: 1\n", "/v", "1", to)), /not a value that Slipway writes/);
});

test("one edit that cannot be made changes nothing", () => {
  const result = editYaml("a: 1\nb: 2\n", [
    { pointer: "/a", from: "1", to: "9" },
    { pointer: "/b", from: "x", to: "9" },
  ]);
  assert.equal(result, { ok: false, pointer: "/b", problem: '"x" no longer stands here' });
});

const version = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9+.~:_^!-]{0,8}$/);
const entry = fc.record({
  version,
  quote: fc.constantFrom("", "'", '"'),
  comment: fc.constantFrom("", " # a comment: with 'quotes'", "   #"),
});
const documents = fc.record({
  entries: fc.array(entry, { minLength: 1, maxLength: 6 }),
  end: fc.constantFrom("\n", "\r\n"),
  mark: fc.constantFrom("", "\ufeff"),
  flow: fc.boolean(),
});

test("property: exactly the one scalar changes, in any place and layout", () => {
  fc.assert(
    fc.property(documents, fc.nat(), version, ({ entries, end, mark, flow }, chosen, to) => {
      const at = chosen % entries.length;
      const texts = (values: readonly string[]) =>
        flow
          ? `${mark}# head${end}list: [ ${entries.map(({ quote }, i) => quote + values[i] + quote).join(" ,")} ]${end}`
          : `${mark}list:${end}${entries.map(({ quote, comment }, i) => `  - ${quote}${values[i]}${quote}${comment}${end}`).join("")}`;
      const before = entries.map((one) => one.version);
      const text = texts(before);
      // What YAML reads as something else without quotes (`a:`) is not what this is about.
      const parsed = parseYaml(text.replace("\ufeff", ""));
      fc.pre(parsed.problems.length === 0 && JSON.stringify(parsed.value) === JSON.stringify({ list: before }));
      const result = edited(text, { pointer: `/list/${at}`, from: before[at] ?? "", to });
      const plain = texts(before.with(at, to));
      const quoted = texts(before.with(at, `"${to}"`));
      assert.ok(result === plain || (entries[at]?.quote === "" && result === quoted), JSON.stringify([text, result]));
    }),
    { numRuns: 500 },
  );
});

test.run();
