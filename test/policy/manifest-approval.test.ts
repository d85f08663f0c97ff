import { TextSource } from "../../src/load/yaml/text-source.js";
import type { ManifestContent } from "../../src/model/manifest.js";
import { inventoryProblems } from "../../src/packages/installed.js";
import { readRequirements } from "../../src/packages/manifests/requirements.js";
import { approveManifest, largeManifest, unknownManifest } from "../../src/policy/manifest-approval.js";
import { catalogue, fakeSource } from "../support/definitions.js";
import { installed, inventoryOf } from "../support/inventories.js";
import { pip } from "../support/managers.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/manifest-approval");

const LIST = catalogue([], { runtime: { python3: { Flask: ["2.*"], requests: [], idna: ["3.4"] } } }).runtimeLists.get(
  "python3",
);

function approved(text: string, taken: readonly string[] = []) {
  const content: ManifestContent = readRequirements(text, {});
  return approveManifest({
    content,
    source: new TextSource("images/a/requirements.txt", text),
    list: LIST,
    syntax: pip,
    taken,
  });
}

const said = (text: string, taken?: readonly string[]) =>
  approved(text, taken).diagnostics.map(
    ({ file, line, column, code, message }) => `${file}:${line}:${column} ${code} ${message}`,
  );

test("an exact version must be approved, a range passes with its package", () => {
  assert.equal(said("flask==2.2.2\nrequests>=2\nidna>=3\nFlask-Login\n"), [
    'images/a/requirements.txt:4:1 package-not-approved the package "Flask-Login" is not approved for python3',
  ]);
  const [problem] = approved("# x\n  flask==3.0.0\n").diagnostics;
  assert.equal(
    [problem?.code, problem?.line, problem?.column, problem?.excerpt, problem?.hint],
    ["version-not-approved", 2, 3, "  flask==3.0.0", "approved: 2.*"],
  );
});

test("what the reader refuses is a diagnostic of the same file", () => {
  const [found, ...others] = said("flask\n-e .\n");
  assert.equal(others, []);
  assert.is(found, "images/a/requirements.txt:2:1 manifest-content the option `-e` is not passed on");
});

test("a package twice, here or in runtime-packages", () => {
  assert.match(said("flask\nFLASK\n").join(), ":2:1 duplicate-package");
  assert.match(said("requests\n", ["Requests"]).join(), ":1:1 duplicate-package");
});

test("a version that the manager cannot have", () => {
  const content = { requests: [{ name: "flask", version: "1;2", line: 1, column: 1 }], problems: [] };
  const source = new TextSource("r", "");
  const { diagnostics } = approveManifest({ content, source, list: LIST, syntax: pip });
  assert.equal(
    diagnostics.map(({ code }) => code),
    ["bad-package-version"],
  );
});

test("what comes of a range is checked in the built image; the list's own version is no part of it", () => {
  const { packages } = approved("idna>=3\nflask>=2 ; python_version > '3'\nrequests\n");
  assert.equal(
    packages.map(({ name, version, constraint, approved: versions, optional }) => [
      name,
      version,
      constraint,
      versions,
      optional,
    ]),
    [
      ["idna", undefined, ">=3", ["3.4"], undefined],
      ["flask", undefined, ">=2", ["2.*"], true],
      ["requests", undefined, "", [], undefined],
    ],
  );
  const problems = (...found: readonly string[]) =>
    inventoryProblems(packages, inventoryOf(...found.map((text) => installed("pypi", text)))).map(
      ({ message }) => message,
    );
  assert.equal(problems("idna 3.7", "flask 2.2.2"), ["idna 3.7 was installed, approved: 3.4"]);
  assert.equal(problems("idna 3.4"), [], "an optional package need not be there");
  assert.equal(problems(), ["idna is not installed under that name"]);
});

test("a file that is not known, or too large", () => {
  const place = fakeSource("image.yaml").at("/runtime-manifest");
  assert.is(unknownManifest(place, "m", "h").code, "manifest-unknown");
  assert.match(largeManifest(place, "requirements.txt", 5).message, "requirements.txt has more than 5 bytes");
});

test.run();
