import type { ManifestFormat } from "../model/language.js";
import type { PackageHost } from "../model/package-hosts.js";
import type { PackageSyntax } from "../model/package-syntax.js";
import type { OfferQuestion } from "../model/update.js";

/**
 * A package manager of an operating system or of a language: the rest of Slipway treats both alike. The installation itself is a
 * Handlebars template (render/templates/NAME.hbs, install.hbs of a language), so that it can be read as shell text.
 */
export interface PackageManager extends PackageSyntax {
  /** The operating systems or languages that it serves. */
  readonly scopes: readonly string[];
  /** Prints the installed packages; run inside the image. Left out: they are read from the image's files (packages/inventory). */
  readonly list?: readonly string[];
  /** Reads the output of `list`. */
  readonly parseList?: (stdout: string) => readonly InstalledPackage[];
  /**
   * Prints the versions of some packages that its sources offer now, for read-offers.ts; run inside an image as root, with this
   * machine's settings. The manager's own code decides there which version is newer. Left out: it cannot be asked.
   */
  readonly offers?: (questions: readonly OfferQuestion[]) => readonly string[];
  /** The formats of its package manifests; left out: none. */
  readonly manifests?: readonly ManifestFormat[];
  /** Where its packages come from, beside what a machine's settings say; left out: nobody has said. */
  readonly hosts?: readonly PackageHost[];
  /** Settings and caches for a RUN step on this machine; see packages/machine.ts. */
  machine(needs: MachineNeeds): MachineFiles;
}

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
}

/** What a machine needs for its builds to reach the network. None of it may enter an image or a key. */
export interface MachineNeeds {
  /** The path at which the directory is mounted in a RUN step. It is read-only there. */
  readonly mount: string;
  /** The path of the directory for caches, which may be written to. */
  readonly cache: string;
  /** Different for every run of Slipway: indexes are refreshed once a run. */
  readonly runId: string;
  /** The path of the CA bundle inside the mount, if the machine has one of its own. */
  readonly caBundle?: string;
  /** The machine's own settings, by environment variable. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Texts of the machine's own configuration files, by base name: `npmrc`, `pip.conf`, `sources.list`, `yum.repo`, … */
  readonly config: Readonly<Record<string, string | undefined>>;
}

export interface MachineFiles {
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly { readonly path: string; readonly text: string; readonly mode: number }[];
  /** Directories to be made in the one for caches. */
  readonly directories: readonly string[];
}
