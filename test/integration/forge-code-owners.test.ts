import { owners } from "../support/forge/code-owners.js";
import { assert, suite } from "../support/suite.js";

const test = suite("forge, code owners");

/** Whether a file with this one line gives the path an owner. */
function owned(pattern: string, path: string): boolean {
  return owners(`${pattern} @a`)(path).length > 0;
}

test("the last matching rule decides, even if it names nobody", () => {
  const of = owners("* @all\n/images/ @acme/devs @bob # comment\n\n# comment\n/images/free/\n");
  assert.equal(of("README.md"), ["@all"]);
  assert.equal(of("images/a/image.yaml"), ["@acme/devs", "@bob"]);
  assert.equal(of("images/free/image.yaml"), []);
});

test("patterns are those of .gitignore, and case-sensitive", () => {
  assert.ok(owned("*.yaml", "images/a/image.yaml"));
  assert.ok(owned("images/", "other/images/a"));
  assert.not(owned("/images/", "other/images/a"));
  assert.ok(owned("/images/**/image.yaml", "images/a/b/image.yaml"));
  assert.ok(owned("/catalog", "catalog/system/debian.yaml"));
  assert.not(owned("/catalog", "Catalog/system/debian.yaml"));
});

test("a star at the end matches only the directory's own files", () => {
  assert.ok(owned("docs/*", "docs/a.md"));
  assert.not(owned("docs/*", "docs/deep/a.md"));
  assert.ok(owned("/*", "slipway.yaml"));
  assert.not(owned("/*", "images/image.yaml"));
});

test("skips patterns that CODEOWNERS does not support", () => {
  const of = owners("* @all\n!images/ @a\nimages/[ab] @b\n");
  assert.equal(of("images/a"), ["@all"]);
});

test.run();
