import type { RecipePackage } from "../../src/model/recipe.js";
import { apt } from "../../src/packages/apt.js";
import { installedChecks } from "../../src/packages/installed.js";
import { npm, pip } from "../support/managers.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/installed");

const DPKG = [
  "installed\tadduser\t3.134",
  "config-files\tnano\t7.2-1+deb12u1",
  "not-installed\tvim\t",
  "installed\tgit\t1:2.39.5-0+deb12u2",
  "half-installed\tjq\t1.6-2.1",
  "",
].join("\n");
const PIP = '[["Flask", "2.2.2"], ["ruamel.yaml", "0.17.21"], [null, "1.0"], ["broken", null]]\n';
const NPM = JSON.stringify({
  name: "lib",
  dependencies: {
    express: { version: "4.18.2", overridden: false },
    "@types/node": { version: "20.1.0" },
    gone: { missing: true, required: "1.x" },
  },
});

test("apt: what dpkg has installed, nothing half done", () => {
  assert.equal(apt.parseList(DPKG), [
    { name: "adduser", version: "3.134" },
    { name: "git", version: "1:2.39.5-0+deb12u2" },
  ]);
});

test("pip: names in their normal form, nothing that is broken", () => {
  assert.equal(pip.parseList(PIP), [
    { name: "flask", version: "2.2.2" },
    { name: "ruamel-yaml", version: "0.17.21" },
  ]);
});

test("npm: dependencies that are there", () => {
  assert.equal(npm.parseList(NPM), [
    { name: "express", version: "4.18.2" },
    { name: "@types/node", version: "20.1.0" },
  ]);
});

test("nothing installed, or no npm", () => {
  assert.equal(apt.parseList(""), []);
  assert.equal(pip.parseList("[]\n"), []);
  assert.equal(npm.parseList("{}\n"), []);
  assert.equal(npm.parseList(""), []);
});

const entry = (manager: string, name: string, approved: readonly string[]): RecipePackage => ({
  kind: manager === "apt" ? "system" : "runtime",
  manager,
  name,
  approved,
  spec: name,
});

test("one check for each manager that has something to check, with its own command", () => {
  const checks = installedChecks([
    entry("apt", "git", ["1"]),
    entry("apt", "curl", ["1"]),
    entry("npm", "pg", ["8.*"]),
  ]);
  assert.equal(
    checks.map(({ command }) => command),
    [apt.list, npm.list],
  );
  assert.equal(installedChecks([]), []);
  assert.equal(installedChecks([entry("apt", "git", [])]), [], "any version is approved");
});

test("what was installed is held against what is approved", () => {
  const problems = (approved: readonly string[], name = "git") =>
    installedChecks([entry("apt", name, approved)]).flatMap((check) => check.problems(DPKG));
  assert.equal(problems(["1:2.39.*"]), []);
  assert.equal(problems(["1:2.30.*", "1:2.39.*"]), []);
  assert.equal(problems(["2.39.*", "1:2.40.*"]), ["git 1:2.39.5-0+deb12u2 was installed, approved: 2.39.*, 1:2.40.*"]);
  assert.equal(problems(["1"], "awk"), ["awk is not installed under that name"]);
  assert.equal(problems(["*"], "jq"), ["jq is not installed under that name"], "half installed is not installed");
});

test("Python's names are compared in their normal form", () => {
  const [check] = installedChecks([entry("pip", "Ruamel_YAML", ["0.17.*"])]);
  assert.equal(check?.problems(PIP), []);
});

test.run();
