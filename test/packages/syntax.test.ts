import { apt } from "../../src/packages/apt.js";
import { MANAGERS, managerFor } from "../../src/packages/managers.js";
import { npm } from "../../src/packages/npm.js";
import { pip } from "../../src/packages/pip.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/syntax");

test("who serves what", () => {
  assert.is(managerFor("system", "debian"), apt);
  assert.is(managerFor("system", "ubuntu"), apt);
  assert.is(managerFor("runtime", "python3"), pip);
  assert.is(managerFor("runtime", "nodejs"), npm);
  assert.is(managerFor("runtime", "debian"), undefined);
  assert.is(managerFor("system", "plan9"), undefined);
  assert.is(managerFor("system", undefined), undefined);
});

test("a package and its version in the manager's own words", () => {
  assert.is(apt.spec("git", "1:2.39.*"), "git=1:2.39.*");
  assert.is(apt.spec("bash", "5.2.15-2+b2~deb12u1"), "bash=5.2.15-2+b2~deb12u1");
  assert.is(pip.spec("flask", "1!2.9.*"), "flask==1!2.9.*");
  assert.is(npm.spec("@scope/pkg", "4.*"), "@scope/pkg@4.*");
  for (const { spec } of MANAGERS) assert.is(spec("name", undefined), "name");
});

const NAMES = {
  apt: [
    apt,
    ["g++", "libstdc++-12-dev", "python3.11", "0ad"],
    ["Curl", "a_b", "a:amd64", "a/sid", "a=1", "-a", "a-", "a*"],
  ],
  pip: [pip, ["Flask", "ruamel.yaml", "a_b", "x"], ["a[extra]", "-r", "a==1", ".", "a-", "./a", "a @ b", "git+x"]],
  npm: [
    npm,
    ["express", "@types/node", "lodash.get", "a_b"],
    ["@a", "a/b", "Express", "../a", "a@1", "npm:a", "@a/b/c"],
  ],
} as const;

const VERSIONS = {
  apt: [apt, ["1:2.39.5-0+deb12u2", "5.2~rc1-2+b1", "15.*", "*"], ["", "-1", "1 2", "1_2", "1'", "1/2", "~1"]],
  pip: [pip, ["2.7.3.1", "1!2.0", "2.0.post1", "1.0+cpu", "2.9.*"], ["", ">=1", "1~", "1;2", "1,2", "==1", "1:2"]],
  npm: [
    npm,
    ["4.18.2", "5.0.0-beta.1", "4.*", "latest"],
    ["", "^4", "~4", ">4", "npm:a", "git:x", "../a", "a/b", "file:a"],
  ],
} as const;

for (const [name, [manager, good, bad]] of Object.entries(NAMES)) {
  test(`names of ${name}`, () => {
    for (const text of good) assert.ok(manager.namePattern.test(text), text);
    for (const text of bad) assert.not(manager.namePattern.test(text), text);
  });
}

for (const [name, [manager, good, bad]] of Object.entries(VERSIONS)) {
  test(`versions of ${name}`, () => {
    for (const text of good) assert.ok(manager.versionPattern.test(text), text);
    for (const text of bad) assert.not(manager.versionPattern.test(text), text);
  });
}

test("only Python's names have several spellings", () => {
  assert.is(pip.normalise("Ruamel_.YAML"), "ruamel-yaml");
  assert.is(apt.normalise("a.b"), "a.b");
  assert.is(npm.normalise("a_b"), "a_b");
});

test.run();
