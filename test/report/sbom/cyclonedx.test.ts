import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import fc from "fast-check";
import type { Digest } from "../../../src/model/names.js";
import { cycloneDx } from "../../../src/report/sbom/cyclonedx.js";
import { readCycloneDx } from "../../../src/report/sbom/read-cyclonedx.js";
import { assert, suite } from "../../support/suite.js";
import { anyContents, contentsOf, DIGEST, owned, RICH } from "./contents.js";

const test = suite("CycloneDX documents");

/** The format's own schema, which comes with the library. */
function schema(): ValidateFunction {
  const library = createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json");
  const read = (name: string) =>
    JSON.parse(readFileSync(library.replace("package.json", `res/schema/${name}.SNAPSHOT.schema.json`), "utf8"));
  const ajv = new Ajv({ strict: false, validateFormats: false });
  for (const name of ["spdx", "jsf-0.82"])
    ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  return ajv.compile(read("bom-1.6"));
}

const validate = schema();
const write = (contents = RICH, more = {}) =>
  cycloneDx({ contents, digest: DIGEST, platform: "linux/amd64" as never, ...more });
const parse = (text: string) => JSON.parse(text);
const isValid = (text: string) => assert.ok(validate(parse(text)), JSON.stringify(validate.errors?.slice(0, 3)));

test("it is valid against the format's schema, and identifies the image", () => {
  const text = write();
  isValid(text);
  const { metadata, specVersion } = parse(text);
  assert.is(specVersion, "1.6");
  assert.is(metadata.component.name, "app");
  assert.is(metadata.component.version, DIGEST);
  assert.is(metadata.component.purl, `pkg:oci/app@sha256:${"ab".repeat(32)}?arch=amd64`);
  assert.not(validate({ ...parse(text), components: [{ name: "without a type" }] }), "the schema is one");
});

test("packages have the URLs of their ecosystems", () => {
  const urls = parse(write()).components.flatMap(({ purl }: { purl?: string }) => purl ?? []);
  assert.equal(urls, [
    "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12",
    "pkg:deb/debian/libpq5@15.18-0+deb12u1?arch=amd64&distro=debian-12",
    "pkg:deb/debian/tzdata@1.0-1?distro=debian-12",
    "pkg:rpm/debian/curl@8.1-2.ph5?arch=x86_64&distro=debian-12&epoch=1",
    "pkg:apk/debian/busybox@1.36-r0?distro=debian-12",
    "pkg:pypi/flask-login@0.6",
    "pkg:npm/%40scope/pkg@1.0-1",
    "pkg:npm/%40scope/pkg@1.0-1",
    "pkg:gem/rake@1.0-1",
    "pkg:golang/github.com/a/b@v1.2.3",
    "pkg:maven/org.apache/commons@1.0-1",
    "pkg:nuget/Az.Accounts@1.0-1",
  ]);
});

test("licences are identifiers, expressions or names", () => {
  const licenses = parse(write()).components.flatMap((component: { licenses?: unknown }) => component.licenses ?? []);
  assert.equal(licenses, [
    { license: { id: "PostgreSQL" } },
    { license: { name: "public domain, mostly" } },
    { expression: "MIT AND LicenseRef-curl" },
    { license: { id: "GPL-2.0-only" } },
    { expression: "MIT OR Ruby" },
  ]);
});

test("dependencies: by names, by what others provide, and from the lockfile", () => {
  const packages = [
    owned({ name: "a", requires: [["none", "b"], ["virtual"], ["a"]] }),
    owned({ name: "b", why: { type: "needed", by: ["a"] } }),
    owned({ name: "c", provides: ["virtual"], why: { type: "needed", by: ["a"] } }),
    owned({ name: "b", type: "pypi" }),
    owned({ name: "d", why: { type: "needed", by: ["c"] } }),
  ];
  const ref = (name: string) => `pkg:deb/debian/${name}@1.0-1?distro=debian-12`;
  const { dependencies } = parse(write(contentsOf(packages)));
  assert.equal(
    Object.fromEntries(
      dependencies.map((entry: { ref: string; dependsOn?: string[] }) => [entry.ref, entry.dependsOn]),
    ),
    {
      "image:app": [ref("a"), "pkg:pypi/b@1.0-1"],
      "os:debian-12": undefined,
      [ref("a")]: [ref("b"), ref("c")],
      [ref("b")]: undefined,
      [ref("c")]: [ref("d")],
      [ref("d")]: undefined,
      "pkg:pypi/b@1.0-1": undefined,
    },
  );
});

test("hashes of files from the lockfile", () => {
  const sha256Of = ({ name }: { name: string }) => (name === "libpq5" ? "c".repeat(64) : undefined);
  const text = write(RICH, { sha256Of });
  isValid(text);
  const hashes = parse(text).components.flatMap((component: { hashes?: unknown[] }) => component.hashes ?? []);
  assert.equal(hashes, [{ alg: "SHA-256", content: "c".repeat(64) }]);
});

test("the same contents give the same bytes; another image gives another serial number", () => {
  assert.is(write(), write(structuredClone(RICH)));
  const serial = (text: string) => parse(text).serialNumber;
  const other = cycloneDx({ contents: RICH, digest: DIGEST.replace("ab", "cd") as Digest });
  assert.is.not(serial(write()), serial(other));
  assert.match(serial(other), /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("whatever an image contains, the document is valid, and reading it gives the same contents", () => {
  fc.assert(
    fc.property(anyContents, (contents) => {
      const text = cycloneDx({ contents, digest: DIGEST });
      isValid(text);
      assert.equal(readCycloneDx(Buffer.from(text)), { contents, digest: DIGEST });
    }),
    { numRuns: 500 },
  );
  assert.equal(readCycloneDx(Buffer.from(write()))?.contents, RICH);
  assert.is(readCycloneDx(Buffer.from(cycloneDx({ contents: RICH })))?.digest, undefined);
});

test("documents of other tools and damaged ones are not read", () => {
  const value = parse(write());
  const texts = [
    "",
    "{",
    "[]",
    "{}",
    JSON.stringify({ ...value, metadata: undefined }),
    JSON.stringify({ ...value, metadata: { component: { type: "container", name: "app" } } }),
    JSON.stringify({ ...value, components: [...value.components, { type: "library", name: "x", purl: "pkg:deb/x" }] }),
    JSON.stringify({ ...value, components: [null] }),
    JSON.stringify({ ...value, components: {} }),
  ];
  for (const text of texts) assert.is(readCycloneDx(Buffer.from(text)), undefined, text.slice(0, 80));
});

test.run();
