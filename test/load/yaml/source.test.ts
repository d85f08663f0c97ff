import { YamlSource } from "../../../src/load/yaml/source.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/yaml-source");

const TEXT = `# comment
name: a
run: { user: x, cmd: [p, "q"] }
packages:
  - name: b
    version: 1
  - c
setup:
  - |
    echo
  - 'd'
empty:
a/b~c: z
`;

const at = (pointer: string, part?: "key" | "value", text = TEXT) => {
  const { line, column } = new YamlSource("f.yaml", text).at(pointer, part);
  return `${line}:${column}`;
};

test("values and keys are found by pointer", () => {
  assert.is(at(""), "2:1");
  assert.is(at("/name"), "2:7");
  assert.is(at("/name", "key"), "2:1");
  assert.is(at("/run"), "3:6");
  assert.is(at("/run/user"), "3:14");
  assert.is(at("/run/user", "key"), "3:8");
  assert.is(at("/run/cmd/1"), "3:26");
  assert.is(at("/packages/0"), "5:5");
  assert.is(at("/packages/0/version"), "6:14");
  assert.is(at("/packages/1"), "7:5");
  assert.is(at("/setup/0"), "10:5");
  assert.is(at("/setup/1"), "11:5");
  assert.is(at("/a~1b~0c"), "13:8");
});

test("a value that is missing is found behind its key, a missing node at its nearest ancestor", () => {
  assert.is(at("/empty", "key"), "12:1");
  assert.is(at("/empty"), "12:6");
  assert.is(at("/nothing"), "2:1");
  assert.is(at("/run/nothing/deeper"), "3:6");
  assert.is(at("/packages/7/name"), "5:3");
});

test("lines end with LF, CRLF or CR", () => {
  assert.is(at("/b/c", "value", "a: 1\r\nb:\r\n  c: 2\r\n"), "3:6");
  assert.is(at("/b", "value", "a: 1\rb: 2\r"), "2:4");
});

test("the first of two equal keys is the one that is found", () => {
  assert.is(at("/a", "value", "a: 1\na: 2\n"), "1:4");
});

test("a file that is not YAML has one place", () => {
  assert.is(at("/a", "value", "a: [\n"), "1:1");
});

test("a long line is cut around the column, and says where the column is then", () => {
  const long = `a: [${"x, ".repeat(200)}HERE, ${"y, ".repeat(200)}z]\n`;
  const source = new YamlSource("f.yaml", long);
  const { column, excerpt, excerptColumn } = source.at("/a/200");
  assert.is(column, 5 + 600);
  assert.ok(excerpt.length <= 162);
  assert.is(excerpt.slice((excerptColumn ?? 0) - 1).slice(0, 4), "HERE");
  const end = source.at("/a/401");
  assert.is(end.excerpt.slice((end.excerptColumn ?? 0) - 1), "z]");
  const start = source.at("/a/0");
  assert.is(start.excerpt.slice((start.excerptColumn ?? 0) - 1, start.excerptColumn), "x");
});

test("a cut never halves a character", () => {
  const { excerpt } = new YamlSource("f.yaml", `a: ["${"😀".repeat(300)}", b]\n`).at("/a/1");
  assert.not.match(excerpt, /(?:^|[^\ud800-\udbff])[\udc00-\udfff]/);
  assert.not.match(excerpt, /[\ud800-\udbff](?![\udc00-\udfff])/);
});

test("control and format characters are made visible without moving the column", () => {
  const { excerpt, column } = new YamlSource("f.yaml", "a:\tx\u001b\u202e y\n").atOffset(6);
  assert.is(excerpt, "a:\tx␛\ufffd y");
  assert.is(column, 7);
});

test.run();
