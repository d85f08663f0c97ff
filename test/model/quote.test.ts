import { quote } from "../../src/model/quote.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/quote");

test("a text between backquotes, cut after 60 characters", () => {
  assert.is(quote("curl"), "`curl`");
  assert.is(quote("x".repeat(60)), `\`${"x".repeat(60)}\``);
  assert.is(quote("x".repeat(61)), `\`${"x".repeat(60)}…\``);
});

test.run();
