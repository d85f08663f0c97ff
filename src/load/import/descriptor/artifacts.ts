import * as addressForm from "../../kinds/schema/forms/addresses.js";
import * as pathForm from "../../kinds/schema/forms/paths.js";
import * as textForm from "../../kinds/schema/forms/texts.js";
import { copyNearby } from "../copying.js";
import type { Fields } from "../fields.js";
import { fits, stageName } from "../fits.js";
import { mapping, type NativeBody, type NativeValue } from "../native.js";
import { absolute, lastPart } from "../paths.js";
import { parseReference } from "../reference.js";
import type { DescriptorTools } from "./tools.js";

/** Where CEKit puts an artifact without a destination; a module takes it from there. */
const DEFAULT_DEST = "/tmp/artifacts";

/** Reads `artifacts`: files beside the descriptor, downloads, and files of other stages and images. */
export function readArtifacts(fields: Fields, body: NativeBody, tools: DescriptorTools): void {
  for (const artifact of fields.mappings("artifacts")) {
    const native = readArtifact(artifact, tools);
    artifact.leftovers("an artifact");
    if (native !== undefined) body.artifacts.push(native);
  }
}

function readArtifact(artifact: Fields, tools: DescriptorTools): NativeValue | undefined {
  // For readers of the descriptor.
  artifact.text("description");
  const name = artifact.formed("name", textForm.LINE);
  const dest = absolute(artifact.formed("dest", pathForm.ABSOLUTE_PATH) ?? DEFAULT_DEST);
  const target = artifact.formed("target", pathForm.TARGET_PATH);
  const common: Common = { name, dest, target };
  if (artifact.has("image")) return fromImage(artifact, common, tools);
  if (artifact.has("path")) return fromPath(artifact, common, tools);
  if (artifact.has("url")) return fromUrl(artifact, common);
  const what = artifact.has("git") ? "a Git repository" : "no path and no url";
  artifact.node("git");
  for (const key of [...SUMS, "sha256", "pnc_artifact_id", "pnc_build_id"]) artifact.node(key);
  artifact.notes.warning(
    artifact.place,
    `the artifact ${name === undefined ? "" : `\`${name}\` `}is not carried over: it has ${what}`,
    "put the file beside the descriptor and name its `path`",
  );
  return undefined;
}

interface Common {
  readonly name: string | undefined;
  readonly dest: string;
  readonly target: string | undefined;
}

const SUMS = ["md5", "sha1", "sha512"];

/** The name of a file in its directory: `target`, otherwise the last part of `name`, otherwise of its source. */
const fileName = ({ name, target }: Common, source: string) => target ?? lastPart(name ?? source);

function fromPath(artifact: Fields, common: Common, tools: DescriptorTools): NativeValue | undefined {
  const path = artifact.text("path") ?? "";
  for (const key of [...SUMS, "sha256"]) artifact.node(key);
  const { folder, base } = tools;
  const copied = copyNearby(
    { path, folder, place: artifact.at("path"), ...(base === undefined ? {} : { base }) },
    tools,
  );
  if (copied === undefined) return undefined;
  const { name, dest } = common;
  // The content of a directory is copied, without another name.
  const target = copied.kind === "directory" ? lastPart(path) : fileName(common, path);
  return mapping({
    name,
    path: copied.path,
    target: target === lastPart(copied.path) || copied.kind === "directory" ? undefined : target,
    dest,
  });
}

function fromUrl(artifact: Fields, common: Common): NativeValue | undefined {
  const { notes } = artifact;
  const url = artifact.text("url")?.trim() ?? "";
  const sha256 = artifact.text("sha256")?.toLowerCase();
  const other = SUMS.filter((key) => artifact.node(key) !== undefined);
  for (const key of ["source-url", "source-md5", "source-sha1", "source-sha256"]) artifact.node(key);
  if (sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) {
    const why = other.length > 0 ? `it has ${other.join(" and ")} only` : "it has no checksum";
    notes.warning(artifact.at("url"), `the download \`${url}\` is not carried over: ${why}`, SUM_HINT);
    return undefined;
  }
  if (!fits(addressForm.DOWNLOAD_URL, url)) {
    notes.warning(
      artifact.at("url"),
      `the download \`${url}\` is not carried over: it must be ${addressForm.DOWNLOAD_URL.patternErrorMessage}`,
    );
    return undefined;
  }
  const { name, dest } = common;
  return mapping({ name, url, sha256, target: fileName(common, url), dest });
}

const SUM_HINT = "download it, and add the `sha256` that sha256sum says";

function fromImage(
  artifact: Fields,
  common: Common,
  { stages, imported, notes }: DescriptorTools,
): NativeValue | undefined {
  const image = artifact.text("image") ?? "";
  const path = absolute(artifact.text("path") ?? "");
  const stage = stages.get(image);
  if (stage === undefined && parseReference(image) !== undefined && /[/:]/.test(image)) {
    notes.warning(
      artifact.at("image"),
      `the artifact of \`${image}\` is not carried over: it is not a stage of this descriptor`,
      `add a stage \`${stageName(lastPart(image).replace(/[:@].*/, ""))}\` with \`from: ${image}\``,
    );
    return undefined;
  }
  if (stage === undefined && !imported.definitions.some(({ path: known }) => known === `images/${image}/image.yaml`))
    notes.note(
      artifact.at("image"),
      `\`${image}\` is not a stage of this descriptor: it is taken for an image of the catalogue`,
    );
  if (!fits(pathForm.ABSOLUTE_PATH, path)) {
    notes.warning(artifact.at("path"), `the artifact \`${path}\` is not carried over: it must be an absolute path`);
    return undefined;
  }
  const { name, dest } = common;
  return mapping({ name, image: stage ?? image, path, target: fileName(common, path), dest });
}
