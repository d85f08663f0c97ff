import fc from "fast-check";
import { EPOCH } from "../../../src/model/build-environment.js";
import { CREATED, spdx } from "../../../src/report/sbom/spdx.js";
import { assert, suite } from "../../support/suite.js";
import { anyContents, DIGEST, RICH } from "./contents.js";

const test = suite("SPDX documents");

interface Entry {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo?: string;
  readonly licenseDeclared: string;
  readonly externalRefs?: readonly { readonly referenceLocator: string }[];
}

const parse = (text: string) => JSON.parse(text);

/** What the specification asks of a document (SPDX 2.3, chapters 6, 7, 10 and 11). */
function check(text: string): void {
  const document = parse(text);
  assert.is(document.spdxVersion, "SPDX-2.3");
  assert.is(document.dataLicense, "CC0-1.0");
  assert.is(document.SPDXID, "SPDXRef-DOCUMENT");
  assert.match(document.documentNamespace, /^https:\/\/[^#\s]+$/);
  assert.match(document.creationInfo.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.match(document.creationInfo.creators[0], /^Tool: ./);
  const ids = new Set(["SPDXRef-DOCUMENT"]);
  for (const entry of document.packages) {
    assert.match(entry.SPDXID, /^SPDXRef-[a-zA-Z0-9.-]+$/);
    assert.not(ids.has(entry.SPDXID), "identifiers are there once");
    ids.add(entry.SPDXID);
    assert.type(entry.name, "string");
    assert.is(entry.filesAnalyzed, false);
    for (const field of ["downloadLocation", "licenseConcluded", "copyrightText"])
      assert.is(entry[field], "NOASSERTION");
  }
  for (const { spdxElementId, relatedSpdxElement, relationshipType } of document.relationships) {
    assert.ok(ids.has(spdxElementId) && ids.has(relatedSpdxElement));
    assert.match(relationshipType, /^(DESCRIBES|CONTAINS|DEPENDS_ON)$/);
  }
  const explained = (document.hasExtractedLicensingInfos ?? []).map((entry: { licenseId: string }) => entry.licenseId);
  for (const { licenseDeclared } of document.packages) {
    for (const id of licenseDeclared.match(/LicenseRef-[a-zA-Z0-9.-]+/g) ?? []) assert.ok(explained.includes(id), id);
  }
}

test("an image, its packages and their dependencies", () => {
  const text = spdx({ contents: RICH, digest: DIGEST });
  check(text);
  const { packages, relationships } = parse(text);
  const [image, os, , libpq] = packages as Entry[];
  assert.equal([image?.SPDXID, image?.name, image?.versionInfo], ["SPDXRef-Image", "app", DIGEST]);
  assert.equal([os?.name, os?.versionInfo], ["debian", "12"]);
  assert.is(
    libpq?.externalRefs?.[0]?.referenceLocator,
    "pkg:deb/debian/libpq5@15.18-0+deb12u1?arch=amd64&distro=debian-12",
  );
  const of = (type: string) =>
    relationships
      .filter((entry: { relationshipType: string }) => entry.relationshipType === type)
      .map((entry: { spdxElementId: string; relatedSpdxElement: string }) =>
        `${entry.spdxElementId} ${entry.relatedSpdxElement}`.replaceAll("SPDXRef-", ""),
      );
  assert.equal(of("DESCRIBES"), ["DOCUMENT Image"]);
  assert.is(of("CONTAINS").length, RICH.packages.length + 1);
  assert.ok(of("DEPENDS_ON").includes("Package-2-deb-libpq5 Package-1-deb-libc6"));
  assert.ok(of("DEPENDS_ON").includes("Package-2-deb-libpq5 Package-3-deb-tzdata"));
  assert.ok(of("DEPENDS_ON").includes("Image Package-2-deb-libpq5"));
  assert.not(of("DEPENDS_ON").includes("Image Package-3-deb-tzdata"));
});

test("licences: expressions stay as they are, other texts get a name of their own", () => {
  const { packages, hasExtractedLicensingInfos: others } = parse(spdx({ contents: RICH, digest: DIGEST }));
  const declared = (name: string) => packages.find((entry: Entry) => entry.name === name).licenseDeclared;
  assert.is(declared("libpq5"), "PostgreSQL");
  assert.is(declared("rake"), "MIT OR Ruby");
  assert.is(declared("libc6"), "NOASSERTION");
  const tzdata = others.find((entry: { licenseId: string }) => entry.licenseId === declared("tzdata"));
  assert.is(tzdata.extractedText, "public domain, mostly");
  assert.ok(others.some((entry: { licenseId: string }) => entry.licenseId === "LicenseRef-curl"));
});

test("the same contents give the same bytes, with the time of files in images", () => {
  assert.is(spdx({ contents: RICH }), spdx({ contents: structuredClone(RICH) }));
  assert.is(Date.parse(CREATED), EPOCH * 1000);
});

test("whatever an image contains, the document is complete", () => {
  fc.assert(
    fc.property(anyContents, (contents) => check(spdx({ contents, digest: DIGEST }))),
    { numRuns: 200 },
  );
});

test.run();
