import fc from "fast-check";
import { TextTable } from "../../src/system/text-table.js";
import { assert, suite } from "../support/suite.js";

const test = suite("system/text-table");

/** Texts of few letters, so that some are parts of others. */
const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "é", "日"), maxLength: 5 });

test("texts by number, numbers by text and by prefix are those of a list", () => {
  fc.assert(
    fc.property(fc.uniqueArray(text, { maxLength: 30 }), fc.array(text, { maxLength: 80 }), (texts, questions) => {
      const table = TextTable.of(texts);
      assert.is(table.length, texts.length);
      assert.equal(
        texts.map((_, index) => table.at(index)),
        texts,
      );
      // The first fifty are answered in another way than the rest.
      for (const each of questions) assert.is(table.indexOf(each), texts.indexOf(each), each);
      for (const prefix of questions)
        assert.equal(
          [...table.startingWith(prefix)],
          texts.flatMap((each, index) => (each.startsWith(prefix) ? [index] : [])),
          prefix,
        );
    }),
  );
});

test("a text with a line feed is in no table, even if both halves are", () => {
  assert.is(TextTable.of(["a", "b"]).indexOf("a\nb"), -1);
});

test("a table that was saved is the same", () => {
  const { bytes, starts } = TextTable.of(["a", "", "bé"]).parts;
  const read = new TextTable(bytes, starts);
  assert.equal([read.at(0), read.at(1), read.at(2)], ["a", "", "bé"]);
  assert.is(read.indexOf("bé"), 2);
});

test.run();
