import { parseYaml } from "../../../src/load/yaml/parse.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/parse-yaml");

const plain = (text: string) => JSON.parse(JSON.stringify(parseYaml(text).value ?? null));
const problems = (text: string) => parseYaml(text).problems.map(({ code, offset }) => [code, offset]);

test("scalars stay the text their author wrote", () => {
  const text = "a: 1.10\nb: 0\nc: yes\nd:\ne: ~\nf: 0x10\ng: 2026-01-01\nh: 'it''s'\ni: \"a\\tb\"\nj: null\n";
  const expected = {
    a: "1.10",
    b: "0",
    c: "yes",
    d: "",
    e: "~",
    f: "0x10",
    g: "2026-01-01",
    h: "it's",
    i: "a\tb",
    j: "null",
  };
  assert.equal(plain(text), expected);
});

test("block scalars, folded lines and flow collections", () => {
  const text = "a: |\n  x\n  y\nb: >-\n  x\n  y\nc: one\n  two\nd: [x, {y: z}, [ ]]\n";
  assert.equal(plain(text), { a: "x\ny\n", b: "x y", c: "one two", d: ["x", { y: "z" }, []] });
});

test("CRLF, a carriage return alone and comments change nothing", () => {
  assert.equal(plain("a: 1\r\nb:\r\n  - x # y\r\n"), { a: "1", b: ["x"] });
  assert.equal(plain("a: 1\rb: 2\r"), { a: "1", b: "2" });
});

test("keys named like parts of a prototype are ordinary keys", () => {
  const { value } = parseYaml("__proto__: {polluted: yes}\nconstructor: x\ntoString: y\n");
  assert.equal(Object.keys(value ?? {}), ["__proto__", "constructor", "toString"]);
  assert.is(({} as Record<string, unknown>).polluted, undefined);
  assert.is("hasOwnProperty" in (value as object), false);
});

test("the second of two equal keys is reported", () => {
  assert.equal(problems("a: 1\nb: 2\na: 3\n"), [["duplicate-key", 10]]);
  assert.equal(problems("x: {a: 1, a: 2}\n"), [["duplicate-key", 10]]);
  assert.equal(problems("a: 1\n'a': 3\n"), [["duplicate-key", 5]]);
});

test("aliases and merge keys are refused, an anchor alone is harmless", () => {
  assert.equal(problems("a: &x 1\nb: *x\n"), [["yaml-alias", 11]]);
  assert.equal(problems("<<: 1\n"), [["yaml-alias", 0]]);
  assert.equal(problems("a: &x 1\n"), []);
  assert.equal(plain("a: &x 1\n"), { a: "1" });
});

test("an alias bomb is answered at once", () => {
  let text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (let level = 1; level < 30; level++)
    text += `a${level}: &a${level} [${Array(9)
      .fill(`*a${level - 1}`)
      .join(", ")}]\n`;
  // 9 to the power of 30 values, which nobody lives to see.
  const parsed = parseYaml(text);
  assert.is(parsed.value, undefined);
  assert.ok(parsed.problems.every(({ code }) => code === "yaml-alias"));
});

test("tags are refused", () => {
  assert.equal(problems("a: !!binary aGk=\n"), [["yaml-tag", 3]]);
  assert.equal(problems("a: !foo {b: 1}\n"), [["yaml-tag", 3]]);
  assert.equal(problems("!!map\na: 1\n"), [["yaml-tag", 0]]);
});

test("a file holds one document", () => {
  assert.equal(problems("a: 1\n---\nb: 2\n"), [["yaml-document", 5]]);
  assert.equal(problems("---\na: 1\n"), []);
  assert.equal(problems("# nothing\n"), [["yaml-document", 0]]);
  assert.equal(problems(""), [["yaml-document", 0]]);
});

test("keys are text", () => {
  assert.equal(problems("? [a]\n: b\n"), [["yaml-key", 2]]);
});

test("nesting has a limit", () => {
  assert.equal(problems(`${"[".repeat(40)}${"]".repeat(40)}`), []);
  assert.equal(problems("[".repeat(5000)), [["yaml-depth", 63]]);
  assert.equal(parseYaml("- ".repeat(5000)).problems[0]?.code, "yaml-depth");
  let nested = "";
  for (let depth = 0; depth < 100; depth++) nested += `${" ".repeat(depth)}a:\n`;
  assert.equal(parseYaml(nested).problems[0]?.code, "yaml-depth");
});

test("syntax errors say what to do", () => {
  const tab = parseYaml("a:\n\tb: 1\n").problems[0];
  assert.is(tab?.code, "yaml-syntax");
  assert.match(tab?.message ?? "", /tab/);
  assert.is(tab?.offset, 3);
  assert.match(parseYaml("a: b: c\n").problems[0]?.hint ?? "", /quote text that holds/);
  assert.match(parseYaml("a: [1, 2\n").problems[0]?.message ?? "", /never closed/);
  assert.match(parseYaml("a: 'x\n").problems[0]?.message ?? "", /never closed/);
  assert.match(parseYaml("a: 1\nb\nc: 2\n").problems[0]?.message ?? "", /`:` is missing/);
});

test.run();
