import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { loadProblems } from "../../src/load/import/check.js";
import { formatOf } from "../../src/load/import/formats.js";
import { Notes } from "../../src/load/import/notes.js";
import { writeNative } from "../../src/load/import/write-native.js";
import { parseYaml } from "../../src/load/yaml/parse.js";
import { CASES } from "../load/import/cases.js";
import { nearby } from "../load/import/read.js";
import { assert, suite } from "../support/suite.js";

const test = suite("foreign documents with mistakes");

const NAMES = /(?:Dockerfile|Containerfile|\.ya?ml|package\.json|\.txt)$/;

const documents = readdirSync(CASES, { recursive: true, encoding: "utf8" })
  .filter((path) => path.includes("/input/") && NAMES.test(path))
  .sort()
  .map((path) => ({ name: path.replace(/.*\//, ""), text: readFileSync(join(CASES, path), "utf8") }));

/** Characters that break texts: ends of quotes and lines, references, control characters. */
const PIECES = [
  "'",
  '"',
  "\\",
  "\n",
  "$",
  "${",
  "}",
  "[",
  "]",
  "{",
  ": ",
  "- ",
  "#",
  "<<EOF\n",
  "&&",
  "||",
  "..",
  "/",
  "@",
  "\0",
  "\u202e",
  "\ud800",
  "*",
  "--from=",
  "\t",
  "null",
  "",
];

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 0, max: 12 }),
  piece: fc.constantFrom(...PIECES),
});

const mutated = fc.record({
  document: fc.constantFrom(...documents),
  mutations: fc.array(mutation, { minLength: 1, maxLength: 6 }),
});

test("is read without a crash, and the result is YAML that the loader accepts", () => {
  assert.ok(documents.length > 10);
  fc.assert(
    fc.property(mutated, ({ document: { name, text }, mutations }) => {
      const broken = mutations.reduce((before, { at, length, piece }) => {
        const start = Math.floor(at * before.length);
        return before.slice(0, start) + piece + before.slice(start + length);
      }, text);
      const notes = new Notes();
      const files = nearby({ "requirements.txt": "x\n", "src/x": "", x: "" });
      const document = { file: name, text: broken, files };
      const imported = formatOf(name, broken)?.read(document, { name: "a", parent: "p", overrides: [] }, notes);
      for (const { path, value } of imported?.definitions ?? []) {
        const written = writeNative(value);
        assert.equal(parseYaml(written).problems, [], written);
        if (notes.errors === 0) assert.equal(loadProblems(path, written), [], `${broken}\n----\n${written}`);
      }
    }),
    { numRuns: 3000 },
  );
});

test.run();
