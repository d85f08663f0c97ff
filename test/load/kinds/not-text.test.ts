import { notText } from "../../../src/load/kinds/not-text.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/kinds/not-text");

const said = (content: Buffer) => {
  const { file, line, column, code, message, hint } = notText("f.yaml", content);
  return `${file}:${line}:${column} ${code}: ${message} | ${hint}`;
};

test("the place is the first byte that is no UTF-8", () => {
  const latin = "the file is not UTF-8 text | save it as UTF-8; in Latin-1, `iconv -f latin1 -t utf8` does it";
  assert.is(said(Buffer.from("name: caf\xe9\n", "latin1")), `f.yaml:1:10 not-text: ${latin}`);
  const before = Buffer.from("name: x\nversion: 1\n# é: ");
  assert.is(said(Buffer.concat([before, Buffer.from([0xe9])])), `f.yaml:3:6 not-text: ${latin}`);
  assert.is(said(Buffer.concat([before, Buffer.from([0xe9, 10, 0xe9, 10])])), `f.yaml:3:6 not-text: ${latin}`);
});

test("a binary file and UTF-16 are named", () => {
  const binary = "the file is not UTF-8 text | it has a NUL byte, as binary files have";
  assert.is(said(Buffer.from("a\nb\0c")), `f.yaml:2:2 not-text: ${binary}`);
  const wide = Buffer.from("\ufeffname: a\n", "utf16le");
  assert.is(said(wide), "f.yaml:1:1 not-text: the file is UTF-16, not UTF-8 | save it as UTF-8");
  assert.match(said(wide.swap16()), /UTF-16/);
});

test.run();
