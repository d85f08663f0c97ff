import { versionMatches } from "../../src/model/package-syntax.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/package-syntax");

const MATCHES: readonly (readonly [pattern: string, matching: readonly string[], others: readonly string[]])[] = [
  ["1.2", ["1.2"], ["1.20", "1x2", "01.2", "1.2 ", ""]],
  ["1.*", ["1.", "1.2", "1.2.3-4+b1"], ["1", "11.2", "2.1.2"]],
  ["*", ["", "1", "a b"], []],
  ["*-1", ["2-1", "-1"], ["2-11", "2-2"]],
  ["1:2.39.*", ["1:2.39.5-0+deb12u2"], ["2.39.5", "11:2.39.5"]],
  ["1.*-*+b1", ["1.2-3+b1", "1.-+b1"], ["1.2+b1", "1.2-3+b2"]],
  ["a*a", ["aa", "aba"], ["a", "ab"]],
  ["a*b*c", ["abc", "axbxbxc"], ["acb", "ac"]],
  ["(1|2)+", ["(1|2)+"], ["1", "11"]],
];

for (const [pattern, matching, others] of MATCHES) {
  test(`${pattern} approves ${matching.join(", ")}`, () => {
    for (const version of matching) assert.ok(versionMatches(pattern, version), version);
    for (const version of others) assert.not(versionMatches(pattern, version), version);
  });
}

test("many stars are no work: the longest that a list may hold", () => {
  assert.not(versionMatches(`${"*a".repeat(63)}b`, "a".repeat(128)));
});

test.run();
