import * as nameForm from "../kinds/schema/forms/names.js";
import { copyNearby } from "./copying.js";
import { fits } from "./fits.js";
import { type ForeignDocument, type ForeignFormat, type ImportOptions, nothingImported } from "./imported.js";
import { changed, mapping } from "./native.js";
import type { Notes } from "./notes.js";
import { lastPart } from "./paths.js";
import { DEFAULT_VERSION } from "./reference.js";

/** What pip installs: one package a line (pip's requirements file format). */
export const REQUIREMENTS: ForeignFormat = {
  name: "requirements.txt",
  needsParent: true,
  namedByFolder: true,
  recognises: (name) => /^requirements[^/]*\.txt$/.test(name),
  read(document, options, notes) {
    const { imported, add } = imageOf(document, options, { manifest: "requirements.txt", version: DEFAULT_VERSION });
    const folder = `images/${options.name}`;
    for (const [index, line] of document.text.split(/\r?\n/).entries()) {
      const place = { file: document.file, line: index + 1, column: 1 };
      const [, option, value = ""] = /^\s*(-[a-zA-Z]|--[a-z-]+)(?:[=\s]\s*(\S+))?/.exec(line) ?? [];
      if (option === undefined) continue;
      if (["-r", "--requirement", "-c", "--constraint"].includes(option))
        copyNearby({ path: value, folder, place }, { files: document.files, imported, notes });
      else if (["-e", "--editable"].includes(option))
        notes.warning(
          place,
          "an editable install is not a package of an image",
          "publish it, or copy it as an artifact",
        );
      else notes.warning(place, `\`${option}\` is an option of the machine that builds`, "put it into pip.conf there");
    }
    add();
    return imported;
  },
};

/** npm's manifest, with its lock file if there is one. */
export const PACKAGE_JSON: ForeignFormat = {
  name: "package.json",
  needsParent: true,
  namedByFolder: true,
  recognises: (name) => name === "package.json",
  read(document, options, notes) {
    const manifest = parseManifest(document, notes);
    const version = typeof manifest.version === "string" ? manifest.version : DEFAULT_VERSION;
    const { imported, add } = imageOf(document, options, { manifest: "package.json", version });
    const place = { file: document.file, line: 1, column: 1 };
    if (document.files.kind("package-lock.json") === "file")
      imported.copies.set(`images/${options.name}/package-lock.json`, { from: "package-lock.json", place });
    else notes.note(place, "there is no package-lock.json beside it", "npm install --package-lock-only writes one");
    warnLocal(manifest, document, notes);
    add();
    return imported;
  },
};

interface NewImage {
  /** Its name beside the definition: the format follows from it. */
  readonly manifest: string;
  readonly version: string;
}

function imageOf(document: ForeignDocument, { name, parent = "" }: ImportOptions, { manifest, version }: NewImage) {
  const imported = nothingImported();
  const from = lastPart(document.file);
  const place = { file: document.file, line: 1, column: 1 };
  const add = () => {
    imported.copies.set(`images/${name}/${manifest}`, { from, place });
    const value = mapping({
      name,
      version: changed(fits(nameForm.IMAGE_VERSION, version) ? version : DEFAULT_VERSION, version),
      parent,
      "runtime-manifest": changed(manifest, from),
    });
    imported.definitions.push({ path: `images/${name}/image.yaml`, value });
  };
  return { imported, add };
}

function parseManifest({ file, text }: ForeignDocument, notes: Notes): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    notes.error({ file, line: 1, column: 1 }, "package.json must be an object");
  } catch (error) {
    const offset = /position ([0-9]+)/.exec(error instanceof Error ? error.message : "")?.[1];
    const lines = text.slice(0, Number(offset ?? 0)).split("\n");
    const place = { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
    notes.error(place, "the file is not valid JSON");
  }
  return {};
}

/** Packages beside the manifest would be missing when the image is built. */
function warnLocal(manifest: Readonly<Record<string, unknown>>, { file, text }: ForeignDocument, notes: Notes): void {
  const { dependencies } = manifest;
  if (typeof dependencies !== "object" || dependencies === null) return;
  for (const [name, version] of Object.entries(dependencies)) {
    if (typeof version !== "string" || !/^(?:file|link|workspace|git\+[a-z]+):/.test(version)) continue;
    const lines = text.slice(0, Math.max(0, text.indexOf(`"${name}"`))).split("\n");
    const place = { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
    notes.warning(place, `\`${name}\` comes from ${version}, which is not there when the image is built`);
  }
}
