import { readControl } from "../../../src/packages/lock/control-fields.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("packages/lock/control-fields");

/** As dpkg-deb prints them, with the two lines in front that the resolver's script adds. */
const REPORT = `File: jq_1.6-2.1+deb12u3_amd64.deb
SHA256: c25f3fda201207ed98b1d63686f2d81b9dfeb99f1ab2d1d35fb3f7b6a1c107dc
Package: jq
Version: 1.6-2.1+deb12u3
Architecture: amd64
Depends: libjq1 (= 1.6-2.1+deb12u3), libc6 (>= 2.34)

File: libjq1_1.6-2.1+deb12u3_amd64.deb
SHA256: 5e9a7081ba10ce826f6d3d103aa9b912170c5adc836e2561000733571995dd5b
Package: libjq1
Version: 1.6-2.1+deb12u3
Architecture: amd64
Source: jq
Depends: libc6 (>= 2.34), libonig5 (>= 6.9.4)

File: libonig5_6.9.8-1_amd64.deb
SHA256: 59ecfce6d88c7c4b09496ce182b3b8303e8e8477664e009b16ae83a09cd12be7
Package: libonig5
Version: 6.9.8-1
Architecture: amd64
Source: libonig

File: bash_5.2.15-2+b13_amd64.deb
Package: bash
Version: 5.2.15-2+b13
Architecture: amd64
Source: bash (5.2.15-2)
Pre-Depends: libc6 (>= 2.36), awk
Depends: base-files (>= 2.1.12) | something-else:any,
 debianutils (>= 5.6-0.1)

File: mawk_1.3.4.20200120-3.1_amd64.deb
Package: mawk
Version: 1.3.4.20200120-3.1
Architecture: amd64
Provides: awk

File: debianutils_5.7-0.5~deb12u1_amd64.deb
Package: debianutils
Version: 5.7-0.5~deb12u1
Architecture: amd64

`;

test("control data say where a package is from and who needs it", () => {
  const found = readControl(REPORT, ["jq"]);
  assert.equal(
    found.map(({ name, source, why }) => [name, source, why]),
    [
      ["jq", undefined, []],
      ["libjq1", "jq 1.6-2.1+deb12u3", ["jq"]],
      ["libonig5", "libonig 6.9.8-1", ["libjq1"]],
      // Nobody seems to need it: what is asked for has brought it.
      ["bash", "bash 5.2.15-2", ["jq"]],
      ["mawk", undefined, ["bash"]],
      ["debianutils", undefined, ["bash"]],
    ],
  );
  assert.equal(found[0], {
    manager: "apt",
    name: "jq",
    version: "1.6-2.1+deb12u3",
    arch: "amd64",
    file: "jq_1.6-2.1+deb12u3_amd64.deb",
    path: "files/jq_1.6-2.1+deb12u3_amd64.deb",
    expected: { algorithm: "sha256", hex: "c25f3fda201207ed98b1d63686f2d81b9dfeb99f1ab2d1d35fb3f7b6a1c107dc" },
    why: [],
  });
});

test("what a bootstrap brings need not be needed; a virtual name asks for its provider", () => {
  const why = (asked: readonly string[]) =>
    Object.fromEntries(readControl(REPORT, asked, "nobody").map((entry) => [entry.name, entry.why]));
  assert.equal(why([]).bash, []);
  assert.equal(why([]).mawk, ["bash"]);
  assert.equal(why(["awk"]).mawk, []);
});

test("nothing is brought where everything is there", () => assert.equal(readControl("", ["jq"]), []));

test.run();
