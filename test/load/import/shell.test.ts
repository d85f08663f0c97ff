// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of shells.
import { isHousekeeping, readInstall } from "../../../src/load/import/install-commands.js";
import { readSpec } from "../../../src/load/import/package-specs.js";
import { splitCommands, wordsOf } from "../../../src/load/import/shell.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("shell texts");

const texts = (text: string) => splitCommands(text)?.map((command) => command.text);
const none = () => undefined;

for (const [text, commands] of [
  ["a && b;c", ["a", "b", "c"]],
  ["a   b\nc", ["a b", "c"]],
  ["a 'x && y' \"z;  w\"", ["a 'x && y' \"z;  w\""]],
  ["a $(b && c) && d", ["a $(b && c)", "d"]],
  ["a | b && c", ["a | b", "c"]],
  ["a ${x:-&&} \\&\\& b", ["a ${x:-&&} \\&\\& b"]],
  ["a 2>&1 && b", ["a 2>&1", "b"]],
  ["", []],
] as const) {
  test(`splits ${JSON.stringify(text)}`, () => assert.equal(texts(text), commands));
}

for (const text of [
  "a || b",
  "if a; then b; fi",
  "for x in y; do z; done",
  "a &",
  "cat <<EOF",
  "a # b",
  "{ a; }",
  "&& a",
  "! a && b",
  "f() { a; }",
]) {
  test(`keeps ${JSON.stringify(text)} in one piece`, () => assert.is(texts(text), undefined));
}

test("words without quotes, variables put in", () => {
  const value = (name: string) => (name === "V" ? "1.2" : undefined);
  assert.equal(wordsOf("a 'b c' \"d\"e f\\ g", none), ["a", "b c", "de", "f g"]);
  assert.equal(wordsOf("x=$V ${V}y", value), ["x=1.2", "1.2y"]);
  assert.equal(wordsOf("", none), []);
  for (const text of ["a $W", "a *", "a > b", "a `b`", 'a "$V"', "a ${V:-x}", "a 'b", "a {b,c}", "a | b"])
    assert.is(wordsOf(text, value), undefined, text);
});

test("what installs packages, with versions", () => {
  const packages = (text: string) => {
    const words = wordsOf(text, none);
    const install = words && readInstall(words);
    return install?.packages.map(({ name, version, lost }) => [name, version, lost].filter(Boolean).join(" "));
  };
  assert.equal(packages("apt-get install -y --no-install-recommends curl=7.88.1-10 git"), ["curl 7.88.1-10", "git"]);
  assert.equal(packages("apt-get -qq install 'foo=1.2*'"), ["foo foo=1.2*"]);
  assert.equal(packages("microdnf install -y nginx-1.20.1-14.el9.x86_64 python3-pip"), [
    "nginx 1.20.1-14.el9",
    "python3-pip",
  ]);
  assert.equal(packages("tdnf install -y tar"), ["tar"]);
  assert.equal(packages("apk add --no-cache curl=8.5.0-r0 git~=2"), ["curl 8.5.0-r0", "git git~=2"]);
  assert.equal(packages("python3 -m pip install --no-cache-dir flask==2.2.2 'requests[socks]>=2'"), [
    "flask 2.2.2",
    "requests[socks] requests[socks]>=2",
  ]);
  assert.equal(packages("npm install -g @scope/a@1.0.0 b@latest"), ["@scope/a 1.0.0", "b b@latest"]);
  assert.equal(packages("gem install --no-document rake -v 13.0.6 rack:3.0.0"), ["rake 13.0.6", "rack 3.0.0"]);
  for (const text of [
    "npm install express",
    "npm ci",
    "apt-get install -y ./x.deb",
    "apt-get install -t testing x",
    "apt-get remove x",
    "pip install .",
    "pip install --index-url https://example.org/simple x",
    "pip install git+https://example.org/x",
    "dnf install https://example.org/x.rpm",
    "apk add --virtual build gcc",
    "apt-get install -y",
    "apt install -y constructor= x/testing",
    "toString install x",
  ])
    assert.is(packages(text), undefined, text);
});

test("what keeps house only", () => {
  for (const text of [
    "apt-get update -y",
    "DEBIAN_FRONTEND=noninteractive apt-get -qq update",
    "rm -rf /var/lib/apt/lists/*",
    "yum clean all",
    "rm -rf /var/cache/yum",
    "apk update",
  ])
    assert.ok(isHousekeeping(text), text);
  for (const text of [
    "apt-get upgrade -y",
    "rm -rf /var/lib/apt/lists/* /opt",
    "rm -rf /tmp/*",
    "rm x",
    "apt-get update; evil",
  ])
    assert.not(isHousekeeping(text), text);
});

test("a word that would be an option or a path is no package", () => {
  for (const word of ["-y", "../x", "a b", "$x", "x.deb", ""]) assert.is(readSpec("apt", word), undefined, word);
});

test.run();
