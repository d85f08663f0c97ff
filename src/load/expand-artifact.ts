import { posix } from "node:path";
import type { CatalogueFile, FileMode } from "../model/catalogue.js";
import type { PathArtifact } from "../model/definition.js";
import type { DiagnosticCode } from "../model/diagnostic-codes.js";
import { filesBelow, followLinks } from "../model/links.js";
import { nearest } from "../model/nearest.js";
import { shellQuote } from "../model/shell-quote.js";

/** One file or symbolic link that an artifact brings into the image. */
export interface ArtifactFile {
  /** Absolute path in the image. */
  readonly path: string;
  readonly mode: FileMode;
  /** Path in the catalogue. */
  readonly from: string;
}

export interface ArtifactProblem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string;
}

export type ArtifactExpansion =
  | { readonly files: readonly ArtifactFile[]; readonly problem?: undefined }
  | { readonly problem: ArtifactProblem };

type Files = ReadonlyMap<string, CatalogueFile>;

/**
 * The files an artifact consists of, by path. `folder` is the definition's folder. A path that is or runs through
 * symbolic links is followed; links below a copied directory stay links. Nothing outside the catalogue is reached. `absent` are paths of
 * submodules whose files are not there.
 */
export function expandArtifact(
  artifact: PathArtifact,
  folder: string,
  files: Files,
  absent: readonly string[] = [],
): ArtifactExpansion {
  const inside = artifact.path.startsWith("/") ? artifact.path : `${folder}/${artifact.path}`;
  const target = followLinks(inside, files);
  if (target.type === "loop")
    return { problem: { code: "artifact-loop", message: `\`${artifact.path}\` leads through links that never end` } };
  if (target.type === "outside")
    return { problem: outside(`\`${artifact.path}\` is outside the catalogue`, target.link) };
  const submodule = absent.find((path) => isWithin(target.path, path) || isWithin(path, target.path));
  if (submodule !== undefined) return { problem: absentSubmodule(artifact, submodule) };
  const file = files.get(target.path);
  if (file !== undefined) {
    const name = posix.basename(artifact.path);
    const path = artifact.target.endsWith("/") ? artifact.target + name : artifact.target;
    return { files: [{ path, mode: file.mode, from: file.path }] };
  }
  return expandDirectory(artifact, folder, target.path, files);
}

function expandDirectory(artifact: PathArtifact, folder: string, directory: string, files: Files): ArtifactExpansion {
  const paths = filesBelow(directory, files);
  if (paths.length === 0) return { problem: missing(artifact, folder, files) };
  const target = artifact.target.replace(/\/$/, "");
  const start = directory === "" ? 0 : directory.length + 1;
  const expanded: ArtifactFile[] = [];
  for (const from of paths) {
    const mode = files.get(from)?.mode ?? "100644";
    if (mode === "120000" && followLinks(from, files).type === "outside") {
      return { problem: outside(`\`${artifact.path}\` holds a symbolic link that leads out of the catalogue`, from) };
    }
    expanded.push({ path: `${target}/${from.slice(start)}`, mode, from });
  }
  return { files: expanded };
}

const isWithin = (path: string, folder: string) => folder === "" || path === folder || path.startsWith(`${folder}/`);

function absentSubmodule({ path }: PathArtifact, submodule: string): ArtifactProblem {
  const message = `\`${path}\` needs the submodule ${submodule}, whose files are not on this machine`;
  return { code: "artifact-missing", message, hint: `git submodule update --init ${shellQuote(submodule)}` };
}

function outside(message: string, link: string | undefined): ArtifactProblem {
  const hint = link === undefined ? "only files of the catalogue can be copied" : `the symbolic link is ${link}`;
  return { code: "artifact-outside", message, hint };
}

function missing(artifact: PathArtifact, folder: string, files: Files): ArtifactProblem {
  const absolute = artifact.path.startsWith("/");
  const wanted = posix.normalize(absolute ? artifact.path.slice(1) : artifact.path).replace(/\/$/, "");
  if (/[*?]/.test(artifact.path)) {
    const rule = "a path names one file or one directory, which is copied whole: there are no wildcards";
    return { code: "artifact-missing", message: `there is no file or directory \`${artifact.path}\``, hint: rule };
  }
  const meant = nearest(wanted, namesBelow(absolute ? "" : folder, files));
  const rule =
    "it must be committed or at least not ignored, below images/, catalog/ or policies/; Git keeps no empty directories";
  const hint = meant === undefined ? rule : `did you mean \`${absolute ? "/" : ""}${meant}\`?`;
  return { code: "artifact-missing", message: `there is no file or directory \`${artifact.path}\``, hint };
}

/** Number of files that are compared as possibly meant; more would take long and help nobody. */
const MAX_CANDIDATES = 1000;

function namesBelow(folder: string, files: Files): Set<string> {
  const names = new Set<string>();
  for (const path of filesBelow(folder, files).slice(0, MAX_CANDIDATES)) {
    let name = folder === "" ? path : path.slice(folder.length + 1);
    for (; name !== "." && !names.has(name); name = posix.dirname(name)) names.add(name);
  }
  return names;
}
