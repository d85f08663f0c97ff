import { type Needing, needersOf } from "../../../src/packages/lock/needers.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("packages/lock/needers");

const entry = (name: string, needs: readonly string[], fields: Partial<Needing> = {}): Needing => ({
  name,
  isRequested: false,
  needs,
  ...fields,
});

const needers = (...[packages, otherwise]: Parameters<typeof needersOf>) =>
  Object.fromEntries(needersOf(packages, otherwise));

test("those that need a package, sorted; nobody for what is requested", () => {
  const packages = [entry("web", ["lib"], { isRequested: true }), entry("app", ["lib", "web"]), entry("lib", [])];
  assert.equal(needers(packages).lib, ["app", "web"]);
  assert.equal(needers(packages).web, []);
});

test("a package that names itself does not need itself", () => {
  assert.equal(needers([entry("web", ["a"], { isRequested: true }), entry("a", ["a"])]).a, ["web"]);
  assert.equal(needers([entry("web", [], { isRequested: true }), entry("a", ["a"])]).a, ["web"]);
  assert.equal(needers([entry("web", [], { isRequested: true }), entry("a", ["a"])], "nobody").a, []);
});

test("what may be needed counts only where nothing else needs it", () => {
  const packages = [
    entry("web", ["a"], { isRequested: true }),
    entry("extra", [], { mayNeed: ["a", "b"] }),
    entry("a", []),
    entry("b", []),
  ];
  assert.equal([needers(packages).a, needers(packages).b], [["web"], ["extra"]]);
});

test.run();
