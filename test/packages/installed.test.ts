import type { InventoryPackage } from "../../src/model/inventory.js";
import type { RecipePackage } from "../../src/model/recipe.js";
import { installedChecks, inventoryProblems } from "../../src/packages/installed.js";
import { LIST_READERS } from "../../src/packages/list-readers.js";
import { installed, inventoryOf } from "../support/inventories.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/installed");

const PIP = '[["Flask", "2.2.2"], ["ruamel.yaml", "0.17.21"], [null, "1.0"], ["broken", null]]\n';
const NPM = JSON.stringify({
  name: "lib",
  dependencies: {
    express: { version: "4.18.2", overridden: false },
    "@types/node": { version: "20.1.0" },
    gone: { missing: true, required: "1.x" },
  },
});

test("lists as languages of a catalogue may have them: what is broken is not there", () => {
  assert.equal(LIST_READERS.pip?.(PIP), [
    { name: "Flask", version: "2.2.2" },
    { name: "ruamel.yaml", version: "0.17.21" },
  ]);
  assert.equal(LIST_READERS.npm?.(NPM), [
    { name: "express", version: "4.18.2" },
    { name: "@types/node", version: "20.1.0" },
  ]);
  assert.equal([LIST_READERS.pip?.("[]\n"), LIST_READERS.npm?.("{}\n"), LIST_READERS.npm?.("")], [[], [], []]);
});

const entry = (manager: string, name: string, approved: readonly string[]): RecipePackage => ({
  kind: manager === "apt" ? "system" : "runtime",
  manager,
  name,
  approved,
  argument: name,
});

test("only managers whose packages no inventory lists are asked in the image", () => {
  const packages = [entry("apt", "git", ["1"]), entry("npm", "pg", ["8.*"]), entry("go", "rsc.io/quote", ["v1.*"])];
  const [check, ...others] = installedChecks(packages);
  assert.equal(others, []);
  assert.equal(check?.problems("rsc.io/quote\tv1.5.2\n"), []);
  assert.equal(check?.problems("rsc.io/quote\tv2.0.0\n"), ["rsc.io/quote v2.0.0 was installed, approved: v1.*"]);
  assert.equal(installedChecks([entry("go", "rsc.io/quote", [])]), [], "any version is approved");
});

const problems = (asked: RecipePackage, ...found: readonly InventoryPackage[]) =>
  inventoryProblems([asked], inventoryOf(...found)).map(({ message }) => message);

test("what was installed is compared with what is approved", () => {
  const git = installed("deb", "git 1:2.39.5-0+deb12u2");
  assert.equal(problems(entry("apt", "git", ["1:2.39.*"]), git), []);
  assert.equal(problems(entry("apt", "git", ["1:2.30.*", "1:2.39.*"]), git), []);
  assert.equal(problems(entry("apt", "git", ["2.39.*", "1:2.40.*"]), git), [
    "git 1:2.39.5-0+deb12u2 was installed, approved: 2.39.*, 1:2.40.*",
  ]);
  assert.equal(problems(entry("apt", "awk", ["1"]), git), ["awk is not installed under that name"]);
  assert.equal(problems({ ...entry("apt", "awk", ["1"]), optional: true }, git), []);
  assert.equal(problems({ ...entry("apt", "awk", ["1"]), stage: "build" }, git), [], "a build stage is gone");
  assert.equal(problems(entry("apt", "awk", []), git), [], "any version is approved");
  assert.equal(
    problems(entry("pip", "git", ["1"]), git),
    ["git is not installed under that name"],
    "of another manager",
  );
});

test("each installed version must be approved, but for what lies inside of another Node.js package", () => {
  const places = ["/usr/local/lib/node_modules/pg", "/app/node_modules/pg", "/app/node_modules/a/node_modules/pg"];
  const found = places.map((place, index) => installed("npm", `pg ${index + 8}.0.0`, { place }));
  assert.equal(problems(entry("npm", "pg", ["8.*"]), ...found), ["pg 9.0.0 was installed, approved: 8.*"]);
});

test("a gem that is part of Ruby is none that was installed", () => {
  const json = installed("gem", "json 2.6.1", {
    place: "/usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec",
  });
  assert.equal(problems(entry("gem", "json", ["2.7.*"]), json), ["json is not installed under that name"]);
});

test("Python's names are compared in their normal form, and Debian's own count as well", () => {
  const found = installed("pypi", "ruamel-yaml 0.17.21", { ownedBy: "python3-ruamel.yaml" });
  assert.equal(problems(entry("pip", "Ruamel_YAML", ["0.17.*"]), found), []);
});

test.run();
