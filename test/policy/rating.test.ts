import { loadCvss } from "../../src/policy/cvss.js";
import { rate } from "../../src/policy/rating.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/rating");
test.before(loadCvss);

const [HIGH, MEDIUM] = ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N"];
/** 10 by version 2. */
const CRITICAL = "AV:N/AC:L/Au:N/C:C/I:C/A:C";

test("vectors before words, the worst of them", () => {
  assert.is(rate([{ vectors: [MEDIUM, HIGH], words: ["LOW"] }]), "high");
  assert.is(rate([{ vectors: ["CVSS:4.0/AV:N"], words: ["MODERATE", "low"] }]), "medium");
  assert.is(rate([{ vectors: [], words: ["not yet assigned", "constructor"] }]), "unknown");
});

test("of one advisory the newest version of CVSS counts, of several advisories the worst", () => {
  assert.is(rate([{ vectors: [CRITICAL, MEDIUM], words: [] }]), "medium");
  assert.is(
    rate([
      { vectors: [CRITICAL], words: [] },
      { vectors: [MEDIUM], words: [] },
    ]),
    "critical",
  );
});

test.run();
