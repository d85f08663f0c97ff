import { createHash } from "node:crypto";
import { debRepository, restorePriorities } from "../../src/packages/deb-repository.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/deb-repository");

const control = (name: string, fields: Readonly<Record<string, string>> = {}) =>
  [`Package: ${name}`, "Version: 1", ...Object.entries(fields).map(([field, value]) => `${field}: ${value}`), ""].join(
    "\n",
  );

const priorities = (controls: readonly string[]) =>
  controls.flatMap((text) => (/^Priority: required$/m.test(text) ? [/^Package: (.*)$/m.exec(text)?.[1]] : []));

test("an index says of each file what the package says, where it is, and its hash", () => {
  const file = { file: "aa.deb", size: 12, sha256: "aa" };
  const said = "Package: a\nVersion: 1:2\nFilename: /etc/passwd\nDescription: one\n more\n .\n lines\n\n";
  const { indexes } = debRepository([
    { ...file, control: said },
    { file: "bb.deb", size: 3, sha256: "bb", control: control("b") },
  ]);
  assert.is(
    indexes.get("Packages"),
    `Package: a
Version: 1:2
Description: one
 more
 .
 lines
Filename: ./aa.deb
Size: 12
SHA256: aa

Package: b
Version: 1
Filename: ./bb.deb
Size: 3
SHA256: bb
`,
  );
  const packages = indexes.get("Packages") ?? "";
  const hash = createHash("sha256").update(packages).digest("hex");
  assert.is(
    indexes.get("Release"),
    `Date: Tue, 01 Jan 1980 00:00:00 UTC\nSHA256:\n ${hash} ${packages.length} Packages\n`,
  );
  assert.match(debRepository([], "bookworm").indexes.get("Release") ?? "", /^Suite: bookworm\nCodename: bookworm\n/);
});

test("a package that nothing else brings was asked for by its priority in the archive", () => {
  const controls = [
    control("essential", { Essential: "yes", "Pre-Depends": "libc (>= 2)" }),
    control("libc", { Priority: "optional" }),
    // Says less than the archive does.
    control("apt", { Priority: "important", Depends: "gpgv | sqv, adduser (>= 3), mail-agent" }),
    control("adduser", { Priority: "important" }),
    control("gpgv"),
    control("postfix", { Provides: "other (= 1), mail-agent" }),
    control("asked", { Depends: "needed:any" }),
    control("needed"),
  ];
  assert.equal(priorities(restorePriorities(controls, ["asked"])), ["apt"]);
  assert.is(restorePriorities(controls, ["asked"])[3], controls[3]);
  assert.equal(priorities(restorePriorities(controls, [])), ["apt", "asked"]);
});

test("what only needs one another was asked for, too", () => {
  const circle = [control("one", { Depends: "two" }), control("two", { Depends: "one" })];
  assert.equal(priorities(restorePriorities(circle, [])), ["one", "two"]);
  assert.equal(priorities(restorePriorities(circle, ["two"])), []);
});

test.run();
