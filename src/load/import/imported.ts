import type { Position } from "../../model/diagnostic.js";
import type { NativeMapping } from "./native.js";
import type { Notes } from "./notes.js";

/** What is at a path beside the document. `outside`: it is above the document's folder, or a link leads out of it. */
export type Nearby = "file" | "directory" | "outside" | "missing";

/** The files beside an imported document; nothing outside its folder can be reached. Paths are relative to it. */
export interface NearbyFiles {
  kind(path: string): Nearby;
  /** Paths of the files in a directory and below it, sorted; links that lead out are in `outside`. */
  below(directory: string): { readonly files: readonly string[]; readonly outside: readonly string[] };
  /** The text of a file; undefined if it is not text, or larger than a YAML file may be. */
  read(path: string): string | undefined;
}

export interface ForeignDocument {
  /** Its name as given on the command line; notes point to it. */
  readonly file: string;
  readonly text: string;
  readonly files: NearbyFiles;
}

export interface ImportOptions {
  /** The name of the image, for formats that do not say one. */
  readonly name: string;
  /** undefined: not given. */
  readonly parent: string | undefined;
  /** Documents that are merged over this one, in order. */
  readonly overrides: readonly ForeignDocument[];
}

/** A YAML file of the catalogue that is to be written. */
export interface Definition {
  readonly path: string;
  readonly value: NativeMapping;
}

export interface Copy {
  /** Relative to the document's folder. */
  readonly from: string;
  readonly place: Position;
}

/** An artifact's path beside its definition. */
export interface Copied {
  /** Relative to the folder of the definition. */
  readonly path: string;
  readonly kind: "file" | "directory";
}

/** An external image that something is built from. */
export interface WantedBase {
  readonly ref: string;
  readonly digest: string | undefined;
  readonly os: string | undefined;
  readonly place: Position;
}

/** What a document becomes. Paths are relative to the catalogue. */
export interface Imported {
  readonly definitions: Definition[];
  /** Files with new content. */
  readonly texts: { readonly path: string; readonly text: string; readonly place: Position }[];
  /** By the path that is written. */
  readonly copies: Map<string, Copy>;
  /** Folders that have already been copied as a whole: `COPY .` may occur many times. */
  readonly folders: Map<string, Copied | undefined>;
  readonly bases: WantedBase[];
}

export const nothingImported = (): Imported => ({
  definitions: [],
  texts: [],
  copies: new Map(),
  folders: new Map(),
  bases: [],
});

/** One foreign format. Readers touch files only through `document.files`; problems go to the notes. */
export interface ForeignFormat {
  readonly name: string;
  /** Whether a file is of this format, by its name (without folders) and content. */
  recognises(name: string, text: string): boolean;
  /** The format names no base, so that `--parent` has to. */
  readonly needsParent?: true;
  /** The format names no image: its folder does, or `--name`. */
  readonly namedByFolder?: true;
  readonly takesOverrides?: true;
  read(document: ForeignDocument, options: ImportOptions, notes: Notes): Imported;
}
