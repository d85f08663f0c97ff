import { apt } from "../../src/packages/apt.js";
import { managerFor } from "../../src/packages/managers.js";
import { managerNamed, npm, pip } from "../support/managers.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/syntax");
const [gem, go, maven, psresource] = [
  managerNamed("gem"),
  managerNamed("go"),
  managerNamed("maven"),
  managerNamed("psresource"),
];

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
  assert.is(apt.argument("git", "1:2.39.*"), "git=1:2.39.*");
  assert.is(apt.argument("bash", "5.2.15-2+b2~deb12u1"), "bash=5.2.15-2+b2~deb12u1");
  assert.is(pip.argument("flask", "1!2.9.*"), "flask==1!2.9.*");
  assert.is(npm.argument("@scope/pkg", "4.*"), "@scope/pkg@4.*");
  for (const { argument } of [apt, pip, npm, gem, psresource]) assert.is(argument("name", undefined), "name");
  assert.is(gem.argument("rack", "3.0.8"), "rack:3.0.8");
  assert.is(gem.argument("rack", "3.0.*"), "rack:~>3.0.0");
  assert.is(go.argument("example.org/text", undefined), "example.org/text@latest");
  assert.is(go.argument("example.org/text", "v0.3.1"), "example.org/text@v0.3.1");
  assert.is(go.argument("example.org/text", "v0.3.*"), "example.org/text@v0.3");
  assert.is(maven.argument("org.example:parser", undefined), "org.example:parser:RELEASE");
  assert.is(maven.argument("org.example:parser", "1.2"), "org.example:parser:1.2");
  assert.is(maven.argument("org.example:parser", "1.*"), "org.example:parser:[1.0,1.99999999]");
  assert.is(psresource.argument("Example.Tools", "1.2.3"), "Example.Tools@[1.2.3]");
  assert.is(psresource.argument("Example.Tools", "1.2.*"), "Example.Tools@[1.2.0,1.2.99999999]");
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
  gem: [gem, ["rack", "net-http2", "RedCloth", "x", "a_b"], ["-v", "a:1", "a b", "./a", "a>1", "a-", ""]],
  go: [
    go,
    ["example.org/text", "gopkg.in/yaml.v3", "example.org/Azure/sdk_go", "example.org"],
    ["./a", "/a", "a@v1", "-a/b", "a b", "a/", "A/b"],
  ],
  maven: [maven, ["org.example:parser", "a:b_2.13"], ["parser", "a:b:1", "a:", ":b", "a:b<c", "-a:b"]],
  psresource: [psresource, ["Az.Accounts", "posh-git"], ["-Name", "a b", "a;b", "a'b", "$a", "a@1"]],
} as const;

const VERSIONS = {
  apt: [apt, ["1:2.39.5-0+deb12u2", "5.2~rc1-2+b1", "15.*", "*"], ["", "-1", "1 2", "1_2", "1'", "1/2", "~1"]],
  pip: [pip, ["2.7.3.1", "1!2.0", "2.0.post1", "1.0+cpu", "2.9.*"], ["", ">=1", "1~", "1;2", "1,2", "==1", "1:2"]],
  npm: [
    npm,
    ["4.18.2", "5.0.0-beta.1", "4.*", "latest"],
    ["", "^4", "~4", ">4", "npm:a", "git:x", "../a", "a/b", "file:a"],
  ],
  gem: [gem, ["3.0.8", "3.0.0.rc1", "3.*", "3.0.*"], ["", "~>3", "*", "3*", ">=1", "3.0*"]],
  go: [
    go,
    ["v1.2.3", "v0.0.0-20230101000000-abcdef012345", "v2.0.0+incompatible", "v1.*"],
    ["", "1.2", "latest", "*", "v*"],
  ],
  maven: [maven, ["1.2.3", "31.1-jre", "2.*", "2.9.*"], ["", "[1,2)", "*", "1*", "1:2", "$x"]],
  psresource: [psresource, ["1.2.3", "1.2.3-beta1", "2.*"], ["", "[1,2]", "*", "2*", "1;2"]],
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

test("only names of Python and PowerShell have several spellings", () => {
  assert.is(psresource.normalise("Az.Accounts"), "az.accounts");
  assert.is(pip.normalise("Ruamel_.YAML"), "ruamel-yaml");
  assert.is(apt.normalise("a.b"), "a.b");
  assert.is(npm.normalise("a_b"), "a_b");
});

test.run();
