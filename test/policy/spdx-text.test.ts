import parse from "spdx-expression-parse";
import { loadSpdx } from "../../src/policy/spdx.js";
import { spdxText } from "../../src/policy/spdx-text.js";
import { assert, suite } from "../support/suite.js";

const test = suite("licences as SPDX expressions");
test.before(loadSpdx);

test("words of Debian, Fedora and Python become expressions that a parser takes", () => {
  const words: readonly [string, string][] = [
    ["MIT", "MIT"],
    ["GPL-2+", "GPL-2.0-or-later"],
    ["GPL-2.0", "GPL-2.0-only"],
    ["GPLv2+ and MIT", "GPL-2.0-or-later AND MIT"],
    ["MIT AND (Apache-2.0 OR GPL-2.0-only)", "MIT AND (Apache-2.0 OR GPL-2.0-only)"],
    ["MIT and ISC and Apache-2.0", "MIT AND ISC AND Apache-2.0"],
    ["MIT OR ISC OR (Apache-2.0 AND Zlib)", "MIT OR ISC OR (Apache-2.0 AND Zlib)"],
    ["GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"],
  ];
  for (const [said, expected] of words) {
    assert.is(spdxText(said), expected);
    parse(expected);
  }
});

test("what has an unknown part is none", () => {
  assert.is(spdxText("public domain, mostly"), undefined);
  assert.is(spdxText("MIT AND whatever"), undefined);
  assert.is(spdxText(""), undefined);
});

test.run();
