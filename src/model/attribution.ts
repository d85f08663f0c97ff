import type { Digest, ImageName } from "./names.js";

/** What an image adds to what it starts from, file by file, each with what made it. Directories are left out. */
export interface Attribution {
  readonly image: ImageName;
  /** The image of the catalogue that it starts from. Two definitions may make the very same image. */
  readonly parent?: { readonly image: ImageName; readonly imageId: Digest };
  /** Sorted by path. */
  readonly files: readonly AttributedFile[];
}

export interface AttributedFile {
  /** Absolute in the image. */
  readonly path: string;
  readonly kind: "file" | "link" | "device" | "pipe" | "deleted";
  /** 64 hex digits; of regular files only. */
  readonly sha256?: string;
  /** Bytes. */
  readonly size?: number;
  /** Permission bits, octal: `0755`. */
  readonly mode?: string;
  /** Of a link. */
  readonly target?: string;
  readonly origin: FileOrigin;
  /** It was copied out of a build stage or another image, and `origin` is that of the file there. */
  readonly copied?: { readonly from: string; readonly path: string };
  /** `setup` left its bytes alone and changed its owner or mode. */
  readonly modeChanged?: true;
  /** The package's own configuration file, which may be changed. */
  readonly configuration?: true;
  /** What `setup` made is judged by these. */
  readonly code?: readonly CodeKind[];
}

export type FileOrigin =
  | PackageOrigin
  /** Made or changed while packages were installed, by their own scripts and by package managers. */
  | { readonly type: "package-script" }
  /** Declared: a path of the catalogue, or an address that it is downloaded from. */
  | { readonly type: "artifact"; readonly from: string }
  | { readonly type: "setup"; readonly stage?: string }
  /** As in the image that it starts from, or that is copied from. */
  | { readonly type: "base"; readonly image?: ImageName };

interface PackageOrigin {
  readonly type: "package";
  readonly manager: string;
  readonly name: string;
  readonly version: string;
}

/** What a file can be that runs, or that makes something else run. */
export const CODE_KINDS = [
  "executable",
  "library",
  "archive",
  "bytecode",
  "module",
  "setuid",
  "capability",
  "device",
  "setting",
] as const;

export type CodeKind = (typeof CODE_KINDS)[number];

/** What the first and last bytes of a file say that it is. */
export type ContentForm = "elf" | "script" | "archive" | "library" | "bytecode" | "program";

/** An entry of the layer that an image adds. */
export interface LayerEntry {
  /** Absolute in the image; bytes that are not UTF-8 are written as `\xNN`. */
  readonly path: string;
  /** The stage whose layer it is in, an index of `BuildAccount.stages`. */
  readonly stage: number;
  readonly kind: "file" | "link" | "directory" | "device" | "pipe";
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly size: number;
  readonly sha256?: string;
  readonly target?: string;
  readonly form?: ContentForm;
  /** It has file capabilities (capabilities(7)). */
  readonly capable?: true;
}

/** The file that a layer's entry replaces in what the image starts from. */
export interface ReplacedFile {
  readonly kind: LayerEntry["kind"];
  readonly mode: number;
  /** Whether the bytes, or the target, are the same. */
  readonly same: boolean;
}

/** What a build left behind that tells what made each file. */
export interface BuildAccount {
  readonly entries: readonly LayerEntry[];
  /** Paths of what the image starts from that are gone; below a directory only the directory. */
  readonly deleted: readonly string[];
  readonly replaced: ReadonlyMap<string, ReplacedFile>;
  /** What the build's own clock and inodes say about each stage, the image itself last. */
  readonly stages: readonly StageTrace[];
  /** Top-level directories that are links: `/bin` to `/usr/bin`. */
  readonly links: ReadonlyMap<string, string>;
  /** sha256 by name of what new users get in their home directories. */
  readonly skeleton: ReadonlyMap<string, string>;
  /** The texts of dpkg's lists of files and configuration files that the image adds, by path. */
  readonly dpkgLists: ReadonlyMap<string, string>;
  /** dpkg's status file before and after; undefined: there is none. Left out: it is the parent's. */
  readonly dpkgStatus?: { readonly before: string | undefined; readonly after: string | undefined };
}

/** What is known about how the files of one stage came about. */
export interface StageTrace {
  readonly name: string | undefined;
  readonly hasSetup: boolean;
  /** Left out: nobody looked. */
  readonly seen?: SeenFiles;
  /** sha256 of files that the stage has from what it starts from and that may be what was copied out of it, by path. */
  readonly below?: ReadonlyMap<string, string>;
}

/** What was seen between the steps of a stage, by inodes and the kernel's own time of their last change. */
export interface SeenFiles {
  /** Paths that were there when the last package had been installed, and that nothing has changed since. */
  readonly installed: ReadonlySet<string>;
  /** Regular files that were there before the first `setup`. */
  readonly before: ReadonlySet<string>;
  /** Regular files that were there when the last step had ended. */
  readonly after: ReadonlySet<string>;
  /** sha256 before the first `setup`, of what was copied from stages and images, by path. */
  readonly copied: ReadonlyMap<string, string>;
}

/** The files of one package, by verified bytes. */
export interface PackageListing {
  readonly files: readonly ListedFile[];
  /** Set: paths are relative to a directory of this name that has `anchor`. Left out: they are absolute. */
  readonly anchor?: { readonly path: string; readonly directory: string };
  /** The package's own words about itself (deb-control(5)). */
  readonly control?: string;
}

export interface ListedFile {
  readonly path: string;
  readonly sha256?: string;
  readonly target?: string;
  readonly mode?: number;
  readonly configuration?: true;
}
