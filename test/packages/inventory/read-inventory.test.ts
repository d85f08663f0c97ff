import { readInventory } from "../../../src/packages/inventory/read-inventory.js";
import { readRpm } from "../../../src/packages/inventory/rpm-database.js";
import { imageFiles } from "../../support/image-files.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("packages/inventory/system");

/** As Debian 12 has them, with fields that say nothing here left out. */
const STATUS = `Package: libpq5
Status: install ok installed
Priority: optional
Section: libs
Architecture: amd64
Multi-Arch: same
Source: postgresql-15
Version: 15.18-0+deb12u1
Depends: libc6 (>= 2.25), libgssapi-krb5-2 (>= 1.17), libldap-2.5-0 (>= 2.5.4), libssl3 (>= 3.0.0)
Description: PostgreSQL C client library
 libpq is a C library that enables user programs to communicate with the
 PostgreSQL database server.
Homepage: http://www.postgresql.org/

Package: mawk
Essential: yes
Status: install ok unpacked
Priority: required
Architecture: amd64
Version: 1.3.4.20200120-3.1
Provides: awk
Pre-Depends: libc6 (>= 2.34), libm | libm-1:any [amd64] <!nocheck>

Package: python3-six
Status: install ok installed
Priority: optional
Architecture: all
Source: six (1.16.0)
Version: 1.16.0-4
Depends: python3:any,
 debconf (>= 0.5) | debconf-2.0
Conffiles:
 /etc/Version: 1

Package: nano
Status: deinstall ok config-files
Architecture: amd64
Version: 7.2-1+deb12u1
`;

test("dpkg: what has its files there, with source, needs and what is provided", () => {
  const { packages } = readInventory(imageFiles({ "/var/lib/dpkg/status": STATUS }));
  assert.equal(packages, [
    {
      type: "deb",
      name: "libpq5",
      version: "15.18-0+deb12u1",
      arch: "amd64",
      source: { name: "postgresql-15", version: "15.18-0+deb12u1" },
      place: "/var/lib/dpkg/status",
      requires: [["libc6"], ["libgssapi-krb5-2"], ["libldap-2.5-0"], ["libssl3"]],
      provides: [],
    },
    {
      type: "deb",
      name: "mawk",
      version: "1.3.4.20200120-3.1",
      arch: "amd64",
      source: { name: "mawk", version: "1.3.4.20200120-3.1" },
      place: "/var/lib/dpkg/status",
      requires: [["libc6"], ["libm", "libm-1"]],
      provides: ["awk"],
      system: true,
    },
    {
      type: "deb",
      name: "python3-six",
      version: "1.16.0-4",
      arch: "all",
      source: { name: "six", version: "1.16.0" },
      place: "/var/lib/dpkg/status",
      requires: [["python3"], ["debconf", "debconf-2.0"]],
      provides: [],
    },
  ]);
});

test("distroless images have a file for each package", () => {
  const files = imageFiles({
    "/var/lib/dpkg/status.d/tzdata":
      "Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\nPriority: required\n",
    "/var/lib/dpkg/status.d/tzdata.md5sums": "d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\n",
  });
  const { packages } = readInventory(files);
  assert.equal(
    packages.map(({ name, version, place }) => [name, version, place]),
    [["tzdata", "2024a-0+deb12u1", "/var/lib/dpkg/status.d/tzdata"]],
  );
});

test("licences of Debian packages: short names of machine-readable files, and no guess for others", () => {
  const licenseOf = (copyright: string) =>
    readInventory(
      imageFiles({ "/var/lib/dpkg/status": STATUS, "/usr/share/doc/libpq5/copyright": copyright }),
    ).packages.find(({ name }) => name === "libpq5")?.license;
  const head = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n";
  const of = (...names: readonly string[]) =>
    head + names.map((name) => `Files: x\nCopyright: 1994 A\nLicense: ${name}\n Text of it.\n\n`).join("");
  assert.is(licenseOf(of("PostgreSQL")), "PostgreSQL");
  assert.is(licenseOf(of("PostgreSQL", "BSD-3-clause", "PostgreSQL")), "BSD-3-clause AND PostgreSQL");
  assert.is(licenseOf(of("GPL-2+ or Artistic", "Expat")), "Expat AND (GPL-2+ or Artistic)");
  assert.is(licenseOf("This is free software.\nLicense: GPL\n"), undefined);
  assert.is(licenseOf(head), undefined);
});

const APK = `C:Q1abc=
P:musl
V:1.2.5-r0
A:x86_64
L:MIT
o:musl
p:so:libc.musl-x86_64.so.1=1 cmd:ldd=1.2.5-r0
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755

C:Q1def=
P:py3-six
V:1.16.0-r9
A:noarch
L:MIT
o:py3-six
D:python3~3.12 so:libc.musl-x86_64.so.1 !old-six ca-certificates-bundle@edge
F:usr/lib/python3.12/site-packages/six-1.16.0-py3.12.egg-info
R:PKG-INFO

C:Q1ghi=
P:py3-six-pyc
V:1.16.0-r9
i:py3-six=1.16.0-r9 pyc
`;

test("apk: licence, origin, needs; a package that comes by itself is needed by what it is for", () => {
  const files = {
    "/lib/apk/db/installed": `${APK}\nC:Q1jkl=\nP:pyc\nV:3.12-r0\n`,
    "/usr/lib/python3.12/site-packages/six-1.16.0-py3.12.egg-info/PKG-INFO": "Name: six\nVersion: 1.16.0\n",
    "/etc/os-release": 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.1\n',
  };
  const { packages, os } = readInventory(imageFiles(files));
  assert.equal(os, { id: "alpine", version: "3.20.1" });
  assert.equal(
    packages.map(({ name, version, license, requires, provides, ownedBy }) => [
      `${name} ${version} ${license ?? "-"}`,
      requires.flat().join(" "),
      provides.join(" "),
      ownedBy,
    ]),
    [
      ["musl 1.2.5-r0 MIT", "", "so:libc.musl-x86_64.so.1 cmd:ldd", undefined],
      ["py3-six 1.16.0-r9 MIT", "python3 so:libc.musl-x86_64.so.1 ca-certificates-bundle py3-six-pyc", "", undefined],
      ["py3-six-pyc 1.16.0-r9 -", "", "", undefined],
      ["pyc 3.12-r0 -", "", "", undefined],
      ["six 1.16.0", "", "", "py3-six"],
    ].map(([first, ...rest]) => [first === "six 1.16.0" ? "six 1.16.0 -" : first, ...rest]),
  );
});

test("rpm: needs by capability and by file, keys are no packages", () => {
  const text = `Nbash\t5.2.26-3.fc40\tx86_64\tGPL-3.0-or-later\tbash-5.2.26-3.fc40.src.rpm
Rfilesystem >= 3
Rlibc.so.6()(64bit)
Rrpmlib(CompressedFileNames)
R/usr/bin/sh
Pbash
P/bin/sh
F/usr/bin/bash
F/usr/bin/sh
Npython3-six\t0:1.16.0-14.fc40\tnoarch\tMIT\t(none)
R(python(abi) = 3.12 with python3)
Ppython3.12dist(six)
F/usr/lib/python3.12/site-packages/six-1.16.0.dist-info/METADATA
Ngpg-pubkey\ta15b79cc-63d04c2c\t(none)\tpubkey\t(none)
`.replace("filesystem >= 3", "filesystem");
  const owned = "/usr/lib/python3.12/site-packages/six-1.16.0.dist-info/METADATA";
  const { packages, owners } = readRpm(text, "/var/lib/rpm", new Set([owned]));
  assert.equal([...owners], [[owned, "python3-six"]]);
  assert.equal(packages, [
    {
      type: "rpm",
      name: "bash",
      version: "5.2.26-3.fc40",
      arch: "x86_64",
      source: { name: "bash", version: "5.2.26-3.fc40" },
      license: "GPL-3.0-or-later",
      place: "/var/lib/rpm",
      requires: [["filesystem"], ["libc.so.6()(64bit)"], ["/usr/bin/sh"]],
      provides: ["/bin/sh", "/usr/bin/sh"],
    },
    {
      type: "rpm",
      name: "python3-six",
      version: "1.16.0-14.fc40",
      arch: "noarch",
      source: { name: "python3-six", version: "1.16.0-14.fc40" },
      license: "MIT",
      place: "/var/lib/rpm",
      requires: [["python(abi)"]],
      provides: ["python3.12dist(six)"],
    },
  ]);
});

test("nothing, and nonsense, is an empty inventory", () => {
  assert.equal(readInventory(imageFiles({})), { packages: [] });
  const noise = "\0\u0001Package\n: x\n\n\n\tVersion: 1\nP:\nV:\n".repeat(1000);
  const files = { "/var/lib/dpkg/status": noise, "/lib/apk/db/installed": noise, "/etc/os-release": noise };
  assert.equal(
    readInventory(imageFiles(files), { text: noise, place: "/x" }).packages.filter(({ name }) => name === ""),
    [],
  );
});

test.run();
