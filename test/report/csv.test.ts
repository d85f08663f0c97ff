import { csv } from "../../src/report/csv.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/csv");

test("RFC 4180: records end with CR LF, and only cells that need quotes have them", () => {
  assert.is(
    csv([
      ["a", "b c", ""],
      ['say "hi"', "x,y", "one\ntwo"],
    ]),
    'a,b c,\r\n"say ""hi""","x,y","one\ntwo"\r\n',
  );
});

test("no cell is a formula", () => {
  const cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "a=1", '=HYPERLINK("x","y")'];
  assert.is(csv([cells]), `'=1+1,'+1,'-1,'@SUM(A1),'\tx,a=1,"'=HYPERLINK(""x"",""y"")"\r\n`);
});

test.run();
