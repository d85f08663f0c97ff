import { parseChallenges } from "../../src/registry/challenge.js";
import { assert, suite } from "../support/suite.js";

const test = suite("WWW-Authenticate");
const parse = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

test("one challenge with a scope that has commas", () => {
  assert.equal(parse('Bearer realm="https://a.example/t",service="r",scope="repository:x/y:pull,push"'), [
    ["bearer", { realm: "https://a.example/t", service: "r", scope: "repository:x/y:pull,push" }],
  ]);
});

test("several challenges, escapes, unquoted values, spaces", () => {
  assert.equal(parse('BASIC Realm = "a \\"b\\"" , charset=UTF-8, Bearer realm="u", error=invalid_token'), [
    ["basic", { realm: 'a "b"', charset: "UTF-8" }],
    ["bearer", { realm: "u", error: "invalid_token" }],
  ]);
});

test("nothing and nonsense", () => {
  assert.equal(parse(""), []);
  assert.equal(parse("Negotiate"), [["negotiate", {}]]);
  assert.equal(parse('="x", ???'), []);
  assert.is(parse('Bearer realm="never ends')[0]?.[0], "bearer");
});

test.run();
