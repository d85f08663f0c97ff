import { finalBase } from "../../src/run/final-base.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/final-base");

test("the base of the last stage, through the stages that it is built on", () => {
  assert.is(finalBase("# text\nFROM localhost/base\nENV A=b\n"), "localhost/base");
  assert.is(finalBase("FROM scratch\n"), undefined);
  assert.is(
    finalBase("FROM localhost/tools AS build\nRUN x\nFROM localhost/base\nCOPY --from=build a b\n"),
    "localhost/base",
  );
  assert.is(
    finalBase("FROM localhost/a AS one\nFROM one AS two\nFROM localhost/b AS other\nFROM two\n"),
    "localhost/a",
  );
  assert.is(finalBase("FROM localhost/a AS scratch-pad\nFROM scratch AS two\nFROM two\n"), undefined);
  const pinned = `registry.example/team/x@sha256:${"0".repeat(64)}`;
  assert.is(finalBase(`FROM localhost/a AS build\nFROM ${pinned}\n`), pinned);
});

test("a stage is not mistaken for an image of the same name, nor text for an instruction", () => {
  assert.is(finalBase("FROM localhost/tools AS base\nFROM localhost/base\n"), "localhost/base");
  assert.is(finalBase('FROM localhost/a\nRUN ["/bin/sh","-c","x\\nFROM y"]\n    FROM z\n'), "localhost/a");
  assert.is(finalBase(""), undefined);
});

test.run();
