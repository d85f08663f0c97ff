import { posix } from "node:path";
import { type ArtifactFile, expandArtifact } from "./load/expand-artifact.js";
import type { FileTree } from "./load/tree.js";
import type { Catalogue } from "./model/catalogue.js";
import type { Artifact, ImageDefinition } from "./model/definition.js";
import type { Graph } from "./model/graph.js";
import type { ContextEntry, RecipeArtifact } from "./model/recipe.js";
import { contextDirectory } from "./render/prepare.js";

/** What the images' files hold, for their keys. One pass over all of them: with a Git ref, one process. */
export async function hashArtifacts(tree: FileTree, catalogue: Catalogue, graph: Graph): Promise<Map<string, string>> {
  const paths = new Set<string>();
  for (const { definition } of graph.nodes.values()) {
    for (const artifact of definition.artifacts) {
      for (const { from } of artifactFiles(artifact, definition, catalogue)) paths.add(from);
    }
  }
  return paths.size === 0 ? new Map() : tree.hash([...paths]);
}

/**
 * A definition's artifacts as what goes into each directory of the image. A copied directory would give its mode and
 * owner to one that the image has already (/tmp, /root); copied files leave it alone.
 */
export function recipeArtifacts(
  definition: ImageDefinition,
  catalogue: Catalogue,
  hashes: ReadonlyMap<string, string>,
): RecipeArtifact[] {
  const all: RecipeArtifact[] = [];
  for (const artifact of definition.artifacts) {
    const owner = artifact.owner === undefined ? {} : { owner: artifact.owner };
    for (const [directory, files] of byDirectory(artifactFiles(artifact, definition, catalogue))) {
      const place = contextDirectory(all.length);
      const entries = files.map((file) => contextEntry(file, place, artifact, hashes));
      all.push({ directory, entries, pointer: artifact.pointer, ...owner });
    }
  }
  return all;
}

function contextEntry(
  { path, mode, from }: ArtifactFile,
  place: string,
  artifact: Artifact,
  hashes: ReadonlyMap<string, string>,
): ContextEntry {
  const permissions = artifact.mode === undefined || mode === "120000" ? {} : { permissions: artifact.mode };
  return { path: `${place}/${posix.basename(path)}`, mode, from, content: hashes.get(from) ?? "", ...permissions };
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
function artifactFiles(artifact: Artifact, { folder }: ImageDefinition, { files }: Catalogue): readonly ArtifactFile[] {
  const expansion = expandArtifact(artifact, folder, files);
  return expansion.problem === undefined ? expansion.files : [];
}
