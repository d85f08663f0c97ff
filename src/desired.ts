import { posix } from "node:path";
import { type ArtifactFile, expandArtifact } from "./load/expand-artifact.js";
import { type LoadCache, loadCatalogue } from "./load/load.js";
import type { FileTree } from "./load/tree.js";
import type { Catalogue } from "./model/catalogue.js";
import type { Artifact, ImageDefinition, ImageTest } from "./model/definition.js";
import type { Desired, DesiredImage } from "./model/desired.js";
import type { Diagnostic } from "./model/diagnostic.js";
import type { Graph, ImageNode } from "./model/graph.js";
import type { ImageName } from "./model/names.js";
import type { RecipeArtifact, RecipePackage } from "./model/recipe.js";
import { managerFor } from "./packages/managers.js";
import { approve } from "./policy/approval.js";
import { RULES } from "./policy/rules.js";
import { contextDirectory } from "./render/prepare.js";
import { render, type Templates } from "./render/render.js";
import { resolveGraph } from "./resolve/graph.js";
import { testsDigest } from "./resolve/tags.js";

export interface Loaded {
  readonly desired: Desired;
  readonly catalogue: Catalogue;
  readonly graph: Graph;
  readonly tree: FileTree;
  /** Every problem of the whole catalogue, in order of place. With an error among them, `desired` lacks images. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * load → resolve → check → render: what one Git tree says should be. Throws TreeError where the tree as a whole cannot be
 * read. `cache` shares the work for what two trees have in common.
 */
export async function loadDesired(tree: FileTree, templates: Templates, cache?: LoadCache): Promise<Loaded> {
  const { catalogue, diagnostics: loading } = await loadCatalogue(tree, cache);
  const { graph, diagnostics: resolving } = resolveGraph(catalogue);
  const hashes = await hashArtifacts(tree, catalogue, graph);
  const checking: Diagnostic[] = [];
  const images = new Map<ImageName, DesiredImage>();
  for (const node of graph.nodes.values()) {
    const { image, diagnostics } = desire(node, { catalogue, graph, hashes, images, templates });
    checking.push(...diagnostics);
    if (image) images.set(node.name, image);
  }
  const diagnostics = [...loading, ...resolving, ...checking].sort(byPlace);
  return {
    desired: { commit: tree.commit, settings: catalogue.settings, images },
    catalogue,
    graph,
    tree,
    diagnostics,
  };
}

interface Surroundings {
  readonly catalogue: Catalogue;
  readonly graph: Graph;
  readonly hashes: ReadonlyMap<string, string>;
  readonly images: ReadonlyMap<ImageName, DesiredImage>;
  readonly templates: Templates;
}

/** Checks and renders one image. Without a sound parent it is left out; the parent's own diagnostics say why. */
function desire(node: ImageNode, surroundings: Surroundings) {
  const { catalogue, graph, images, templates } = surroundings;
  const { definition } = node;
  const system = managerFor("system", node.os);
  const runtime = managerFor("runtime", node.language);
  const diagnostics = RULES.flatMap((rule) => rule({ catalogue, graph, node, system, runtime }));
  const approvals = [
    system &&
      approve({
        requests: definition.systemPackages,
        list: catalogue.systemLists.get(node.os ?? ""),
        syntax: system,
        source: definition.source,
      }),
    runtime &&
      approve({
        requests: definition.runtimePackages,
        list: catalogue.runtimeLists.get(node.language ?? ""),
        syntax: runtime,
        source: definition.source,
      }),
  ];
  for (const approval of approvals) diagnostics.push(...(approval?.diagnostics ?? []));
  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics };
  const parents = node.parents.map((name) => images.get(name));
  if (parents.includes(undefined)) return { diagnostics };
  const packages: RecipePackage[] = approvals.flatMap((approval) => approval?.packages ?? []);
  const rendered = render(
    {
      node,
      base: definition.origin.type === "from" ? catalogue.bases.get(definition.origin.ref) : undefined,
      inheritedUser: parents[0]?.node.user,
      packages,
      artifacts: definition.artifacts.map((artifact, index) =>
        recipeArtifact(artifact, index, definition, surroundings),
      ),
    },
    templates,
  );
  if (!rendered.ok) return { diagnostics: [...diagnostics, ...rendered.diagnostics] };
  const tests: ImageTest[] = [...(parents[0]?.tests ?? []), ...definition.tests];
  const demands = testsDigest(parents[0]?.testsDigest ?? "", definition.tests);
  return { image: { node, recipe: rendered.recipe, tests, testsDigest: demands }, diagnostics };
}

/** The files of an artifact; none where there is a problem, which loading has reported. */
function artifactFiles(artifact: Artifact, { folder }: ImageDefinition, { files }: Catalogue): readonly ArtifactFile[] {
  const expansion = expandArtifact(artifact, folder, files);
  return expansion.problem === undefined ? expansion.files : [];
}

/** What an image's files hold, for its key. One pass over all of them: with a Git ref, one process. */
async function hashArtifacts(tree: FileTree, catalogue: Catalogue, graph: Graph): Promise<Map<string, string>> {
  const paths = new Set<string>();
  for (const { definition } of graph.nodes.values()) {
    for (const artifact of definition.artifacts) {
      for (const { from } of artifactFiles(artifact, definition, catalogue)) paths.add(from);
    }
  }
  return paths.size === 0 ? new Map() : tree.hash([...paths]);
}

/** An artifact's place in the build context: a directory of its own, laid out as it will be below its directory in the image. */
function recipeArtifact(
  artifact: Artifact,
  index: number,
  definition: ImageDefinition,
  surroundings: Surroundings,
): RecipeArtifact {
  const { catalogue, hashes } = surroundings;
  const files = artifactFiles(artifact, definition, catalogue);
  const directory = commonDirectory(files.map(({ path }) => path));
  const entries = files.map(({ path, mode, from }) => ({
    path: `${contextDirectory(index)}${path.slice(directory.length === 1 ? 0 : directory.length)}`,
    mode,
    from,
    content: hashes.get(from) ?? "",
    ...(artifact.mode === undefined || mode === "120000" ? {} : { permissions: artifact.mode }),
  }));
  const owner = artifact.owner === undefined ? {} : { owner: artifact.owner };
  return { directory, entries, pointer: artifact.pointer, ...owner };
}

/** The deepest directory that all of these absolute paths are in. */
function commonDirectory(paths: readonly string[]): string {
  const directories = paths.map((path) => posix.dirname(path).split("/"));
  const [first = [""]] = directories;
  const differs = first.findIndex((part, index) => directories.some((other) => other[index] !== part));
  return (differs === -1 ? first : first.slice(0, differs)).join("/") || "/";
}

const byPlace = (a: Diagnostic, b: Diagnostic) =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
