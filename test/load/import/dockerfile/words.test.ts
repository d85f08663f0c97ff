// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of Dockerfiles.
import { expandWord, jsonWords, splitWords } from "../../../../src/load/import/dockerfile/words.js";
import { assert, suite } from "../../../support/suite.js";

const test = suite("load/import/dockerfile/words");

const lookup = (name: string) => ({ x: "1", empty: "" })[name];

for (const [word, text, ...missing] of [
  ["a$x", "a1"],
  ["${x}b", "1b"],
  ["'$x'", "$x"],
  ['"$x y"', "1 y"],
  ["\\$x", "$x"],
  ["${none:-d$x}", "d1"],
  ["${none-d}", "d"],
  ["${empty:-d}", "d"],
  ["${empty-d}", ""],
  ["${x:+yes}", "yes"],
  ["${none:+yes}", ""],
  ["$none", "", "$none"],
  ["${x%y}", "${x%y}", "${x%y}"],
  ["a$", "a$"],
  ['"a\\"b"', 'a"b'],
  ["a\\ b", "a b"],
] as const) {
  test(`${word} is ${JSON.stringify(text)}`, () => assert.equal(expandWord(word, lookup), { text, missing }));
}

test("another escape character", () => assert.is(expandWord("a`$x\\b", lookup, "`").text, "a$x\\b"));

test("words are split where nothing is quoted", () => {
  assert.equal(splitWords("a=\"b c\" d='e f' g\\ h"), ['a="b c"', "d='e f'", "g\\ h"]);
  assert.equal(splitWords("  "), []);
});

test("the JSON form is a list of texts, and nothing else", () => {
  assert.equal(jsonWords('["a", "b"]'), ["a", "b"]);
  for (const text of ["['a']", "[1]", "a", "[", '["a"] b']) assert.is(jsonWords(text), undefined, text);
});

test.run();
