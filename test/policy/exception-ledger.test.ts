import { ExceptionLedger } from "../../src/policy/exception-ledger.js";
import { imageName } from "../support/definitions.js";
import { exception } from "../support/exceptions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/exception-ledger");

test("an exception holds for its image and rule, on its last day and not on the next", () => {
  const all = [exception(), exception({ image: "b", expires: "2026-03-01" }), exception({ rule: "not-extendable" })];
  const waived = (today: string) => {
    const ledger = new ExceptionLedger(all, today);
    const rules = ["package-not-approved", "not-extendable", "root-user"] as const;
    return ["a", "b", "c"].map((name) => rules.filter((rule) => ledger.of(imageName(name)).waives(rule)).join("+"));
  };
  assert.equal(waived("2026-03-01"), ["package-not-approved+not-extendable", "package-not-approved", ""]);
  assert.equal(waived("2026-03-02"), ["package-not-approved+not-extendable", "", ""]);
  assert.equal(waived("2027-01-01"), ["", "", ""]);
});

test("an exception for a package waives the rule for that package only", () => {
  const exceptions = new ExceptionLedger([exception({ package: "curl" })], "2026-01-01").of(imageName("a"));
  assert.ok(exceptions.waives("package-not-approved", (name) => name === "curl"));
  assert.not(exceptions.waives("package-not-approved", (name) => name === "jq"));
  assert.not(exceptions.waives("version-not-approved", (name) => name === "curl"));
});

test("every exception that waives something counts as used, and no other", () => {
  const [any, curl, other] = [exception(), exception({ package: "curl" }), exception({ image: "b" })];
  const ledger = new ExceptionLedger([any, curl, other], "2026-01-01");
  const exceptions = ledger.of(imageName("a"));
  assert.equal([...ledger.used], []);
  exceptions.waives("package-not-approved", (name) => name === "jq");
  assert.equal([...ledger.used], [any]);
  exceptions.waives("package-not-approved", (name) => name === "curl");
  assert.equal([...ledger.used], [any, curl]);
});

test.run();
