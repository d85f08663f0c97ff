import type { ImageContents, OwnedPackage, PackageType } from "../../src/model/inventory.js";
import type { Advisory, AffectedPackage, VulnerabilityPolicy } from "../../src/model/vulnerability.js";
import { compareVersions } from "../../src/packages/versions/compare.js";
import { affectedVersion } from "../../src/policy/affected.js";
import { loadCvss } from "../../src/policy/cvss.js";
import { isOfEcosystem } from "../../src/policy/ecosystems.js";
import { findVulnerabilities, indexAdvisories } from "../../src/policy/vulnerabilities.js";
import { waiverOf } from "../../src/policy/waived.js";
import { fakeSource, imageName } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/vulnerabilities");
test.before(loadCvss);

const affected = (fields: Partial<AffectedPackage> = {}): AffectedPackage => ({
  ecosystem: "npm",
  name: "lodash",
  ranges: [],
  versions: [],
  severity: { vectors: [], words: [] },
  ...fields,
});

/** `>=1 <2` for introduced and fixed, `<=3` for last_affected. */
function range(text: string, type: "ECOSYSTEM" | "SEMVER" = "ECOSYSTEM") {
  const types = { ">=": "introduced", "<": "fixed", "<=": "last_affected" } as const;
  const events = [...text.matchAll(/(>=|<=|<)(\S+)/g)].map(([, operator, version = ""]) => {
    return { type: types[operator as keyof typeof types], version };
  });
  return { type, events };
}

test("OSV's ranges: events in any order, several branches, the last affected, the beginning of all", () => {
  const is = (text: string, version: string, type: PackageType = "npm") => {
    const found = affectedVersion(affected({ ranges: [range(text, "SEMVER")] }), type, version, compareVersions);
    return found ? (found.fixedIn ?? "no fix") : "sound";
  };
  assert.is(is(">=0 <1.5.0", "1.4.9"), "1.5.0");
  assert.is(is(">=0 <1.5.0", "0.0.0-alpha"), "1.5.0");
  assert.is(is(">=0 <1.5.0", "1.5.0"), "sound");
  assert.is(is("<1.5.0 >=1.0.0", "1.0.0"), "1.5.0");
  assert.is(is(">=1.0.0 <1.5.0", "0.9.0"), "sound");
  assert.is(is(">=4.0.0 <4.17.21 >=5.0.0 <5.1.0", "4.2.0"), "4.17.21");
  assert.is(is(">=4.0.0 <4.17.21 >=5.0.0 <5.1.0", "5.0.0"), "5.1.0");
  assert.is(is(">=4.0.0 <4.17.21 >=5.0.0 <5.1.0", "4.18.0"), "sound");
  assert.is(is(">=1.0.0 <=1.4.0", "1.4.0"), "no fix");
  assert.is(is(">=1.0.0 <=1.4.0", "1.4.1"), "sound");
  assert.is(is(">=1.0.0", "9.0.0"), "no fix");
  assert.is(is(">=0 <1:2.0-1", "3.0-1", "deb"), "sound");
  const epoch = affected({ ranges: [range(">=0 <1:2.0-1")] });
  assert.equal(affectedVersion(epoch, "deb", "3.0-1", compareVersions), { fixedIn: "1:2.0-1" });
  const listed = affected({ versions: ["1.0", "1.2"] });
  assert.equal(affectedVersion(listed, "pypi", "1.2.0", compareVersions), { fixedIn: undefined });
  assert.is(affectedVersion(listed, "pypi", "1.1", compareVersions), undefined);
});

test("ecosystems by what os-release says", () => {
  const is = (ecosystem: string, type: PackageType, id = "debian", version = "12") =>
    isOfEcosystem(ecosystem, type, { id, version });
  const right: [string, PackageType, string?, string?][] = [
    ...[["Debian:12", "deb"] as const, ["Debian", "deb"] as const, ["PyPI", "pypi"] as const].map(
      (row) => [...row] as [string, PackageType],
    ),
    ["Alpine:v3.20", "apk", "alpine", "3.20.3"],
    ["Photon OS:5.0", "rpm", "photon", "5.0"],
    ["Rocky Linux:9", "rpm", "rocky", "9.4"],
    ["Ubuntu:22.04:LTS", "deb", "ubuntu", "22.04"],
    ["Red Hat:enterprise_linux:9::appstream", "rpm", "rhel", "9.4"],
    ["Maven:https://repo.example.org/maven2", "maven"],
  ];
  for (const row of right) assert.ok(is(...row), row.join(" "));
  const wrong: [string, PackageType, string?, string?][] = [
    ["Debian:11", "deb"],
    ["Debian:1", "deb"],
    ["Debian:12", "pypi"],
    ["PyPI", "npm"],
    ["Alpine:v3.2", "apk", "alpine", "3.20.3"],
    ["Photon OS:4.0", "rpm", "photon", "5.0"],
    ["Ubuntu:Pro:22.04:LTS", "deb", "ubuntu", "22.04"],
    ["Debian:12", "deb", "slackware", "12"],
  ];
  for (const row of wrong) assert.not.ok(is(...row), row.join(" "));
  assert.not.ok(isOfEcosystem("Debian:12", "deb", undefined));
});

const advisory = (id: string, fields: Partial<Advisory> = {}): Advisory => ({
  id,
  aliases: [],
  upstream: [],
  summary: id,
  modified: "",
  severity: { vectors: [], words: [] },
  affected: [],
  file: `${id}.json`,
  ...fields,
});

const owned = (type: PackageType, name: string, version: string, fields: Partial<OwnedPackage> = {}): OwnedPackage => ({
  ...{ type, name, version, place: "/p", requires: [], provides: [], kind: "system", why: { type: "asked" } },
  broughtBy: imageName("a"),
  ...fields,
});

const contents = (...packages: readonly OwnedPackage[]): ImageContents => ({
  image: imageName("a"),
  from: "image",
  os: { id: "debian", version: "12" },
  packages,
});

const POLICY: VulnerabilityPolicy = {
  ...{ enforce: "high", warn: "medium", unknown: "warn", isFixableOnly: false, isInBuild: false },
  source: fakeSource("policies/vulnerabilities.yaml"),
};

function find(
  packages: readonly OwnedPackage[],
  advisories: readonly Advisory[],
  policy: Partial<VulnerabilityPolicy> = {},
) {
  const options = { policy: { ...POLICY, ...policy }, compare: compareVersions };
  return findVulnerabilities(contents(...packages), indexAdvisories(advisories), options);
}

const short = (findings: ReturnType<typeof find>) =>
  findings.map(({ id, aliases, rating, level, package: { name }, fixedIn }) =>
    [level, rating, id, name, fixedIn ?? "-", ...aliases].join(" "),
  );

const DEBIAN = (name: string, text: string) => affected({ ecosystem: "Debian:12", name, ranges: [range(text)] });

test("Debian's are about source packages, and about their versions", () => {
  const told = [advisory("DEBIAN-CVE-2026-1", { affected: [DEBIAN("postgresql-15", ">=0 <15.18-1")] })];
  const libpq = owned("deb", "libpq5", "15.17-1+b1", { source: { name: "postgresql-15", version: "15.17-1" } });
  assert.equal(short(find([libpq], told)), ["warn unknown CVE-2026-1 libpq5 15.18-1 DEBIAN-CVE-2026-1"]);
  assert.equal(short(find([owned("deb", "libpq5", "15.17-1")], told)), []);
  assert.equal(short(find([owned("deb", "postgresql-15", "15.18-1")], told)), []);
  // Another release's version says nothing.
  const other = [advisory("X-1", { affected: [{ ...DEBIAN("jq", ">=0"), ecosystem: "Debian:11" }] })];
  assert.equal(short(find([owned("deb", "jq", "1")], other)), []);
});

test("one finding for a vulnerability, however many tell of it, and the version that all of them call mended", () => {
  const lodash = (text: string) => affected({ ranges: [range(text, "SEMVER")] });
  const told = [
    advisory("GHSA-1", {
      aliases: ["CVE-2026-1"],
      affected: [lodash(">=0 <1.5.0")],
      severity: { vectors: [], words: ["HIGH"] },
    }),
    advisory("SNYK-7", { aliases: ["CVE-2026-1"], affected: [lodash(">=0 <1.6.0")] }),
    advisory("GHSA-2", { aliases: ["SNYK-8"], affected: [lodash(">=0 <1.5.0")] }),
    advisory("SNYK-8", { aliases: ["GHSA-2"], affected: [lodash(">=0 <1.5.0")] }),
  ];
  assert.equal(short(find([owned("npm", "lodash", "1.0.0")], told)), [
    "enforce high CVE-2026-1 lodash 1.6.0 GHSA-1 SNYK-7",
    "warn unknown GHSA-2 lodash 1.5.0 SNYK-8",
  ]);
});

test("a record about several vulnerabilities is a finding for each, and brings no names of one to another", () => {
  const told = [
    advisory("DSA-1", { upstream: ["CVE-2026-1", "CVE-2026-2"], affected: [DEBIAN("jq", ">=0 <2")] }),
    advisory("DEBIAN-CVE-2026-2", { affected: [DEBIAN("jq", ">=0")], severity: { vectors: [], words: ["low"] } }),
  ];
  assert.equal(short(find([owned("deb", "jq", "1")], told)), [
    "warn unknown CVE-2026-1 jq 2 DSA-1",
    "ignore low CVE-2026-2 jq 2 DEBIAN-CVE-2026-2 DSA-1",
  ]);
});

test("names of Python compare as pip compares them; RPM's are of the package or its source", () => {
  const flask = affected({ ecosystem: "PyPI", name: "Flask_Login", ranges: [range(">=0 <1.0")] });
  assert.is(find([owned("pypi", "flask-login", "0.9")], [advisory("PYSEC-1", { affected: [flask] })]).length, 1);
  const photon = affected({ ecosystem: "Photon OS:5.0", name: "openssl", ranges: [range(">=0 <3.0.9-2.ph5")] });
  const libs = owned("rpm", "openssl-libs", "3.0.9-1.ph5", { source: { name: "openssl", version: "3.0.9-1.ph5" } });
  const image = { ...contents(libs), os: { id: "photon", version: "5.0" } };
  const index = indexAdvisories([advisory("PHSA-1", { affected: [photon] })]);
  assert.is(findVulnerabilities(image, index, { policy: POLICY, compare: compareVersions }).length, 1);
});

test("what a system package holds is for the distribution to tell of", () => {
  const flask = affected({ ecosystem: "PyPI", name: "flask", ranges: [range(">=0")] });
  const told = [advisory("PYSEC-1", { affected: [flask] })];
  assert.equal(short(find([owned("pypi", "flask", "1", { ownedBy: "python3-flask" })], told)), []);
});

test("thresholds", () => {
  const told = ["critical", "high", "medium", "low", "?"].map((word, index) =>
    advisory(`X-${index}`, {
      affected: [DEBIAN("jq", index === 0 ? ">=0" : ">=0 <2")],
      severity: { vectors: [], words: [word] },
    }),
  );
  const levels = (policy: Partial<VulnerabilityPolicy>) =>
    find([owned("deb", "jq", "1")], told, policy).map(({ rating, level }) => `${rating} ${level}`);
  assert.equal(levels({}), ["critical enforce", "high enforce", "unknown warn", "medium warn", "low ignore"]);
  assert.equal(levels({ isFixableOnly: true }).at(-2), "critical ignore");
  assert.equal(levels({ unknown: "enforce" }).at(2), "unknown enforce");
  const { enforce: _, warn: __, ...rest } = POLICY;
  const lenient = find([owned("deb", "jq", "1")], told, {}).length;
  assert.is(lenient, 5);
  const options = { policy: rest, compare: compareVersions };
  const all = findVulnerabilities(contents(owned("deb", "jq", "1")), indexAdvisories(told), options);
  assert.equal(new Set(all.map(({ level }) => level)), new Set(["warn"]));
});

test("an exception holds for any name of the vulnerability, for its package, here and where the image's packages get to", () => {
  const told = [
    advisory("GHSA-1", { aliases: ["CVE-2026-1"], affected: [affected({ ranges: [range(">=0", "SEMVER")] })] }),
  ];
  const [finding] = find([owned("npm", "lodash", "1.0.0")], told);
  assert.ok(finding);
  const base = { owner: "@a", reason: "r", expires: "2027-01-01", source: fakeSource("e"), pointer: "/exceptions/0" };
  const holds = (fields: object, broughtBy = "a") =>
    waiverOf(
      finding,
      [{ ...base, rule: "vulnerability", image: imageName("a"), advisory: "CVE-2026-1", ...fields }],
      broughtBy,
    ) !== undefined;
  assert.ok(holds({}));
  assert.ok(holds({ advisory: "ghsa-1" }));
  assert.ok(holds({ package: "lodash" }));
  assert.ok(holds({ image: "parent" }, "parent"));
  assert.not.ok(holds({ image: "parent" }));
  assert.not.ok(holds({ advisory: "CVE-2026-10" }));
  assert.not.ok(holds({ package: "ms" }));
  assert.not.ok(holds({ rule: "package-not-approved" }));
});

test.run();
