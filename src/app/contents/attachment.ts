import type { DesiredImage } from "../../model/desired.js";
import type { ImageContents, OwnedPackage } from "../../model/inventory.js";
import type { Digest, ImageName } from "../../model/names.js";
import { normalName, TYPE_OF_MANAGER } from "../../model/package-types.js";
import type { AttachmentStore } from "../../model/registry.js";
import { loadSpdx } from "../../policy/spdx.js";
import { spdxText } from "../../policy/spdx-text.js";
import type { SbomInput } from "../../report/sbom/document.js";
import { startingPoint } from "../../resolve/starting-point.js";

/** CycloneDX's media type, under which the documents are attached. */
const CYCLONEDX = "application/vnd.cyclonedx+json";

export interface SbomSubject {
  readonly image: DesiredImage;
  /** All images of the catalogue: what an image starts from has packages of its own. */
  readonly images: ReadonlyMap<ImageName, DesiredImage>;
  readonly contents: ImageContents;
  /** The manifest digest; omitted: the image is not built. */
  readonly digest?: Digest | undefined;
}

/** Attaches the list of what is in an image to its manifest. Writes nothing where that was done before. */
export async function attachSbom(
  registry: AttachmentStore,
  subject: SbomSubject & { readonly digest: Digest },
  signal: AbortSignal,
): Promise<void> {
  const { cycloneDx } = await import("../../report/sbom/cyclonedx.js");
  const attachment = { artifactType: CYCLONEDX, bytes: Buffer.from(cycloneDx(await sbomInput(subject))) };
  await registry.attach(subject.image.node.name, subject.digest, attachment, signal);
}

export interface AttachedSbom {
  readonly text: string;
  readonly contents: ImageContents;
}

/** The document that Slipway attached to an image. Documents of other tools, and about other images, are skipped. */
export async function attachedSbom(
  registry: Pick<AttachmentStore, "attachments">,
  name: ImageName,
  digest: Digest,
): Promise<AttachedSbom | undefined> {
  const { readCycloneDx } = await import("../../report/sbom/read-cyclonedx.js");
  const documents = await registry.attachments(name, digest, CYCLONEDX);
  const sboms = documents.flatMap((bytes) => {
    const document = readCycloneDx(bytes);
    if (document?.digest !== digest || document.contents.image !== name) return [];
    return { text: bytes.toString("utf8"), contents: document.contents };
  });
  // Several differ in what was known when they were written; which one is shown must not depend on the registry's order.
  return sboms.sort((a, b) => b.text.length - a.text.length || (a.text < b.text ? -1 : 1))[0];
}

/** The input of a document, with the hashes that slipway.lock has. */
export async function sbomInput({ image, images, contents, digest }: SbomSubject): Promise<SbomInput> {
  // Documents spell licences as SPDX does.
  await loadSpdx();
  const hashes = lockedHashes(image, images);
  return {
    contents,
    platform: image.node.platform,
    ...(digest === undefined ? {} : { digest }),
    sha256Of: (entry) => hashes.get(keyOf(entry)),
    spdxText,
  };
}

/** The hashes of the locked packages that the image and everything it starts from install. */
function lockedHashes(image: DesiredImage, images: ReadonlyMap<ImageName, DesiredImage>): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  for (let at: DesiredImage | undefined = image; at !== undefined; ) {
    const { base, stages } = startingPoint(at.node);
    for (const { stage, manager, name, version, arch, sha256 } of at.recipe.locked?.packages ?? []) {
      const type = TYPE_OF_MANAGER[manager];
      if (type === undefined || !stages.has(stage)) continue;
      const key = keyOf({ type, name: normalName(type, name), version, ...(arch === undefined ? {} : { arch }) });
      if (!hashes.has(key)) hashes.set(key, sha256);
    }
    at = base.type === "image" ? images.get(base.image) : undefined;
  }
  return hashes;
}

const keyOf = ({ type, name, version, arch = "" }: Pick<OwnedPackage, "type" | "name" | "version" | "arch">) =>
  `${type} ${name} ${version} ${arch}`;
