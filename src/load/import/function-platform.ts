import type { Place } from "../../model/diagnostic.js";
import * as nameForm from "../kinds/schema/forms/names.js";
import * as packageForm from "../kinds/schema/forms/packages.js";
import * as textForm from "../kinds/schema/forms/texts.js";
import { Fields } from "./fields.js";
import { fits, nativeName } from "./fits.js";
import { type Located, readForeignYaml } from "./foreign-yaml.js";
import { type ForeignDocument, type ForeignFormat, type Imported, nothingImported } from "./imported.js";
import { changed, mapping, type NativeMapping, type NativeValue, packageOf } from "./native.js";
import type { Notes } from "./notes.js";
import { beside, lastPart } from "./paths.js";
import { parseReference, systemOf, versionOf } from "./reference.js";

/** The platform's languages and their names here. */
const LANGUAGES: Readonly<Record<string, string>> = { python: "python3", node: "nodejs", nodejs6: "nodejs" };

/**
 * Files in which a language names its packages; packages that a document contains itself are written to a file of
 * this name.
 */
const MANIFESTS: Readonly<Record<string, string>> = {
  python3: "requirements.txt",
  nodejs: "package.json",
  java: "pom.xml",
  powershell: "requirements.psd1",
  ruby: "Gemfile",
  go: "go.mod",
};

/** What the platform records about an image. */
const STATE = {
  id: "the platform's own",
  status: "the platform's own; `slipway status` shows it here",
  reason: "the platform's own",
  createdTime: "the platform's own",
  modifiedTime: "the platform's own",
  imageDestination: "slipway.yaml says where images are published",
  groups: "policies/roles.yaml says who may change an image",
};

/** The platform's other documents: a file that holds only these is recognised, so that it can be said what they are. */
const OTHER_KIND =
  /^kind:[ \t]*["']?(?:Function|API|Event|EventDriver(?:Type)?|Subscription|Secret|ServiceAccount|Policy|Organization|Application|Endpoint)["']?[ \t]*\r?$/m;

const describesImage = (text: string) =>
  /^kind:[ \t]*["']?[A-Za-z]/m.test(text) &&
  /^(?:dockerUrl|imageUrl|baseImageName|baseImage|runtimeDependencies|systemDependencies|imageDestination):/m.test(
    text,
  );

/** Documents of the function platform Dispatch: base images and the images made from them. */
export const FUNCTION_PLATFORM: ForeignFormat = {
  name: "function platform",
  recognises: (name, text) => /\.ya?ml$/.test(name) && (OTHER_KIND.test(text) || describesImage(text)),
  read(document, _options, notes) {
    const imported = nothingImported();
    const nodes = readForeignYaml(document.file, document.text, notes);
    const languages = new Map<string, string>();
    for (const node of nodes) readResource({ document, imported, languages, notes }, node);
    return imported;
  },
};

interface Reading {
  readonly document: ForeignDocument;
  readonly imported: Imported;
  /** Languages of the base images, by name. */
  readonly languages: Map<string, string>;
  readonly notes: Notes;
}

function readResource(reading: Reading, node: Located): void {
  const fields = Fields.of(node, "a document", reading.notes);
  if (fields === undefined) return;
  const kind = fields.required("kind");
  if (kind === "BaseImage") readBaseImage(reading, fields);
  else if (kind === "Image") readImage(reading, fields);
  else if (kind !== undefined)
    reading.notes.error(
      fields.at("kind"),
      `the kind \`${kind}\` cannot be imported`,
      "images are described by `BaseImage` and `Image`; put other documents into a file of their own",
    );
}

function readBaseImage({ imported, languages, notes }: Reading, fields: Fields): void {
  const name = imageName(fields, notes);
  const key = fields.has("dockerUrl") ? "dockerUrl" : "imageUrl";
  const url = fields.text(key);
  if (url === undefined) notes.error(fields.place, "`dockerUrl` is missing");
  const reference = url === undefined ? undefined : parseReference(url);
  if (url !== undefined && reference === undefined)
    notes.error(fields.at(key), `\`${url}\` is not a reference to an image`);
  const language = languageIn(fields);
  const metadata = readTags(fields);
  fields.ignore(STATE);
  fields.leftovers("a BaseImage");
  if (name === undefined || reference === undefined) return;
  if (language !== undefined) languages.set(name.native, language.native);
  const { ref, digest } = reference;
  const os = systemOf(reference);
  imported.bases.push({ ref, digest, os, place: fields.at(key) });
  const value = mapping({
    kind: "BaseImage",
    name: changed(name.native, name.was),
    version: versionOf(reference.tag),
    language: language && changed(language.native, language.was),
    os,
    metadata,
    from: ref,
  });
  imported.definitions.push({ path: `images/${name.native}/image.yaml`, value });
}

function readImage(reading: Reading, fields: Fields): void {
  const { imported, languages, notes } = reading;
  const name = imageName(fields, notes);
  const key = fields.has("baseImageName") ? "baseImageName" : "baseImage";
  const parent = fields.text(key);
  if (parent === undefined) notes.error(fields.place, "`baseImageName` is missing");
  const language = languageIn(fields);
  const tag = fields.text("imageDestination");
  const metadata = readTags(fields);
  const packages = readPackages(fields, notes);
  const dependencies = fields.mapping("runtimeDependencies");
  const manifest = dependencies?.text("manifest");
  dependencies?.leftovers("`runtimeDependencies`");
  fields.ignore(STATE);
  fields.leftovers("an Image");
  if (name === undefined || parent === undefined) return;
  const above = nativeName(parent);
  if (above === "") notes.error(fields.at(key), `\`${parent}\` is not a name for an image`);
  const folder = `images/${name.native}`;
  const native = language?.native ?? languages.get(above);
  const at = dependencies?.at("manifest") ?? fields.place;
  const file = manifest === undefined ? undefined : readManifest(reading, { manifest, folder, native, at });
  const value = mapping({
    name: changed(name.native, name.was),
    version: versionOf(tag === undefined ? undefined : parseReference(tag)?.tag),
    language: language && changed(language.native, language.was),
    metadata,
    parent: changed(above, parent),
    "system-packages": packages,
    "runtime-manifest": file,
  });
  imported.definitions.push({ path: `${folder}/image.yaml`, value });
}

interface Manifest {
  /** `@` and a path, or the text itself. */
  readonly manifest: string;
  readonly folder: string;
  readonly native: string | undefined;
  readonly at: Place;
}

/** The name of the manifest beside the definition. */
function readManifest({ document, imported, notes }: Reading, { manifest, folder, native, at }: Manifest) {
  if (!manifest.startsWith("@")) {
    const language = native ?? "python3";
    const name = MANIFESTS[language];
    if (native === undefined)
      notes.warning(at, "the language is not known here; the manifest is taken for Python's", "add `language`");
    if (name === undefined) {
      notes.error(at, `there is no manifest for the language ${language}`);
      return undefined;
    }
    imported.texts.push({ path: `${folder}/${name}`, text: `${manifest.trimEnd()}\n`, place: at });
    return name;
  }
  const path = beside(manifest.slice(1));
  const kind = path === undefined ? "outside" : document.files.kind(path);
  if (path === undefined || kind === "outside") {
    notes.error(at, `\`${manifest}\` leads out of the document's folder`, "copy the file beside the document");
    return undefined;
  }
  if (kind !== "file") {
    notes.error(at, `there is no file \`${path}\` beside the document`);
    return undefined;
  }
  const name = lastPart(path);
  imported.copies.set(`${folder}/${name}`, { from: path, place: at });
  return name;
}

function imageName(fields: Fields, notes: Notes): { native: string; was: string } | undefined {
  const was = fields.required("name");
  if (was === undefined) return undefined;
  const native = nativeName(was);
  if (native !== "") return { native, was };
  notes.error(fields.at("name"), `\`${was}\` is not a name for an image`);
  return undefined;
}

function languageIn(fields: Fields): { native: string; was: string } | undefined {
  const was = fields.formed("language", nameForm.SCOPE);
  return was === undefined ? undefined : { native: Object.hasOwn(LANGUAGES, was) ? (LANGUAGES[was] ?? was) : was, was };
}

/** Tags are free words about an image; those that mean something here keep their meaning by name (`role`). */
function readTags(fields: Fields): NativeMapping {
  const metadata = new Map<string, NativeValue>();
  for (const tag of fields.mappings("tags")) {
    const key = tag.required("key");
    const value = tag.text("value") ?? "";
    tag.leftovers("a tag");
    if (key === undefined) continue;
    const fit = fits(nameForm.LABEL_NAME, key) && fits(textForm.LINE, value) && key !== "deprecated";
    const known = key !== "extendable" || value === "true" || value === "false";
    if (!fit || !known)
      fields.notes.warning(tag.at("key"), `the tag \`${key}\` is not carried over: it cannot be metadata`);
    else if (metadata.has(key))
      fields.notes.warning(tag.at("key"), `the tag \`${key}\` occurs here for the second time`);
    else metadata.set(key, value);
  }
  return metadata;
}

function readPackages(fields: Fields, notes: Notes): NativeValue[] {
  const dependencies = fields.mapping("systemDependencies");
  const packages = (dependencies?.mappings("packages") ?? []).flatMap((entry) => {
    const name = entry.required("name");
    const version = entry.formed("version", packageForm.PACKAGE_VERSION);
    entry.leftovers("a package");
    if (name === undefined) return [];
    if (fits(packageForm.PACKAGE_NAME, name)) return [packageOf(name, version)];
    notes.warning(entry.at("name"), `\`${name}\` is not carried over: it is not a name of a package`);
    return [];
  });
  dependencies?.leftovers("`systemDependencies`");
  return packages;
}
