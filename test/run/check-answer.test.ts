import type { ExpectedAnswer } from "../../src/model/definition.js";
import { answerProblem } from "../../src/run/check-answer.js";
import { signalNumber } from "../../src/run/server-process.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/check-answer");

const problem = (expected: Partial<ExpectedAnswer>, body = '{"a":[1,"é"],"b":null}') =>
  answerProblem({ status: 200, headers: { "x-a": "one, two" }, body }, { status: 200, headers: {}, ...expected });

test("a status", () => {
  assert.is(problem({}), undefined);
  assert.is(problem({ status: 404 }), "status 200, expected 404");
});

test("headers", () => {
  assert.is(problem({ headers: { "x-a": { equals: "one, two" } } }), undefined);
  assert.is(problem({ headers: { "x-a": { contains: "x" } } }), 'header x-a does not contain "x": "one, two"');
  assert.is(problem({ headers: { "x-b": {} } }), "there is no header x-b");
});

test("a body as text", () => {
  assert.is(problem({ body: { contains: "é" } }), undefined);
  assert.is(problem({ body: { matches: "^b" } }), "body does not match /^b/");
});

test("a body as JSON: whatever means the same", () => {
  assert.is(problem({ json: '{ "b": null, "a": [1.0, "\\u00e9"] }' }), undefined);
  assert.is(problem({ json: '{"a":["é",1],"b":null}' }), 'body is not {"a":["é",1],"b":null}');
  assert.is(problem({ json: '{"a":[1,"é"]}' }), 'body is not {"a":[1,"é"]}');
  assert.is(problem({ json: "{}" }, "<html>"), "body is no JSON");
  assert.is(problem({ json: `"${"x".repeat(1000)}"` })?.length, "body is not ".length + 300, "what is long is cut");
});

test("stop signals by name and number", () => {
  assert.equal(["SIGTERM", "SIGQUIT", "9", "SIGRTMIN+3", "SIGRTMAX-1"].map(signalNumber), [15, 3, 9, 37, 63]);
  assert.is(signalNumber("SIGNONSENSE"), 15);
});

test.run();
