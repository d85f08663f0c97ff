import type { Located } from "../foreign-yaml.js";
import type { Imported, NearbyFiles } from "../imported.js";
import type { Notes } from "../notes.js";

/** A module of the repositories of a descriptor. */
export interface FoundModule {
  readonly name: string;
  readonly version: string | undefined;
  /** Relative to the document. */
  readonly folder: string;
  readonly node: Located;
}

/** A module that an image needs, and its result. */
export interface ModuleTarget {
  readonly module: FoundModule;
  readonly name: string;
  readonly version: string;
  /** Relative to the catalogue. */
  readonly folder: string;
}

/** The tools and the state of reading the parts of a descriptor. */
export interface DescriptorTools {
  readonly files: NearbyFiles;
  readonly imported: Imported;
  readonly notes: Notes;
  /** Native names of the stages so far, by their own. */
  readonly stages: Map<string, string>;
  /** The definition's folder, relative to the catalogue. */
  readonly folder: string;
  /** The folder of the module that is read, relative to the document; left out: an image is read. */
  readonly base?: string;
  /** Modules of the repositories so far. */
  readonly repositoryModules: FoundModule[];
  /** Folders that have been searched for them. */
  readonly searched: Set<string>;
  /** Modules that are needed, by name and version; those at the end are still to be written. */
  readonly targets: Map<string, ModuleTarget>;
}
