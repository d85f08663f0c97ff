import { commented, mapping, plain } from "../../../src/load/import/native.js";
import { writeNative } from "../../../src/load/import/write-native.js";
import { parseYaml } from "../../../src/load/yaml/parse.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/import/write-native");

test("every text is read back as it was", () => {
  const texts = [
    "",
    " ",
    "1.10",
    "yes",
    "null",
    "~",
    "# no",
    "a: b",
    "- a",
    "'",
    '"',
    "\\",
    "a\n",
    "a\n\n",
    "\na",
    " a\nb",
    "a\tb",
    "@a",
    "`",
    "%",
    "a #b",
    "0x1",
    "é",
    "*a",
    "&a",
    "!a",
    "a\n  b\n c",
  ];
  const value = mapping(Object.fromEntries(texts.map((text, index) => [`k${index}`, [text, mapping({ x: text })]])));
  const { value: back, problems } = parseYaml(writeNative(value));
  assert.equal(problems, []);
  assert.equal(
    texts.map((text, index) => [`k${index}`, [text, { x: text }]]),
    Object.entries(back as Record<string, [string, { x: string }]>).map(([key, [a, { x }]]) => [key, [a, { x }]]),
  );
});

test("a comment stays a comment, whatever is in it", () => {
  const text = writeNative(
    mapping({
      a: commented("was: x\nkind: BaseImage\r\ry: 1\u2028z: 2\u0007", "b"),
      c: [commented("d", "e")],
      f: plain("1"),
    }),
  );
  assert.equal({ ...(parseYaml(text).value as object) }, { a: "b", c: ["e"], f: "1" });
  assert.match(text, /^# was: x\n# kind: BaseImage\n/);
});

test.run();
