import fc from "fast-check";
import { type License, readLicense } from "../../src/policy/license-expression.js";
import { judgeLicense } from "../../src/policy/license-verdict.js";
import { loadSpdx } from "../../src/policy/spdx.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/licenses");
test.before(loadSpdx);

/** A licence in words: what is unknown in quotation marks, with what it may mean. */
function words(license: License): string {
  if (license.type === "unknown") return `"${license.words}"${license.guess === undefined ? "" : `=${license.guess}?`}`;
  if (license.type === "license")
    return license.exception === undefined ? license.id : `${license.id} WITH ${license.exception}`;
  return `(${license.parts.map(words).join(` ${license.type} `)})`;
}

const READ: Readonly<Record<string, string>> = {
  // SPDX
  MIT: "MIT",
  "(MIT OR GPL-2.0) AND ISC": "((MIT or GPL-2.0-only) and ISC)",
  "MIT AND ISC OR Zlib": "((MIT and ISC) or Zlib)",
  "LGPL-2.1+": "LGPL-2.1-or-later",
  "EPL-1.0+": "EPL-1.0+",
  "GPL-2.0-only WITH Classpath-exception-2.0": "GPL-2.0-only WITH Classpath-exception-2.0",
  "LicenseRef-public-domain": "LicenseRef-public-domain",
  mit: "MIT",
  // Debian
  Expat: "MIT",
  "GPL-2+": "GPL-2.0-or-later",
  "GPL-3": "GPL-3.0-only",
  "BSD-3-clause": "BSD-3-Clause",
  "GPL-1+ or Artistic-2.0": "(GPL-1.0-or-later or Artistic-2.0)",
  "GPL-2+ or MIT, and BSD-2-clause": "((GPL-2.0-or-later or MIT) and BSD-2-Clause)",
  "GFDL-1.3+": "GFDL-1.3-or-later",
  "GFDL-NIV-1.3": "GFDL-1.3-no-invariants-only",
  "BSD-4-clause": "BSD-4-Clause",
  "GPL-2+ with OpenSSL exception": "GPL-2.0-or-later",
  "GPL-2+ with Classpath-exception-2.0": "GPL-2.0-or-later WITH Classpath-exception-2.0",
  "public-domain": "LicenseRef-public-domain",
  // Fedora and Photon
  "GPLv2+ and LGPLv2+": "(GPL-2.0-or-later and LGPL-2.0-or-later)",
  GPLv3: "GPL-3.0-only",
  "ASL 2.0": "Apache-2.0",
  "MIT and (MPLv2.0 or GPL+)": "(MIT and (MPL-2.0 or GPL-1.0-or-later))",
  "BSD with advertising": "BSD-4-Clause",
  BSD: '"BSD"=BSD-3-Clause?',
  "BSD or MIT": '("BSD"=BSD-3-Clause? or MIT)',
  // Python
  "License :: OSI Approved :: MIT License": "MIT",
  "License :: OSI Approved :: GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
  "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
  "License :: OSI Approved :: BSD License": '"License :: OSI Approved :: BSD License"=BSD-3-Clause?',
  // What is between is not said: both hold.
  "MIT/Apache-2.0": "(MIT and Apache-2.0)",
  "MIT, ISC": "(MIT and ISC)",
  "MIT and/or ISC": "(MIT and ISC)",
  // Nobody knows.
  UNLICENSED: '"UNLICENSED"',
  "SEE LICENSE IN LICENSE.md": '"SEE LICENSE IN LICENSE.md"',
  "our own, MIT-like": '("our own" and "MIT-like"=MIT?)',
  "MIT and": '"MIT and"=MIT?',
  "((MIT)": '"((MIT)"',
  "": '""',
};

for (const [text, meaning] of Object.entries(READ))
  test(`reads ${JSON.stringify(text)}`, () => assert.is(words(readLicense(text)), meaning));

/** `allow | deny`: what they say of a licence, and for which part of it. */
function judged(lists: string, text: string): string {
  const [allow = [], deny = []] = lists.split("|").map((part) => part.split(",").flatMap((id) => id.trim() || []));
  const { type, because, guess } = judgeLicense(readLicense(text), { allow, deny });
  return `${type}: ${because}${guess === undefined ? "" : `=${guess}?`}`;
}

const VERDICTS: readonly (readonly [lists: string, text: string, verdict: string])[] = [
  ["MIT", "MIT", "allowed: MIT"],
  ["mit", "MIT", "allowed: MIT"],
  ["MIT", "ISC", "unlisted: ISC"],
  ["", "ISC", "allowed: ISC"],
  ["BSD-*", "BSD-3-Clause", "allowed: BSD-3-Clause"],
  ["* | AGPL-*", "AGPL-3.0-only", "denied: AGPL-3.0-only"],
  ["MIT | MIT", "MIT", "denied: MIT"],
  // A choice needs one that is allowed; where both hold, both must be.
  ["MIT | GPL-*", "MIT OR GPL-3.0-only", "allowed: MIT"],
  ["MIT | GPL-*", "MIT AND GPL-3.0-only", "denied: GPL-3.0-only"],
  ["MIT | GPL-*", "ISC OR GPL-3.0-only", "unlisted: ISC"],
  ["MIT | GPL-*", "ISC AND MIT", "unlisted: ISC"],
  ["MIT | GPL-*", "(ISC OR MIT) AND (GPL-2.0 OR MIT)", "allowed: MIT"],
  // Exceptions
  ["| GPL-*", "GPL-2.0-only WITH Classpath-exception-2.0", "denied: GPL-2.0-only WITH Classpath-exception-2.0"],
  [
    "GPL-2.0-only WITH Classpath-exception-2.0 | GPL-*",
    "GPL-2.0-only WITH Classpath-exception-2.0",
    "allowed: GPL-2.0-only WITH Classpath-exception-2.0",
  ],
  ["GPL-2.0-only WITH Classpath-exception-2.0 | GPL-*", "GPL-2.0-only", "denied: GPL-2.0-only"],
  ["GPL-2.0-only", "GPL-2.0 WITH Classpath-exception-2.0", "allowed: GPL-2.0-only WITH Classpath-exception-2.0"],
  ["GPL-* | * WITH Font-*", "GPL-3.0-only WITH Font-exception-2.0", "denied: GPL-3.0-only WITH Font-exception-2.0"],
  // Or later
  ["GPL-2.0-only", "GPL-2.0+", "allowed: GPL-2.0-or-later"],
  ["GPL-2.0", "GPL-2.0-only", "allowed: GPL-2.0-only"],
  ["GPL-2.0+", "GPL-2.0-or-later", "allowed: GPL-2.0-or-later"],
  ["GPL-2.0-or-later", "GPL-2.0-only", "unlisted: GPL-2.0-only"],
  ["GPL-* | GPL-3.0-or-later", "GPL-3.0+", "denied: GPL-3.0-or-later"],
  ["EPL-1.0", "EPL-1.0+", "allowed: EPL-1.0+"],
  ["| EPL-1.0", "EPL-1.0+", "denied: EPL-1.0+"],
  // What is not known, or only guessed, lets nothing pass; a guess may deny.
  ["", "whatever", "unknown: whatever"],
  ["*", "whatever", "unknown: whatever"],
  ["*", "BSD", "unknown: BSD=BSD-3-Clause?"],
  ["* | BSD-*", "BSD", "denied: BSD=BSD-3-Clause?"],
  ["*", "__proto__", "unknown: __proto__"],
  ["*", "constructor", "unknown: constructor"],
  ["MIT", "BSD", "unlisted: BSD=BSD-3-Clause?"],
  ["MIT", "MIT or whatever", "allowed: MIT"],
  ["MIT", "MIT and whatever", "unknown: whatever"],
  ["MIT | GPL-*", "GPL-2 or whatever", "unknown: whatever"],
  ["MIT | GPL-*", "GPL-2 and whatever", "denied: GPL-2.0-only"],
];

for (const [lists, text, verdict] of VERDICTS)
  test(`[${lists}] says of ${JSON.stringify(text)}: ${verdict}`, () => assert.is(judged(lists, text), verdict));

const piece = fc.constantFrom(
  "MIT",
  "GPL-2+",
  "ASL 2.0",
  "BSD",
  "no such",
  "(",
  ")",
  ",",
  "and",
  "OR",
  "with",
  "/",
  "+",
  " ",
);
const anyLicense = fc.oneof(
  fc.array(piece, { maxLength: 9 }).map((parts) => parts.join(" ")),
  fc.string({ unit: "binary", maxLength: 40 }),
);

test("any text is read, and none of it is allowed where nothing is on the list", () => {
  fc.assert(
    fc.property(anyLicense, (text) => {
      const { type } = judgeLicense(readLicense(text), { allow: ["LicenseRef-nothing"], deny: [] });
      assert.is.not(type, "allowed", text);
    }),
    { numRuns: 400 },
  );
});

test("a longer deny list never allows more", () => {
  const order = ["denied", "unlisted", "unknown", "allowed"];
  fc.assert(
    fc.property(anyLicense, (text) => {
      const verdict = (deny: readonly string[]) =>
        order.indexOf(judgeLicense(readLicense(text), { allow: ["MIT", "GPL-*"], deny }).type);
      assert.ok(verdict(["GPL-*"]) <= verdict([]), text);
    }),
    { numRuns: 400 },
  );
});

test.run();
