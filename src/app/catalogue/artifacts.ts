import { posix } from "node:path";
import { type ArtifactFile, expandArtifact } from "../../load/expand-artifact.js";
import { LFS_PULL } from "../../load/git/lfs.js";
import type { FileTree } from "../../load/git/tree.js";
import { fileOf } from "../../load/kinds/body.js";
import type { Catalogue } from "../../model/catalogue.js";
import type { Artifact, Body, ImageArtifact, PathArtifact, UrlArtifact } from "../../model/definition.js";
import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import type { Graph, Stage } from "../../model/graph.js";
import type { CopySource } from "../../model/instructions.js";
import type { ImageName } from "../../model/names.js";
import type { ContextEntry, RecipeArtifact } from "../../model/recipe.js";
import { contextDirectory } from "../../render/build-context.js";
import type { PackageManifest, PackageManifests } from "./package-manifests.js";
import { firstLineProblem, isProgram } from "./script-line-ends.js";

/**
 * The hashes of the files that images use, for their keys, and what is wrong with scripts among them. One pass over all files: with a
 * Git ref, one process.
 */
export async function hashArtifacts(
  tree: FileTree,
  {
    catalogue,
    graph,
    manifests,
  }: { readonly catalogue: Catalogue; readonly graph: Graph; readonly manifests: PackageManifests },
): Promise<{ readonly hashes: ReadonlyMap<string, string>; readonly diagnostics: readonly Diagnostic[] }> {
  const programs = new Set<string>();
  const paths = new Set([...manifests.byBody.values()].flatMap(({ files }) => files));
  for (const { stages } of graph.nodes.values()) {
    for (const body of stages.flatMap(({ bodies }) => bodies)) {
      for (const artifact of body.artifacts) {
        if (artifact.type !== "path") continue;
        for (const { from } of artifactFiles(artifact, body, catalogue)) {
          paths.add(from);
          if (isProgram(tree, from, artifact)) programs.add(from);
        }
      }
    }
  }
  if (paths.size === 0) return { hashes: new Map(), diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const hashes = await tree.hash([...paths], (path, head) => {
    const problem = programs.has(path) ? firstLineProblem(path, head) : undefined;
    if (problem !== undefined) diagnostics.push(problem);
  });
  // Elsewhere a plan needs no more than the hash, which is in the pointer.
  const absent = tree.commit === null ? await tree.absentContent?.([...paths]) : [];
  return { hashes, diagnostics: [...diagnostics, ...(absent ?? []).map(absentLfsFile)] };
}

function absentLfsFile(file: string): Diagnostic {
  const message =
    "the file is a pointer of Git LFS, and its content is not on this machine: no image can be built from it here";
  return { ...errorAt({ file, line: 1, column: 1 }, "lfs-pointer", message, LFS_PULL), severity: "warning" };
}

/** The files of a package manifest in the build context; `folder` is in the context. */
export function manifestEntries(
  { files }: PackageManifest,
  folder: string,
  hashes: ReadonlyMap<string, string>,
): readonly ContextEntry[] {
  return files.map((from) => ({
    path: `${folder}/${posix.basename(from)}`,
    mode: "100644",
    from,
    content: hashes.get(from) ?? "",
  }));
}

export interface StageArtifacts {
  readonly artifacts: readonly RecipeArtifact[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ArtifactSources {
  readonly catalogue: Catalogue;
  readonly hashes: ReadonlyMap<string, string>;
  /** The stages before this one. */
  readonly before: readonly Stage[];
  /** The number of directories of the build context that belong to these. */
  readonly place: number;
}

/**
 * The artifacts of a stage, as files for each directory of the image. A copied directory would give its mode and owner to one
 * that the image already has (/tmp, /root); copied files leave it alone.
 */
export function stageArtifacts({ bodies }: Stage, sources: ArtifactSources): StageArtifacts {
  const artifacts: RecipeArtifact[] = [];
  const targets = new Targets();
  let place = sources.place;
  for (const body of bodies) {
    for (const artifact of body.artifacts) {
      const files = artifact.type === "path" ? artifactFiles(artifact, body, sources.catalogue) : [];
      targets.add(artifact, body, artifact.type === "path" ? files.map(({ path }) => path) : knownTarget(artifact));
      const shared = { source: body.source, pointer: artifact.pointer, ...ownerOf(artifact) };
      if (artifact.type === "image") artifacts.push({ ...copyOf(artifact, sources.before), ...shared });
      else if (artifact.type === "url")
        artifacts.push({ ...downloadOf(artifact, contextDirectory(place++)), ...shared });
      else {
        for (const [directory, members] of byDirectory(files)) {
          const folder = contextDirectory(place++);
          const entries = members.map((file) => contextEntry(file, folder, artifact, sources.hashes));
          artifacts.push({ type: "files", directory, entries, ...shared });
        }
      }
    }
  }
  return { artifacts, diagnostics: targets.diagnostics };
}

const ownerOf = ({ owner }: Artifact) => (owner === undefined ? {} : { owner });

const permissionsOf = ({ mode }: PathArtifact | UrlArtifact) => (mode === undefined ? {} : { permissions: mode });

function copyOf({ image, path, target }: ImageArtifact, before: readonly Stage[]) {
  const isStage = before.some(({ name }) => name === image);
  const from: CopySource = isStage ? { type: "stage", stage: image } : { type: "image", image: image as ImageName };
  return { type: "copy" as const, from, path, target };
}

function downloadOf(artifact: UrlArtifact, folder: string) {
  const path = targetOf(artifact);
  const entry: ContextEntry = {
    path: `${folder}/${posix.basename(path)}`,
    mode: "100644",
    from: artifact.url,
    mirrors: artifact.mirrors,
    content: artifact.sha256,
    ...permissionsOf(artifact),
  };
  return { type: "files" as const, directory: posix.dirname(path), entries: [entry] };
}

/**
 * The paths that an artifact is known to bring. Whether a path of another image is a file or a directory is unknown until that is
 * built, and several artifacts may add to the tree of a directory.
 */
function knownTarget(artifact: UrlArtifact | ImageArtifact): readonly string[] {
  if (artifact.type === "url") return [targetOf(artifact)];
  return artifact.target.endsWith("/") ? [] : [artifact.target];
}

/** The path of a downloaded file in the image. */
const targetOf = ({ target, url }: UrlArtifact) => (target.endsWith("/") ? target + fileOf(url) : target);

function contextEntry(
  { path, mode, from }: ArtifactFile,
  folder: string,
  artifact: PathArtifact,
  hashes: ReadonlyMap<string, string>,
): ContextEntry {
  const permissions = mode === "120000" ? {} : permissionsOf(artifact);
  return { path: `${folder}/${posix.basename(path)}`, mode, from, content: hashes.get(from) ?? "", ...permissions };
}

function byDirectory(files: readonly ArtifactFile[]): Map<string, ArtifactFile[]> {
  const directories = new Map<string, ArtifactFile[]>();
  for (const file of files) {
    const directory = posix.dirname(file.path);
    directories.set(directory, [...(directories.get(directory) ?? []), file]);
  }
  return directories;
}

/** The files of an artifact; none if there is a problem, which loading has reported. */
function artifactFiles(artifact: PathArtifact, { folder }: Body, { files }: Catalogue): readonly ArtifactFile[] {
  const expansion = expandArtifact(artifact, folder, files);
  return expansion.problem === undefined ? expansion.files : [];
}

/** Finds artifacts of one stage with the same target, of which the last would silently win. */
class Targets {
  readonly diagnostics: Diagnostic[] = [];
  readonly #artifacts = new Map<string, readonly [Artifact, Body]>();

  add(artifact: Artifact, body: Body, paths: readonly string[]): void {
    const taken = paths.find((path) => this.#artifacts.has(path));
    const earlier = taken === undefined ? undefined : this.#artifacts.get(taken);
    for (const path of paths) this.#artifacts.set(path, [artifact, body]);
    if (earlier === undefined) return;
    const [{ pointer }, { source }] = earlier;
    const { file, line } = source.at(pointer);
    const message = `two artifacts bring \`${taken}\` into the image`;
    const hint = `the other one is in ${file}, line ${line}`;
    this.diagnostics.push(errorAt(body.source.at(artifact.pointer), "artifact-twice", message, hint));
  }
}
