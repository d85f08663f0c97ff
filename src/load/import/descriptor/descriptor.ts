import * as nameForm from "../../kinds/schema/forms/names.js";
import * as textForm from "../../kinds/schema/forms/texts.js";
import { Fields } from "../fields.js";
import { fits, nativeName, stageName } from "../fits.js";
import { type Located, readForeignYaml } from "../foreign-yaml.js";
import { type ForeignFormat, nothingImported } from "../imported.js";
import { bodyFields, changed, mapping, type NativeBody, type NativeMapping, type NativeValue } from "../native.js";
import { DEFAULT_VERSION, languageOf, parseReference, systemOf } from "../reference.js";
import { readDescriptorBody } from "./body.js";
import { mergeDescriptors } from "./overrides.js";
import { writeModules } from "./scripts.js";
import type { DescriptorTools } from "./tools.js";

const MAX_STAGES = 100;

/** Image descriptors of CEKit: one image, or a list of which the last is the image and the others are build stages. */
export const DESCRIPTOR: ForeignFormat = {
  name: "image descriptor",
  takesOverrides: true,
  recognises: (name, text) =>
    /\.ya?ml$/.test(name) &&
    (/^(?:- |-? {2,})?(?:from|name|envs|artifacts|modules):/m.test(text) || /^- *\{.*\b(?:name|from):/m.test(text)),
  read(document, { parent, overrides }, notes) {
    const imported = nothingImported();
    const before = notes.errors;
    const nodes = readForeignYaml(document.file, document.text, notes);
    const [node, second] = nodes;
    if (second !== undefined) notes.error(second.place, "a descriptor is one YAML document");
    if (node === undefined || notes.errors > before) return imported;
    const extra = overrides.flatMap(({ file, text }) => readForeignYaml(file, text, notes));
    const merged = mergeDescriptors(node, extra, notes);
    const images = Array.isArray(merged.value) ? (merged.value as readonly Located[]) : [merged];
    if (images.length > MAX_STAGES) {
      notes.error(merged.place, `there are ${images.length} images; at most ${MAX_STAGES} are read`);
      return imported;
    }
    const { files } = document;
    const tools = {
      files,
      imported,
      notes,
      stages: new Map(),
      folder: "",
      repositoryModules: [],
      searched: new Set<string>(),
      targets: new Map(),
    };
    readImages(images, parent, tools);
    writeModules(tools);
    return imported;
  },
};

function readImages(images: readonly Located[], parent: string | undefined, tools: DescriptorTools): void {
  const last = images.at(-1);
  if (last === undefined || !(last.value instanceof Map)) {
    if (last !== undefined) Fields.of(last, "an image", tools.notes);
    return;
  }
  const named = last.value.get("name")?.node.value;
  const name = nativeName(typeof named === "string" ? named : "");
  const own = { ...tools, folder: `images/${name}` };
  const stages = images.slice(0, -1).flatMap((node) => readStage(node, own) ?? []);
  const fields = Fields.of(last, "an image", tools.notes);
  if (fields !== undefined) readFinal(fields, { parent, stages }, own);
}

/** What CEKit says about an image besides its body, and nothing here needs. */
const ELSEWHERE = {
  osbs: "it is for another build service",
  help: "there is no page of help in an image; `description` says what it is for",
  schema_version: "the format is the one of this version",
  release: "publishing moves the tags itself",
};

function readStage(node: Located, tools: DescriptorTools): NativeValue | undefined {
  const { notes, stages } = tools;
  const fields = Fields.of(node, "a build stage", notes);
  const was = fields?.required("name");
  if (fields === undefined || was === undefined) return undefined;
  const name = stageName(was);
  const origin = originOf(fields, tools, true);
  // What an image has and a stage does not.
  fields.text("version");
  fields.text("description");
  const body = readDescriptorBody(fields, tools);
  fields.ignore(ELSEWHERE);
  fields.leftovers("a build stage");
  if ([...stages.values()].includes(name)) notes.error(fields.at("name"), `two stages would be called \`${name}\``);
  stages.set(was, name);
  const { language, os, ...start } = origin;
  return mapping({ name: changed(name, was), ...start, language, os: body.os ?? os, ...bodyFields(body.body) });
}

interface Origin {
  readonly parent?: string;
  readonly from?: string;
  readonly language?: string;
  readonly os?: string;
}

function originOf(fields: Fields, { stages, imported, notes }: DescriptorTools, isStage: boolean): Origin {
  const from = fields.text("from");
  if (from === undefined) {
    notes.error(fields.place, "`from` is missing", "an image starts from another one, or from `scratch`");
    return {};
  }
  const stage = stages.get(from);
  if (stage !== undefined && isStage) return { parent: stage };
  if (stage !== undefined) {
    notes.error(fields.at("from"), `the image starts from its stage \`${from}\``, "write both as one image");
    return {};
  }
  if (from === "scratch") return { from };
  const reference = parseReference(from);
  if (reference === undefined) {
    notes.error(fields.at("from"), `\`${from}\` is not a reference to an image`);
    return {};
  }
  const { ref, digest } = reference;
  const [os, language] = [systemOf(reference), languageOf(reference)];
  imported.bases.push({ ref, digest, os, place: fields.at("from") });
  return { from: ref, ...(language === undefined ? {} : { language }), ...(os === undefined ? {} : { os }) };
}

interface FinalOptions {
  readonly parent: string | undefined;
  readonly stages: readonly NativeValue[];
}

function readFinal(fields: Fields, { parent, stages }: FinalOptions, tools: DescriptorTools): void {
  const { notes, imported, folder } = tools;
  const was = fields.required("name");
  const name = folder.slice("images/".length);
  if (was !== undefined && name === "") notes.error(fields.at("name"), `\`${was}\` is not a name for an image`);
  const origin: Origin = parent === undefined ? originOf(fields, tools, false) : { parent };
  if (parent !== undefined && fields.text("from") !== undefined)
    notes.note(fields.at("from"), `\`from\` is replaced by the parent \`${parent}\``);
  const description = fields.formed("description", textForm.ANY_TEXT);
  const version = fields.required("version") ?? "";
  const { body, os: needed } = readDescriptorBody(fields, tools);
  fields.ignore(ELSEWHERE);
  fields.leftovers("an image");
  finish(body, origin.from === "scratch");
  if (was === undefined) return;
  const { language, os, ...start } = origin;
  const value: NativeMapping = mapping({
    ...(start.from === undefined ? {} : { kind: "BaseImage" }),
    name: changed(name, was),
    version: changed(fits(nameForm.IMAGE_VERSION, version) ? version : DEFAULT_VERSION, version),
    description,
    language,
    os: os ?? needed,
    ...start,
    stages,
    ...bodyFields(body),
  });
  imported.definitions.push({ path: `${folder}/image.yaml`, value });
}

/** What CEKit does at the end of an image, but not of a stage: it cleans up, and the user is root by default. */
function finish(body: NativeBody, isScratch: boolean): void {
  if (isScratch) return;
  const usesArtifacts = body.artifacts.some((entry) => entry instanceof Map && entry.get("dest") === "/tmp/artifacts");
  const temporary = [
    ...(body.modules.length > 0 ? ["/tmp/scripts"] : []),
    ...(usesArtifacts || body.modules.length > 0 ? ["/tmp/artifacts"] : []),
  ];
  if (temporary.length > 0) body.setup.push(["rm", "-rf", ...temporary]);
  if (!body.run.has("user")) body.run.set("user", "root");
}
