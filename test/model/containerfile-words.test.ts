import { commandWords, dockerWord, execForm } from "../../src/model/containerfile-words.js";
import { command } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/containerfile-words");

test("a word for ENV and LABEL", () => {
  assert.is(dockerWord(""), '""');
  assert.is(dockerWord("a b"), '"a b"');
  assert.is(dockerWord('"$HOME" \\n'), '"\\"\\$HOME\\" \\\\n"');
  assert.is(dockerWord("it's #1"), '"it\'s #1"');
});

test("the exec form keeps everything on one line", () => {
  assert.is(execForm(["a", 'b "c"\n\u2028\u2029\u0000']), '["a","b \\"c\\"\\n\\u2028\\u2029\\u0000"]');
});

test("shell form is given to /bin/sh", () => {
  assert.equal(commandWords(command("a && b"), undefined), ["/bin/sh", "-c", "a && b"]);
  assert.equal(commandWords(command("a"), ["/bin/bash", "-c"]), ["/bin/bash", "-c", "a"]);
  assert.equal(commandWords(command(["a", "b"]), ["/bin/bash"]), ["a", "b"]);
});

test.run();
