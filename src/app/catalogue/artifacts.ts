import { posix } from "node:path";
import { type ArtifactFile, expandArtifact } from "../../load/expand-artifact.js";
import type { FileTree } from "../../load/git/tree.js";
import { fileOf } from "../../load/kinds/body.js";
import type { Catalogue } from "../../model/catalogue.js";
import type { Artifact, Body, ImageArtifact, PathArtifact, UrlArtifact } from "../../model/definition.js";
import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import type { Graph, Stage } from "../../model/graph.js";
import type { ContextEntry, RecipeArtifact } from "../../model/recipe.js";
import { contextDirectory, localName } from "../../render/prepare.js";
import type { PackageManifest, PackageManifests } from "./package-manifests.js";

/** What the images' files hold, for their keys. One pass over all of them: with a Git ref, one process. */
export async function hashArtifacts(
  tree: FileTree,
  {
    catalogue,
    graph,
    manifests,
  }: { readonly catalogue: Catalogue; readonly graph: Graph; readonly manifests: PackageManifests },
): Promise<Map<string, string>> {
  const paths = new Set([...manifests.byBody.values()].flatMap(({ files }) => files));
  for (const { stages } of graph.nodes.values()) {
    for (const body of stages.flatMap(({ bodies }) => bodies)) {
      for (const artifact of body.artifacts) {
        if (artifact.type !== "path") continue;
        for (const { from } of artifactFiles(artifact, body, catalogue)) paths.add(from);
      }
    }
  }
  return paths.size === 0 ? new Map() : tree.hash([...paths]);
}

/** The files of a manifest in the build context; `place` is a folder of it. */
export function manifestEntries(
  { files }: PackageManifest,
  place: string,
  hashes: ReadonlyMap<string, string>,
): readonly ContextEntry[] {
  return files.map((from) => ({
    path: `${place}/${posix.basename(from)}`,
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
  /** The build stages before this one. */
  readonly before: readonly Stage[];
  /** How many directories of the build context belong to these. */
  readonly place: number;
}

/**
 * A stage's artifacts as what goes into each directory of the image. A copied directory would give its mode and
 * owner to one that the image has already (/tmp, /root); copied files leave it alone.
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
  const from = before.some(({ name }) => name === image) ? image : localName(image);
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

/** Whether a path of another image is a file or a directory, whose tree several may fill, is not known before it is built. */
function knownTarget(artifact: UrlArtifact | ImageArtifact): readonly string[] {
  if (artifact.type === "url") return [targetOf(artifact)];
  return artifact.target.endsWith("/") ? [] : [artifact.target];
}

/** Where a downloaded file ends up. */
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

/** The files of an artifact; none where there is a problem, which loading has reported. */
function artifactFiles(artifact: PathArtifact, { folder }: Body, { files }: Catalogue): readonly ArtifactFile[] {
  const expansion = expandArtifact(artifact, folder, files);
  return expansion.problem === undefined ? expansion.files : [];
}

/** Finds artifacts of one stage that bring something to the same place, where the last one would win without a word. */
class Targets {
  readonly diagnostics: Diagnostic[] = [];
  readonly #owners = new Map<string, readonly [Artifact, Body]>();

  add(artifact: Artifact, body: Body, paths: readonly string[]): void {
    const taken = paths.find((path) => this.#owners.has(path));
    const owner = taken === undefined ? undefined : this.#owners.get(taken);
    for (const path of paths) this.#owners.set(path, [artifact, body]);
    if (owner === undefined) return;
    const [first, other] = owner;
    const { file, line } = other.source.at(first.pointer);
    const message = `two artifacts bring \`${taken}\` into the image`;
    const hint = `the other one is in ${file}, line ${line}`;
    this.diagnostics.push(errorAt(body.source.at(artifact.pointer), "artifact-twice", message, hint));
  }
}
