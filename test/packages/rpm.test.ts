import { versionMatches } from "../../src/model/package-syntax.js";
import type { RecipePackage } from "../../src/model/recipe.js";
import { apk } from "../../src/packages/apk.js";
import { dnf } from "../../src/packages/dnf.js";
import { inventoryProblems } from "../../src/packages/installed.js";
import { managerFor } from "../../src/packages/managers.js";
import type { PackageManager } from "../../src/packages/package-manager.js";
import { tdnf } from "../../src/packages/tdnf.js";
import { approvedList, fakeSource } from "../support/definitions.js";
import { installed, inventoryOf } from "../support/inventories.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/rpm");

test("who serves what; the approved list says it for what nobody knows", () => {
  for (const os of ["fedora", "rocky", "almalinux", "centos", "rhel", "amazonlinux", "oraclelinux", "ubi"])
    assert.is(managerFor("system", os), dnf, os);
  assert.is(managerFor("system", "photon"), tdnf);
  for (const os of ["alpine", "wolfi"]) assert.is(managerFor("system", os), apk, os);
  const naming = (os: string, manager: string) => {
    const list = { ...approvedList(os, {}), manager: { name: manager, source: fakeSource("f"), pointer: "/manager" } };
    return { languages: [], systemLists: new Map([[os, list]]) };
  };
  assert.is(managerFor("system", "altlinux", naming("altlinux", "dnf")), dnf);
  assert.is(managerFor("system", "altlinux"), undefined);
  assert.is(managerFor("system", "debian", naming("debian", "dnf"))?.name, "apt", "what is known is known");
  assert.is(managerFor("system", undefined, naming("", "dnf")), undefined);
  assert.is(managerFor("system", "python3", naming("python3", "pip")), undefined, "pip is for no system");
  assert.is(managerFor("runtime", "cobol", naming("cobol", "apk")), undefined);
});

const SPECS: readonly (readonly [PackageManager, string, string])[] = [
  [dnf, "9.6.4-1", "n-0:9.6.4-1"],
  [dnf, "9.6.4-1.*", "n-0:9.6.4-1.*"],
  [dnf, "9.6.4", "n-0:9.6.4-*"],
  [dnf, "9.6*", "n-0:9.6*-*"],
  [dnf, "0:1-1", "n-0:1-1"],
  [dnf, "1:2.0~rc1-3.fc40", "n-1:2.0~rc1-3.fc40"],
  [dnf, "1.0^git20-1", "n-0:1.0^git20-1"],
  [dnf, "*", "n"],
  [dnf, "*-3", "n"],
  [tdnf, "9.6.4-1.ph5", "n-9.6.4-1.ph5"],
  [tdnf, "9.6.4", "n-9.6.4"],
  [tdnf, "0:1-1", "n-1-1"],
  [tdnf, "1:2-3", "n-1:2-3"],
  [tdnf, "9.6.4-1.*", "n"],
  [apk, "1.2.3-r0", "n=1.2.3-r0"],
  [apk, "1.2.3_p1-r4", "n=1.2.3_p1-r4"],
  [apk, "1.2.3", "n~1.2.3"],
  [apk, "1.2.3-r*", "n~1.2.3"],
  [apk, "1.2.3-*", "n~1.2.3"],
  [apk, "1.2.*", "n~1.2"],
  [apk, "1.2*", "n"],
  [apk, "1.*.3", "n"],
  [apk, "*", "n"],
];

test("a package and its version in the manager's own words", () => {
  for (const [manager, version, spec] of SPECS)
    assert.is(manager.argument("n", version), spec, `${manager.name} ${version}`);
});

const MATCHES: readonly (readonly [PackageManager, string, readonly string[], readonly string[]])[] = [
  [dnf, "9.6.4-1", ["9.6.4-1", "0:9.6.4-1"], ["9.6.4-1.ph5", "9.6.4-2", "1:9.6.4-1", "9.6.4-10"]],
  [dnf, "9.6.4-1.*", ["9.6.4-1.ph5"], ["9.6.4-1", "9.6.4-2.ph5"]],
  [dnf, "9.6.4", ["9.6.4-1", "9.6.4-2.fc40"], ["9.6.4.1-1", "9.6.40-1", "1:9.6.4-1"]],
  [dnf, "9.6*", ["9.6.4-1", "9.6-1"], ["9.5-1", "1:9.6-1"]],
  [dnf, "0:1-1", ["1-1"], ["1:1-1"]],
  [dnf, "1:*", ["1:2-3"], ["2-3"]],
  [dnf, "*", ["2-3", "1:2-3"], []],
  [dnf, "1.0~rc1-*", ["1.0~rc1-1"], ["1.0-1"]],
  [tdnf, "9.6.4", ["9.6.4-1.ph5"], ["9.6.5-1.ph5"]],
  [apk, "1.2.3", ["1.2.3-r0", "1.2.3-r11"], ["1.2.3_p1-r0", "1.2.34-r0"]],
  [apk, "1.2.3-r1", ["1.2.3-r1"], ["1.2.3-r11"]],
  [apk, "1.2.*", ["1.2.9_p1-r0"], ["1.20-r0", "1.2-r0"]],
  [apk, "1.2-*", ["1.2-r0"], ["1.2.1-r0"]],
];

test("what a version or pattern approves: no release means any, no epoch means epoch 0", () => {
  for (const [manager, pattern, good, bad] of MATCHES) {
    for (const version of good) assert.ok(versionMatches(pattern, version, manager), `${pattern} approves ${version}`);
    for (const version of bad) assert.not(versionMatches(pattern, version, manager), `${pattern} approves ${version}`);
  }
});

test("who asks for any release has to be allowed any release", () => {
  assert.ok(versionMatches("9.6.4", "9.6.4", dnf));
  assert.ok(versionMatches("9.6.4-*", "9.6.4", dnf));
  assert.not(versionMatches("9.6.4-1", "9.6.4", dnf));
  assert.not(versionMatches("1.2-r0", "1.2", apk));
});

const NAMES: readonly (readonly [PackageManager, readonly string[], readonly string[]])[] = [
  [
    dnf,
    ["gcc-c++", "python3.11", "NetworkManager", "lib_x"],
    ["a.rpm", "-a", "a-", "a b", "@group", "a*", "/a", "a:b"],
  ],
  [apk, ["g++", "py3-pip", "libstdc++"], [".virtual", "so:libc.so", "a=1", "a~1", "a@edge", "!a", "a>1"]],
];

test("names", () => {
  for (const [manager, good, bad] of NAMES) {
    for (const text of good) assert.ok(manager.namePattern.test(text), text);
    for (const text of bad) assert.not(manager.namePattern.test(text), text);
  }
  assert.is(tdnf.namePattern, dnf.namePattern);
});

const VERSIONS: typeof NAMES = [
  [
    dnf,
    ["1", "9.6.4-1.ph5", "2:8.2.4-1", "1.0~rc1-1", "1.0^20230101git-1", "1.*", "*", "*-1"],
    ["", "-1", "1-2-3", "a:1", "*:1", "1 2", "1'", "1/2", "~1", "1-", "1.rpm", "1-1.rpm", "$1", "1:"],
  ],
  [
    apk,
    ["1.2.3-r0", "9.5_p1-r12", "1.2b", "2.0_rc1", "20230506-r0", "1.*", "*", "1-r*", "1-*", "0.0_git1~abc123-r0"],
    ["", "a1", "-r0", "1-r0-r1", "1-x0", "1 2", "1'", "1:2", "^1", ">1"],
  ],
];

test("versions", () => {
  for (const [manager, good, bad] of VERSIONS) {
    for (const text of good) assert.ok(manager.versionPattern.test(text), text);
    for (const text of bad) assert.not(manager.versionPattern.test(text), text);
  }
});

test("what was installed is compared with what is approved as the manager itself compares", () => {
  const entry: RecipePackage = { kind: "system", manager: "dnf", name: "bash", approved: ["5.2.26"], argument: "bash" };
  const problems = (version: string) =>
    inventoryProblems([entry], inventoryOf(installed("rpm", `bash ${version}`))).map(({ message }) => message);
  assert.equal(problems("5.2.26-3.fc40"), []);
  assert.equal(problems("1:5.2.26-3"), ["bash 1:5.2.26-3 was installed, approved: 5.2.26"]);
});

test.run();
