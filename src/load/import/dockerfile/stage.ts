import type { Position } from "../../../model/diagnostic.js";
import type { ForeignDocument, Imported } from "../imported.js";
import { type NativeBody, type NativeValue, newBody } from "../native.js";
import type { Notes } from "../notes.js";
import type { ExpandedWord } from "./words.js";
import { expandWord } from "./words.js";

/** The tools and the state of reading a Dockerfile. */
export interface DockerTools {
  readonly document: ForeignDocument;
  readonly imported: Imported;
  readonly notes: Notes;
  /** Of the definition, relative to the catalogue. */
  readonly folder: string;
  readonly escapeChar: string;
  /** Native names of the stages so far, by their names (lower case) and numbers. */
  readonly stages: Map<string, string>;
  /**
   * Stages that are needed here but not in the file (external images that files are copied from) and not written yet.
   */
  readonly extra: NativeValue[];
  /** Makes a stage of an external image that files are copied from; undefined: it is not a reference. */
  readonly externalStage: (reference: string, place: Position) => string | undefined;
  /** Whether .dockerignore keeps a path from being copied. */
  readonly isIgnored: (path: string) => boolean;
}

/** What is known about a stage at one of its instructions. */
export interface StageState {
  readonly body: NativeBody;
  os: string | undefined;
  /** `os` was inferred from the package manager, not stated by the base. */
  osIsGuess: boolean;
  language: string | undefined;
  readonly env: Map<string, string>;
  /** undefined: declared without a value. */
  readonly args: Map<string, string | undefined>;
  /** undefined: that of the base. */
  workdir: string | undefined;
  user: { readonly name: string; isSaid: boolean } | undefined;
  /** Setup that nothing has overtaken yet which has to come before it here. */
  waiting: Position[];
  /** Files of the document by where they went, newest last. */
  readonly copied: { readonly from: string; readonly to: string; readonly isDirectory: boolean }[];
  /** The place of an instruction that a later one of its kind replaces. */
  readonly last: Map<string, Position>;
  author: string | undefined;
  readonly ports: Set<string>;
  /** Packages so far, by name and version. */
  readonly packages: Set<string>;
  /** Directories that something was copied to. */
  readonly directories: Set<string>;
}

export const newStage = (os: string | undefined, language: string | undefined): StageState => ({
  body: newBody(),
  os,
  osIsGuess: false,
  language,
  env: new Map(),
  args: new Map(),
  workdir: undefined,
  user: undefined,
  waiting: [],
  copied: [],
  last: new Map(),
  author: undefined,
  ports: new Set(),
  packages: new Set(),
  directories: new Set(),
});

/** Variables win over arguments of the same name. */
export const valueIn =
  ({ env, args }: StageState) =>
  (name: string): string | undefined =>
    env.get(name) ?? args.get(name);

/** Replaces the variables of a word; those without a value here are left out, with a warning. */
export function expand(word: string, state: StageState, place: Position, { notes, escapeChar }: DockerTools): string {
  const { text, missing } = expandWord(word, valueIn(state), escapeChar);
  warnMissing(missing, place, notes);
  return text;
}

export function warnMissing(missing: ExpandedWord["missing"], place: Position, notes: Notes): void {
  for (const name of missing)
    notes.warning(place, `\`${name}\` has no value here and is left empty`, "write the value out");
}

/** Setup comes last here: notes it if it came before something that now comes first. */
export function overtake(what: string, { line }: Position, state: StageState, notes: Notes): void {
  for (const place of state.waiting)
    notes.note(place, `this came before the ${what} in line ${line}; setup runs after packages, artifacts and env`);
  state.waiting = [];
}

/** Notes that a later instruction takes the place of an earlier one. */
export function replace(kind: string, place: Position, state: StageState, notes: Notes): void {
  const before = state.last.get(kind);
  if (before !== undefined)
    notes.note(before, `this ${kind} is left out: the one in line ${place.line} takes its place`);
  state.last.set(kind, place);
}
