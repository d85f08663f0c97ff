import { loadCvss, newestBaseScores } from "../../src/policy/cvss.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/cvss");
test.before(loadCvss);

/** From the specifications' examples and calculators of FIRST, and from the National Vulnerability Database. */
const SCORES: Readonly<Record<string, number>> = {
  "AV:N/AC:L/Au:N/C:C/I:C/A:C": 10, // CVE-2003-0818
  "AV:N/AC:L/Au:N/C:N/I:N/A:C": 7.8, // CVE-2002-0392
  "AV:L/AC:H/Au:N/C:C/I:C/A:C": 6.2, // CVE-2003-0062
  "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C": 7.8,
  "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H": 9.8,
  "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H": 10, // CVE-2021-44228
  "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N": 7.5, // CVE-2014-0160
  "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H": 7.8,
  "CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N": 5.4,
  "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N": 1.6,
  "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:L/I:L/A:N/E:P/RL:O": 4.7,
  "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N": 0,
  "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H": 10, // CVE-2021-44228
  "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N": 8.7, // CVE-2014-0160
  "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N": 7.3, // CVE-2022-41741
  "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N": 9.3,
  "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U": 9.3,
  "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N": 0,
};

test("base scores of all versions, whatever a vector says of exploits", () => {
  for (const [vector, score] of Object.entries(SCORES)) assert.equal(newestBaseScores([vector]), [score], vector);
});

test("vectors of the newest version that can be read", () => {
  const [two, three, four] = [
    "AV:N/AC:L/Au:N/C:C/I:C/A:C",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
    "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
  ];
  assert.equal(newestBaseScores([two, three, four]), [7.3]);
  assert.equal(newestBaseScores([two, three, "CVSS:4.0/AV:N"]), [7.5]);
  assert.equal(newestBaseScores([three, two, three]), [7.5, 7.5]);
});

test("no vector is read from what is incomplete, unknown or hostile", () => {
  for (const text of [
    "",
    "garbage",
    "AV:N/AC:L",
    "CVSS:3.1/AV:N",
    "CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:constructor/C:H/I:H/A:H",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/__proto__:X",
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N",
    `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H${"/E:U".repeat(100)}`,
  ])
    assert.equal(newestBaseScores([text]), [], text);
});

test.run();
