import { globMatcher, readDockerignore } from "../../../src/load/import/glob.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/import/glob");

test("patterns as Docker has them", () => {
  const cases = [
    ["*.go", "a.go", "a/b.go"],
    ["a?c", "abc", "ac"],
    ["[a-c]x", "bx", "dx"],
    ["[^a-c]x", "dx", "bx"],
    ["a/**/z", "a/b/c/z", "a/b"],
    ["**/x", "x", "y"],
    ["a\\*", "a*", "ab"],
    ["a*b*c", "aXbXc", "aXbX"],
  ] as const;
  for (const [pattern, yes, no] of cases) {
    assert.ok(globMatcher(pattern)(yes), `${pattern} ${yes}`);
    assert.not(globMatcher(pattern)(no), `${pattern} ${no}`);
  }
});

test("a pattern made to take forever does not", () => {
  assert.not(globMatcher(`${"*a".repeat(2000)}b`)("a".repeat(2000)));
  assert.not(globMatcher(`${"**/a/".repeat(200)}b`)("a/".repeat(400)));
});

test(".dockerignore: folders stand for what is in them, and ! takes back", () => {
  const isIgnored = readDockerignore("# no\n*.tmp\n/build\nassets/**\n!assets/keep.css\n");
  assert.equal(["a.tmp", "b/a.tmp", "build/x/y", "assets/a", "assets/keep.css", "src"].map(isIgnored), [
    true,
    false,
    true,
    true,
    false,
    false,
  ]);
});

test.run();
