import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import type { PackageType } from "../../../src/model/inventory.js";
import { compareVersions } from "../../../src/packages/versions/compare.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("packages/versions");

/** Versions in ascending order; in one text those that are equal, divided by `=`. */
const ROWS: Readonly<Record<PackageType, string>> = {
  deb: "~~ ~~a ~ 0=0-0=00-0=0: 1~rc1 1~rc1-1 1=1-0=0:1=01 1-0ubuntu1 1-1~deb12u1 1-1 1-1+b1 1a 1a1 1+dfsg 1.0 1.0-1 1.2 1.10 9.6.4-1 15.17-0+deb12u1 15.18-0+deb12u1 a 1:0 2:0.1",
  rpm: "1~rc1 1 1^git1 1.0 1.0-0 1.0-1.ph5 1.0-2.ph5=1.0-02_ph5 1.0-10.ph5 1.0^1-1 1.0a 1.0.1 1.2 1.10 10 1:0 2:0.1-1",
  apk: "1.0_alpha 1.0_alpha1 1.0_beta 1.0_pre 1.0_rc1 1.0_rc2 1.0 1.0-r0 1.0-r1 1.0-r10 1.0_git20200101 1.0_p1 1.0_p1-r1 1.0_p2 1.0a 1.0b 1.0.1 1.01 1.05 1.1 1.2 1.10 2",
  pypi: "hello 1.0.dev1=1.dev1 1.0a1.dev2 1.0a1=1.0.alpha1=1a1 1.0b2 1.0rc1=1.0c1=1.0-preview-1 1.0rc2 1.0=1=v1.0.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post1.dev1 1.0.post1=1.0-1=1.0r1 1.1 1.2 1.10 2.7.3.1 1!0.1",
  npm: "nonsense 0.0.1 1.0.0-0 1.0.0-alpha=1.0.0alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0=1=1.0=v1.0.0=1.0.0+5 1.2.0 1.10.0 4.17.21",
  golang:
    "v0.0.0-20190308221718-c2843e01d9a2=0.0.0-20190308221718-c2843e01d9a2 v0.0.0-20200101000000-000000000000 v0.1.0 1.20.1 v1.20.2+incompatible",
  maven:
    "1-alpha2snapshot 1-alpha2 1-alpha-123 1-beta-2 1-beta123 1-m2 1-m11 1-rc 1-cr2 1-rc123 1-SNAPSHOT 1=1.0=1-ga=1.0.0-final=1.ga=1. 1-sp 1-sp2 1-sp123 1-abc 1-def 1-pom-1 1-1-snapshot 1-1 1-2 1-123 2.0=2 2.0.a=2-a 2-1 2.0.2 2.0.123 2.1.0=2.1 2.1-a 2.1b 2.1-c 2.1-1 2.1.0.1 2.2 2.123 11.a2=11-alpha-2 11.a11 11.b2 11.b11 11.m2 11.m11 11 11.a 11b 11c 11m",
  gem: "0=0.0 1.0.a.1=1.a.1 1.0.a.2 1.0.b1 1.0.rc1 1=1.0=1.0.0 1.0.1 1.2 1.10",
  nuget: "1.0.0-Alpha=1.0.0-alpha 1.0.0-beta 1.0.0=1=1.0.0.0 1.0.0.1 1.0.1 1.2 1.10.0",
};

for (const [type, row] of Object.entries(ROWS) as [PackageType, string][])
  test(`${type}: known versions in their order`, () => {
    const places = row.split(" ").flatMap((same, place) => same.split("=").map((version) => ({ version, place })));
    for (const a of places)
      for (const b of places) {
        const expected = Math.sign(a.place - b.place);
        const found = Math.sign(compareVersions(type, a.version, b.version));
        assert.is(found, expected, `${a.version} ${["<", "=", ">"][found + 1]} ${b.version}`);
      }
  });

const pieces = (...known: readonly string[]) =>
  fc
    .array(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: fc.nat(120).map(String) }),
      {
        maxLength: 9,
      },
    )
    .map((parts) => parts.join(""));

/** Whatever any of the formats gives a meaning. */
const ANY = pieces(
  ..."0 1 2 9 10 01 . - + ~ ^ : ! _ a b rc alpha pre post dev sp ga final SNAPSHOT _p _git -r1 v .0".split(" "),
);

for (const type of Object.keys(ROWS) as PackageType[])
  test(`${type}: an order of all texts`, () => {
    const sign = (a: string, b: string) => Math.sign(compareVersions(type, a, b));
    fc.assert(
      fc.property(ANY, ANY, ANY, (a, b, c) => {
        assert.is(sign(a, b) + sign(b, a), 0, `antisymmetric: ${a} ${b}`);
        if (sign(a, b) <= 0 && sign(b, c) <= 0) {
          const expected = sign(a, b) === 0 && sign(b, c) === 0 ? 0 : -1;
          assert.is(sign(a, c), expected, `transitive: ${a} ${b} ${c}`);
        }
      }),
      { numRuns: 4000 },
    );
  });

test("hostile text takes no time", () => {
  const long = ["1", ".0", "-", "1-", "a", "~", " ", "1a", "..", ".1", "_p", "\u0000", "é"].flatMap((part) => {
    const text = part.repeat(200_000);
    return [text, `${text}x`, `1${text}`];
  });
  // Steps that grow with the square of these lengths would not end before the runner ends the file.
  for (const type of Object.keys(ROWS) as PackageType[])
    for (const a of long)
      for (const b of [`${a}1`, "1", "1.0", ...long.slice(0, 6)]) assert.type(compareVersions(type, a, b), "number");
});

test("dpkg says the same of Debian's", () => {
  const version = pieces(..."0 1 2 10 01 . + ~ a b rc -1 .1 ~rc +b1".split(" ")).map((text) => `0${text}`);
  fc.assert(
    fc.property(version, version, (a, b) => {
      const { status } = spawnSync("dpkg", ["--compare-versions", a, "lt", b], { stdio: "ignore" });
      assert.is(status === 0, compareVersions("deb", a, b) < 0, `${a} lt ${b}`);
    }),
    { numRuns: 150 },
  );
});

test("rpm says the same of its own", () => {
  const version = pieces(..."0 1 2 10 01 . + ~ ^ _ a b rc".split(" ")).map((text) => `1${text}`);
  const evr = fc.tuple(version, version).map((parts) => parts.join("-"));
  const pairs = fc.sample(fc.tuple(fc.oneof(version, evr), fc.oneof(version, evr)), 400);
  const lua = pairs.map(([a, b]) => `print(rpm.vercmp("${a}","${b}") .. " ")`).join(" ");
  const said = execFileSync("rpm", ["--eval", `%{lua:${lua}}`], { encoding: "utf8" })
    .trim()
    .split(/\s+/);
  for (const [index, [a, b]] of pairs.entries())
    assert.is(Math.sign(compareVersions("rpm", a, b)), Number(said[index]), `${a} ${b}`);
});

test.run();
