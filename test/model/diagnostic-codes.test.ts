import { fileURLToPath } from "node:url";
import { DIAGNOSTIC_CODES, isAboutPackages, WAIVABLE_RULES } from "../../src/model/diagnostic-codes.js";
import { readSources } from "../support/source-facts.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/diagnostic-codes");
const SRC = fileURLToPath(new URL("../../../src/", import.meta.url));

/** A code that is reported but not in the table does not compile; that one in the table is reported is checked here. */
test("every code is reported somewhere", () => {
  const sources = readSources(SRC);
  assert.ok(sources.delete("model/diagnostic-codes.ts"));
  const text = [...sources.values()].join("\n");
  const unused = Object.keys(DIAGNOSTIC_CODES).filter((code) => !text.includes(`"${code}"`));
  assert.equal(unused, []);
});

test("rules that may be waived: those about packages come first, as schemas and docs show them", () => {
  const first = WAIVABLE_RULES.findIndex((rule) => !isAboutPackages(rule));
  assert.equal(WAIVABLE_RULES.map(isAboutPackages), [
    ...WAIVABLE_RULES.slice(0, first).map(() => true),
    ...WAIVABLE_RULES.slice(first).map(() => false),
  ]);
  assert.equal([WAIVABLE_RULES[0], WAIVABLE_RULES[first]], ["package-not-approved", "lock-missing"]);
});

test.run();
