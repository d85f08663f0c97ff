import { readDocument } from "../kinds/document.js";
import { MAX_YAML_BYTES } from "../limits.js";
import { copyNearby } from "./copying.js";
import { Fields } from "./fields.js";
import { nativeName } from "./fits.js";
import { readForeignYaml } from "./foreign-yaml.js";
import { type ForeignDocument, type ForeignFormat, nothingImported } from "./imported.js";
import type { Notes } from "./notes.js";
import { beside } from "./paths.js";

/** A definition in the native format: it is copied as it is, with the files that it names. */
export const NATIVE: ForeignFormat = {
  name: "image definition",
  recognises: (name, text) =>
    /\.ya?ml$/.test(name) &&
    /^name:/m.test(text) &&
    /^version:/m.test(text) &&
    (/^(?:parent|bootstrap):/m.test(text) || /^kind:[ \t]*["']?(?:Base)?Image\b/m.test(text)),
  read(document, _options, notes) {
    const imported = nothingImported();
    const { file, text } = document;
    const { diagnostics, result } = readDocument("image", file, Buffer.from(text).subarray(0, MAX_YAML_BYTES + 1));
    for (const { severity, message, hint, ...place } of diagnostics) {
      if (severity === "error") notes.error(place, message, hint);
      else notes.warning(place, message, hint);
    }
    const [first] = result ?? [];
    if (first === undefined) return imported;
    // The folder of a definition with a matrix is named after the first of its images.
    const folder = `images/${nativeName(first.name)}`;
    imported.texts.push({ path: `${folder}/image.yaml`, text, place: { file, line: 1, column: 1 } });
    copyFiles(document, folder, { imported, notes });
    return imported;
  },
};

/** Artifacts and package manifests beside the definition have to be beside it in the catalogue, too. */
function copyFiles(
  { file, text, files }: ForeignDocument,
  folder: string,
  { imported, notes }: { imported: ReturnType<typeof nothingImported>; notes: Notes },
): void {
  const [node] = readForeignYaml(file, text, notes);
  const fields = node === undefined ? undefined : Fields.of(node, "a definition", notes);
  if (fields === undefined) return;
  const from = fields.text("from");
  if (from !== undefined && from !== "scratch")
    imported.bases.push({ ref: from, digest: undefined, os: undefined, place: fields.at("from") });
  const artifacts = fields.mappings("artifacts").filter((artifact) => !artifact.has("image") && !artifact.has("url"));
  const paths = artifacts.map((artifact) => ({ path: artifact.text("path") ?? "", place: artifact.at("path") }));
  const manifest = fields.text("runtime-manifest");
  if (manifest !== undefined) paths.push({ path: manifest, place: fields.at("runtime-manifest") });
  for (const { path, place } of paths) {
    if (path.startsWith("/")) notes.note(place, `\`${path}\` belongs to the catalogue, and must be there`);
    else if (beside(path) === ".") notes.error(place, "the folder as a whole is not copied", "name what is in it");
    else copyNearby({ path, folder, place }, { files, imported, notes });
  }
}
