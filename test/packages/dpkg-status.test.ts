import { statusProblems } from "../../src/packages/dpkg-status.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/dpkg-status");

const CONTROL = `Package: jq
Version: 1.6-2
Architecture: amd64
Depends: libjq1 (= 1.6-2), libc6 (>= 2.34)
Description: a program
 with a long description
`;
const OLD = "Package: libc6\nStatus: install ok installed\nVersion: 2.36\nArchitecture: amd64\n";
const INSTALLED = `${OLD}
Package: jq
Status: install ok installed
Architecture: amd64
Version: 1.6-2
Depends: libjq1 (= 1.6-2), libc6 (>= 2.34)
Conffiles:
 /etc/jq 0123
Description: a program
 with a long description
`;

const said = (after: string, controls: readonly string[] = [CONTROL], before: string | undefined = OLD) =>
  statusProblems({ before, after, controls }).map(({ what, problem }) => `${what} ${problem}`);

test("the parent's packages and those that were installed", () => {
  assert.equal(said(INSTALLED), []);
  assert.equal(said(INSTALLED.replace("libjq1 (= 1.6-2), ", "libjq1 (=1.6-2),")), []);
  assert.equal(said(INSTALLED.replace("install ok installed", "install ok triggers-awaited")), []);
});

test("one is missing, one is more, and fields were edited", () => {
  assert.equal(said(OLD), ["jq 1.6-2 is missing in dpkg's database"]);
  assert.equal(said(""), ["libc6 2.36 is missing in dpkg's database", "jq 1.6-2 is missing in dpkg's database"]);
  assert.equal(said(INSTALLED, []), ["jq 1.6-2 is in dpkg's database, and nothing installs it"]);
  assert.equal(said(INSTALLED.replace("Depends: libjq1 (= 1.6-2), ", "Depends: ")), ["jq 1.6-2 has another depends"]);
  assert.equal(said(INSTALLED.replace("Version: 2.36", "Version: 2.37")), ["libc6 2.37 has another version"]);
  assert.equal(said(`${INSTALLED}Provides: evil\n`), ["jq 1.6-2 has another provides"]);
  assert.equal(said(INSTALLED.replace("install ok installed", "deinstall ok config-files")), [
    "libc6 2.36 is missing in dpkg's database",
  ]);
});

test("an upgraded package takes the place of the parent's", () => {
  const newer = OLD.replace("2.36", "2.37");
  assert.equal(said(newer, [newer.replace("Status: install ok installed\n", "")]), []);
});

test.run();
