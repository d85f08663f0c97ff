import fc from "fast-check";
import { parseFullYaml } from "../../../src/load/yaml/parse.js";
import { parseSimpleYaml } from "../../../src/load/yaml/parse-simple.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/parse-simple-yaml");

/** What both parsers must agree on: either the simple one gives up, or the full one finds no fault and the same value. */
function agree(text: string): boolean {
  const simple = parseSimpleYaml(text);
  if (simple === undefined) return false;
  const full = parseFullYaml(text);
  assert.equal(full.problems, [], `the full parser refuses ${JSON.stringify(text)}`);
  assert.is(JSON.stringify(simple), JSON.stringify(full.value), JSON.stringify(text));
  return true;
}

test("reads what definitions are usually made of", () => {
  const texts = [
    "a: 1\n",
    "# comment\n\na: b # c\nd:\n  e: f\n  g:\n    - h\n    - i: j\n      k: l\n",
    "a:\n- b\n- c: d\n  e:\n  - f\ng: h\n",
    'a: [b, \'c d\', "e"]\nf: { g: h, "i": j }\nk: []\nl: {}\n',
    "a: sha256:abc\nb: docker.example/x:5.0\nc: x#y\nd: a, b\ne: it's\nf:\n",
    "- a\n-\n  b: c\n- - \n",
    "a: b",
    "name: é\n",
    "a: [[b], {c: [d]}, -e, --, f -g]\ne: { f: [1.*, g h], i: GPL-2.0 AND MIT (x) }\n",
  ];
  const read = texts.map(agree);
  assert.equal(read, [true, true, true, true, true, false, true, true, true]);
});

test("leaves everything else to the full parser", () => {
  const texts = [
    "a: |\n  x\n",
    "a: b\n  c\n",
    "a: &x b\n",
    "a: !t b\n",
    'a: "\\n"\n',
    "a: 'it''s'\n",
    "a: [[b], [c\n  d]]\n",
    "a: [b #c]\n",
    "a: b: c\n",
    "a: 1\na: 2\n",
    "a: 1\n b: 2\n",
    "a: 1\r\n",
    "a:\tb\n",
    "--- \na: 1\n",
    "%YAML 1.2\n---\na: 1\n",
    "? a\n: b\n",
    "a: [b\n",
    "a: {b: c, b: d}\n",
    "a: {b:c}\n",
    "<<: 1\n",
    "a: [b] c\n",
    "a: 'b'#c\n",
    "plain\n",
    "",
    "# only\n",
    "😀: 1\n",
  ];
  assert.equal(
    texts.filter((text) => parseSimpleYaml(text) !== undefined),
    [],
  );
});

/** Pieces of YAML, put together so that many documents are nearly valid. */
const PIECES = [
  "a",
  "b",
  "c: ",
  "d:",
  "- ",
  "-",
  "\n",
  "\n  ",
  "\n    ",
  " ",
  "#",
  " # x",
  "[",
  "]",
  "{",
  "}",
  ", ",
  ": ",
  ":",
  "'",
  '"',
  "|",
  ">",
  "&",
  "*",
  "!",
  "?",
  "%",
  "@",
  "`",
  "~",
  "---",
  "...",
  "1.0",
  "x y",
  "-x",
  "[a, -b]",
  "é",
  "\\",
  "\t",
  "\r",
  "<<: ",
];

test("never disagrees with the full parser: random pieces", () => {
  const document = fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(document, (text) => void agree(text)),
    { numRuns: 20_000 },
  );
});

const word = fc.constantFrom(
  "a",
  "b-c",
  "x.y",
  "1.10",
  "yes",
  "",
  "'q r'",
  '"s t"',
  "[a, b]",
  "{a: b}",
  "u v",
  "w#",
  "[]",
  "p:q",
  "'",
  "a, b",
);
const indent = fc.integer({ min: 0, max: 4 });
const line = fc.tuple(
  indent,
  fc.constantFrom("", "- ", "-  ", "- - "),
  fc.constantFrom("", "k: ", "l:", "m:  ", "a/b: "),
  word,
  fc.constantFrom("", " ", " # c", "#"),
);

test("never disagrees with the full parser: random lines", () => {
  let read = 0;
  const text = fc
    .array(line, { maxLength: 8 })
    .map((lines) => lines.map(([spaces, ...rest]) => " ".repeat(spaces) + rest.join("")).join("\n"));
  fc.assert(
    fc.property(text, (document) => void (agree(document) && read++)),
    { numRuns: 20_000 },
  );
  assert.ok(read > 200, `only ${read} documents were simple enough to compare`);
});

test.run();
