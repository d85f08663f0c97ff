import type { ApprovedPackage } from "../../src/model/recipe.js";
import { managersOf } from "../../src/packages/managers.js";
import { withArguments } from "../../src/render/package-arguments.js";
import { catalogue } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("render/package-arguments");

const managers = managersOf(catalogue([]));
const curl: ApprovedPackage = { kind: "system", manager: "apt", name: "curl", version: "7.88.*", approved: ["7.88.*"] };
const flask: ApprovedPackage = { kind: "runtime", manager: "pip", name: "flask", version: "2.2.5", approved: [] };

test("each package in the words of its own manager", () => {
  const packages = withArguments([curl, flask], { os: "debian", language: "python3" }, managers);
  assert.equal(
    packages.map(({ argument }) => argument),
    ["curl=7.88.*", "flask==2.2.5"],
  );
  assert.equal(packages[0], { ...curl, argument: "curl=7.88.*" });
});

test("a package that no manager of the stage installs is a bug", () => {
  const stage = { os: "debian", language: undefined };
  assert.throws(() => withArguments([flask], stage, managers), /no package manager of the stage installs flask/);
});

test.run();
