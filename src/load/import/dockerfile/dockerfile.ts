import type { Position } from "../../../model/diagnostic.js";
import * as nameForm from "../../kinds/schema/forms/names.js";
import { fits, stageName } from "../fits.js";
import { readDockerignore } from "../glob.js";
import {
  type ForeignDocument,
  type ForeignFormat,
  type Imported,
  type ImportOptions,
  nothingImported,
} from "../imported.js";
import { bodyFields, changed, commented, mapping, type NativeValue } from "../native.js";
import type { Notes } from "../notes.js";
import { lastPart } from "../paths.js";
import { DEFAULT_VERSION, languageOf, parseReference, systemOf } from "../reference.js";
import { chainOf, type DockerStage, keptStages } from "./chain.js";
import { readCopy } from "./copy.js";
import { type DockerfileInstruction, readInstructions } from "./instructions.js";
import { readRun } from "./run.js";
import { readArg, SETTINGS } from "./settings.js";
import { type DockerTools, expand, newStage, type StageState } from "./stage.js";

/** Dockerfiles, and Containerfiles, which are the same. */
export const DOCKERFILE: ForeignFormat = {
  name: "Dockerfile",
  namedByFolder: true,
  recognises: (name, text) =>
    /^(?:Docker|Container)file(?:$|\.)|\.(?:Docker|Container)file$/i.test(name) ||
    (!/\.(?:ya?ml|json|txt|md)$/.test(name) && /^(?:\s*(?:#.*)?\n)*\s*(?:ARG|FROM)\s+\S/i.test(text)),
  read(document, options, notes) {
    const imported = nothingImported();
    const { list, escapeChar } = readInstructions(document.file, document.text, notes);
    const tools = toolsFor(document, options, { imported, notes, escapeChar });
    const [extra] = list.slice(MAX_INSTRUCTIONS);
    if (extra !== undefined) {
      notes.error(extra.place, `there are ${list.length} instructions; at most ${MAX_INSTRUCTIONS} are read`);
      return imported;
    }
    const globals = newStage(undefined, undefined);
    const stages = readStages(list, globals, tools);
    const last = stages.at(-1);
    if (last === undefined) notes.error({ file: document.file, line: 1, column: 1 }, "there is no FROM");
    else if (stages.length > MAX_STAGES)
      notes.error(last.instruction.place, `there are ${stages.length} stages; at most ${MAX_STAGES} are read`);
    else writeImage({ stages, last, globals, options, tools });
    return imported;
  },
};

/** Each stage is read once for every stage that starts from it. */
const MAX_STAGES = 100;
const MAX_INSTRUCTIONS = 20_000;

interface Parts {
  readonly imported: Imported;
  readonly notes: Notes;
  readonly escapeChar: string;
}

function toolsFor(
  document: ForeignDocument,
  options: ImportOptions,
  { imported, notes, escapeChar }: Parts,
): DockerTools {
  const stages = new Map<string, string>();
  const extra: NativeValue[] = [];
  const ignore = document.files.read(`${lastPart(document.file)}.dockerignore`) ?? document.files.read(".dockerignore");
  const externalStage = (text: string, place: Position): string | undefined => {
    const reference = parseReference(text);
    if (reference === undefined) return undefined;
    const { ref, digest } = reference;
    imported.bases.push({ ref, digest, os: systemOf(reference), place });
    const name = freeName(stageName(reference.name), stages);
    stages.set(text.toLowerCase(), name);
    extra.push(mapping({ name, from: ref }));
    return name;
  };
  const isIgnored = ignore === undefined ? () => false : readDockerignore(ignore);
  return {
    document,
    imported,
    notes,
    escapeChar,
    stages,
    extra,
    externalStage,
    isIgnored,
    folder: `images/${options.name}`,
  };
}

function freeName(wanted: string, stages: DockerTools["stages"]): string {
  const taken = new Set(stages.values());
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!taken.has(name)) return name;
  }
}

/** Sorts instructions into stages. Before the first FROM there are arguments for all of them. */
function readStages(list: readonly DockerfileInstruction[], globals: StageState, tools: DockerTools): DockerStage[] {
  const stages: DockerStage[] = [];
  for (const instruction of list) {
    const { keyword, place, text } = instruction;
    const stage = stages.at(-1);
    if (keyword === "FROM") {
      const [from = "", as = "", name] = text.split(/\s+/);
      for (const flag of instruction.flags)
        tools.notes.note(flag.place, `\`--${flag.name}\` is left out: slipway.yaml sets the platform`);
      const isNamed = as.toUpperCase() === "AS" && name !== undefined;
      if (from === "" || (as !== "" && !isNamed))
        tools.notes.error(place, "FROM is written `FROM image` or `FROM image AS name`");
      const image = expand(from, globals, place, tools);
      const base = stages.find(({ name: known }) => known?.toLowerCase() === image.toLowerCase());
      stages.push({ index: stages.length, name: isNamed ? name : undefined, from: image, instruction, body: [], base });
    } else if (stage !== undefined) stage.body.push(instruction);
    else if (keyword === "ARG") readArg(instruction, globals, new Map(), tools);
    else tools.notes.error(place, `${keyword} stands before the first FROM`);
  }
  return stages;
}

interface Reading {
  readonly stages: readonly DockerStage[];
  readonly last: DockerStage;
  readonly globals: StageState;
  readonly options: ImportOptions;
  readonly tools: DockerTools;
}

function writeImage({ stages, last, globals, options, tools }: Reading): void {
  const written: NativeValue[] = [];
  for (const stage of keptStages(stages)) {
    const native = readStage(stage, globals, tools);
    written.push(...tools.extra.splice(0), native);
  }
  const chain = chainOf(last);
  const [first = last] = chain;
  const { parent, name } = options;
  const state = originState(first);
  const from: Origin = parent === undefined ? external(first, tools) : { parent };
  if (parent !== undefined)
    tools.notes.note(first.instruction.place, `\`FROM ${first.from}\` is replaced by the parent \`${parent}\``);
  for (const stage of chain) readBody(stage.body, state, globals, tools);
  written.push(...tools.extra.splice(0));
  const version = state.body.labels.get("org.opencontainers.image.version");
  const value = mapping({
    ...(from.from === undefined ? {} : { kind: "BaseImage" }),
    name,
    version: typeof version === "string" && fits(nameForm.IMAGE_VERSION, version) ? version : DEFAULT_VERSION,
    ...(parent === undefined ? scopeOf(state) : {}),
    metadata: state.author === undefined ? undefined : mapping({ author: state.author }),
    ...from,
    stages: written,
    ...bodyFields(state.body),
  });
  tools.imported.definitions.push({ path: `${tools.folder}/image.yaml`, value });
}

function readStage(stage: DockerStage, globals: StageState, tools: DockerTools): NativeValue {
  const { stages } = tools;
  const name = freeName(stage.name === undefined ? `stage-${stage.index}` : stageName(stage.name), stages);
  const state = originState(stage);
  const above = stage.base === undefined ? undefined : stages.get(keyOf(stage.base));
  const from: Origin = above === undefined ? external(stage, tools) : { parent: above };
  // A stage that starts from another has its variables too.
  for (const other of chainOf(stage).slice(0, -1)) inherit(other, state, globals, tools);
  readBody(stage.body, state, globals, tools);
  stages.set(keyOf(stage), name);
  stages.set(String(stage.index), name);
  const shown = stage.name === undefined ? name : changed(name, stage.name);
  // Its parent has reported it already.
  const scope = above === undefined ? scopeOf(state) : {};
  return mapping({ name: shown, ...from, ...scope, ...bodyFields(state.body) });
}

interface Origin {
  readonly from?: string;
  readonly parent?: string;
}

const keyOf = ({ name, index }: DockerStage) => (name ?? String(index)).toLowerCase();

function originState(stage: DockerStage): StageState {
  const reference = parseReference((chainOf(stage)[0] ?? stage).from);
  return reference === undefined
    ? newStage(undefined, undefined)
    : newStage(systemOf(reference), languageOf(reference));
}

/** The external image that a stage starts from. */
function external({ from, instruction }: DockerStage, { imported, notes }: DockerTools): Origin {
  if (from === "scratch") return { from };
  const reference = parseReference(from);
  if (reference === undefined) {
    notes.error(instruction.place, `\`${from}\` is not a reference to an image`, "an argument of FROM needs a default");
    return {};
  }
  const { ref, digest } = reference;
  imported.bases.push({ ref, digest, os: systemOf(reference), place: instruction.place });
  return { from: ref };
}

function scopeOf({ os, osIsGuess, language, body }: StageState): Record<string, NativeValue | undefined> {
  const hasPackages = body.runtimePackages.length > 0 || body.runtimeManifest !== undefined;
  const guess = os !== undefined && osIsGuess ? commented("a guess, from the package manager", os) : os;
  return { language: hasPackages ? language : undefined, os: guess };
}

/** What stages that start from a stage know about it: its variables, its directory, its files. */
function inherit(above: DockerStage, state: StageState, globals: StageState, tools: DockerTools): void {
  const own = {
    ...newStage(state.os, state.language),
    env: state.env,
    copied: state.copied,
    directories: state.directories,
    workdir: state.workdir,
  };
  const quiet = { ...tools, imported: nothingImported() };
  readBody(above.body, own, globals, quiet);
  state.workdir = own.workdir;
  state.os = own.os;
  state.osIsGuess = own.osIsGuess;
  state.language = own.language;
}

function readBody(
  body: readonly DockerfileInstruction[],
  state: StageState,
  globals: StageState,
  tools: DockerTools,
): void {
  state.args.clear();
  for (const instruction of body) {
    const { keyword, place, text } = instruction;
    const setting = Object.hasOwn(SETTINGS, keyword) ? SETTINGS[keyword] : undefined;
    if (text === "") tools.notes.error(place, `${keyword} says nothing`);
    else if (keyword === "ARG") readArg(instruction, state, globals.args, tools);
    else if (keyword === "RUN") readRun(instruction, state, tools);
    else if (keyword === "COPY" || keyword === "ADD") readCopy(instruction, state, tools);
    else if (setting !== undefined) setting(instruction, state, tools);
    else if (keyword === "ONBUILD")
      tools.notes.error(
        place,
        "ONBUILD has no counterpart: what an image does to those that derive from it would stand in no definition of theirs",
        "make a module of it, or write it into the images that need it",
      );
    else tools.notes.error(place, `\`${keyword.slice(0, 40)}\` is not an instruction of a Dockerfile`);
  }
}
