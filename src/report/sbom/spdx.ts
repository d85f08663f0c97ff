import { createHash } from "node:crypto";
import parseExpression, { type Info } from "spdx-expression-parse";
import type { OwnedPackage } from "../../model/inventory.js";
import { dependenciesOf, documentId, isRootPackage, originWords, packageOfFile, type SbomInput } from "./document.js";
import { imageUrl, packageUrl } from "./package-url.js";

const NO = "NOASSERTION";
const IMAGE = "SPDXRef-Image";
const OS = "SPDXRef-OperatingSystem";
/** The format requires a time. So that documents do not differ by it, it is that of all files in images (EPOCH). */
export const CREATED = "1980-01-01T00:00:00Z";

/** The contents of an image as an SPDX 2.3 document in JSON. The same contents always give the same bytes. */
export function spdx(input: SbomInput): string {
  const { contents } = input;
  const licenses = new Licenses();
  const ids = contents.packages.map(
    ({ type, name }, index) => `SPDXRef-Package-${index + 1}-${word(`${type}-${name}`)}`,
  );
  const packages = contents.packages.map((entry, index) => describe(entry, ids[index] ?? "", { input, licenses }));
  const os = contents.os && {
    SPDXID: OS,
    name: contents.os.id,
    ...(contents.os.version === "" ? {} : { versionInfo: contents.os.version }),
    ...UNKNOWN,
    primaryPackagePurpose: "OPERATING-SYSTEM",
  };
  const files = describeFiles(input, ids);
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: contents.image,
    documentNamespace: `https://spdx.org/spdxdocs/slipway-${contents.image}-${documentId(input)}`,
    creationInfo: { created: CREATED, creators: ["Tool: slipway"] },
    packages: [describeImage(input), ...(os ? [os] : []), ...packages],
    ...(files === undefined ? {} : { files: files.described }),
    ...(licenses.others.size > 0 ? { hasExtractedLicensingInfos: [...licenses.others.values()] } : {}),
    relationships: [
      relation("SPDXRef-DOCUMENT", "DESCRIBES", IMAGE),
      ...(os ? [relation(IMAGE, "CONTAINS", OS)] : []),
      ...ids.map((id) => relation(IMAGE, "CONTAINS", id)),
      ...ids
        .filter((_, index) => isRootPackage(contents.packages[index] as OwnedPackage))
        .map((id) => relation(IMAGE, "DEPENDS_ON", id)),
      ...dependenciesOf(contents.packages).flatMap((needs, index) =>
        needs.map((other) => relation(ids[index] ?? "", "DEPENDS_ON", ids[other] ?? "")),
      ),
      ...(files?.relations ?? []),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What the format requires for every package. */
const UNKNOWN = {
  downloadLocation: NO,
  filesAnalyzed: false,
  licenseConcluded: NO,
  licenseDeclared: NO,
  copyrightText: NO,
};

function describeImage({ contents: { image }, digest, platform }: SbomInput) {
  const [, sha256] = digest?.split(":") ?? [];
  return {
    SPDXID: IMAGE,
    name: image,
    ...(digest === undefined ? {} : { versionInfo: digest }),
    ...UNKNOWN,
    primaryPackagePurpose: "CONTAINER",
    ...(sha256 === undefined ? {} : { checksums: [{ algorithm: "SHA256", checksumValue: sha256 }] }),
    ...purlReference(imageUrl(image, digest, platform)),
  };
}

function describe(entry: OwnedPackage, SPDXID: string, { input, licenses }: { input: SbomInput; licenses: Licenses }) {
  const { name, version, source, license, place, broughtBy, why } = entry;
  const sha256 = input.sha256Of?.(entry);
  const reason = why.type === "needed" ? `needed by ${why.by.join(", ")}` : why.type;
  const built = source === undefined ? "" : `; built from ${source.name} ${source.version}`;
  return {
    SPDXID,
    name,
    ...(version === "" ? {} : { versionInfo: version }),
    ...UNKNOWN,
    licenseDeclared:
      license === undefined || license.trim() === "" ? NO : licenses.declare(input.spdxText?.(license) ?? license),
    sourceInfo: `${place}; brought by ${broughtBy}: ${reason}${built}`,
    primaryPackagePurpose: "LIBRARY",
    ...(sha256 === undefined ? {} : { checksums: [{ algorithm: "SHA256", checksumValue: sha256 }] }),
    ...purlReference(packageUrl(entry, input.contents.os)),
  };
}

/** Regular files: the format requires a hash of each. A file is contained in its package, or else in the image. */
function describeFiles({ files, contents }: SbomInput, ids: readonly string[]) {
  if (files === undefined) return undefined;
  const regular = files.filter(({ file }) => file.sha256 !== undefined);
  const idOf = (index: number) => `SPDXRef-File-${index + 1}`;
  const described = regular.map(({ image, file }, index) => ({
    SPDXID: idOf(index),
    fileName: `.${file.path}`,
    checksums: [{ algorithm: "SHA256", checksumValue: file.sha256 }],
    licenseConcluded: NO,
    copyrightText: NO,
    comment: [`brought by ${image}`, ...originWords(file).map(([name, value]) => `${name}: ${value}`)].join("; "),
  }));
  const relations = regular.map(({ file }, index) =>
    relation(ids[packageOfFile(file, contents.packages)] ?? IMAGE, "CONTAINS", idOf(index)),
  );
  return { described, relations };
}

function purlReference(referenceLocator: string | undefined) {
  if (referenceLocator === undefined) return {};
  return { externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator }] };
}

const relation = (spdxElementId: string, relationshipType: string, relatedSpdxElement: string) => ({
  spdxElementId,
  relationshipType,
  relatedSpdxElement,
});

/** Declares licences: expressions as they are, and any other text under a name that the document defines. */
class Licenses {
  readonly others = new Map<string, { licenseId: string; extractedText: string; name: string }>();

  declare(text: string): string {
    try {
      for (const id of references(parseExpression(text))) this.#add(id, id);
      return text;
    } catch {
      const id = `LicenseRef-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
      this.#add(id, text);
      return id;
    }
  }

  #add(licenseId: string, extractedText: string): void {
    const name = extractedText.trim().split("\n")[0]?.slice(0, 200) ?? licenseId;
    this.others.set(licenseId, { licenseId, extractedText, name });
  }
}

/** The custom names in an expression, which a document must define. */
function references(info: Info): readonly string[] {
  if ("conjunction" in info) return [...references(info.left), ...references(info.right)];
  return info.license.startsWith("LicenseRef-") ? [info.license] : [];
}

/** Replaces all but letters, digits, `.` and `-`, which are all that an identifier may contain. */
const word = (text: string) => text.replace(/[^A-Za-z0-9.-]+/g, "-");
