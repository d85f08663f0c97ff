import type { ManifestFormat } from "../model/language.js";
import type { PackageSyntax } from "../model/package-syntax.js";
import type { OfferQuestion } from "../model/update.js";

/**
 * One package manager, of an operating system or of a language: both are the same to the rest of Slipway.
 * Installing itself is a Handlebars template (render/templates/NAME.hbs, install.hbs of a language), so that it can be read as
 * the shell text it is.
 */
export interface PackageManager extends PackageSyntax {
  /** Operating systems or languages it serves. */
  readonly scopes: readonly string[];
  /** Prints what is installed; run inside the image. Left out: the image's files say so (packages/inventory). */
  readonly list?: readonly string[];
  /** Reads the output of `list`. */
  readonly parseList?: (stdout: string) => readonly InstalledPackage[];
  /**
   * Prints what its sources offer now of some packages, for read-offers.ts; run inside an image as root, with this machine's
   * settings. Which version is newer is decided there, by the manager's own code. Left out: it cannot be asked.
   */
  readonly offers?: (questions: readonly OfferQuestion[]) => readonly string[];
  /** The native files that may list packages; left out: none. */
  readonly manifests?: readonly ManifestFormat[];
  /** Settings and caches for a RUN on this machine; see packages/machine.ts. */
  machine(needs: MachineNeeds): MachineFiles;
}

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
}

/** What a machine needs for its builds to reach the network. None of it may enter an image or a key. */
export interface MachineNeeds {
  /** Where the directory is mounted in a RUN. */
  readonly mount: string;
  /** Differs for every run of Slipway: indexes are refreshed once a run. */
  readonly runId: string;
  /** The path of the CA bundle inside the mount, when the machine has one of its own. */
  readonly caBundle?: string;
  /** The machine's own settings, by environment variable. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Texts of the machine's own configuration files, by base name: `npmrc`, `pip.conf`, `sources.list`, `yum.repo`, … */
  readonly config: Readonly<Record<string, string | undefined>>;
}

export interface MachineFiles {
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly { readonly path: string; readonly text: string; readonly mode: number }[];
  /** Directories that are kept between runs. */
  readonly directories: readonly string[];
}
