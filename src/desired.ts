import { hashArtifacts, recipeArtifacts } from "./artifacts.js";
import { type LoadCache, loadCatalogue } from "./load/load.js";
import type { FileTree } from "./load/tree.js";
import type { Catalogue } from "./model/catalogue.js";
import type { ImageDefinition, ImageTest, PackageRequest } from "./model/definition.js";
import type { Desired, DesiredImage } from "./model/desired.js";
import type { Diagnostic } from "./model/diagnostic.js";
import type { Graph, ImageNode } from "./model/graph.js";
import type { ImageName } from "./model/names.js";
import type { PackageSyntax } from "./model/package-syntax.js";
import type { RecipePackage } from "./model/recipe.js";
import type { Exception } from "./model/roles.js";
import { managerFor } from "./packages/managers.js";
import { approve } from "./policy/approval.js";
import { applyExceptions, exceptionProblems, validExceptions } from "./policy/exceptions.js";
import { listManagerProblems } from "./policy/list-managers.js";
import { RULES } from "./policy/rules.js";
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

export interface LoadOptions {
  /** `YYYY-MM-DD` (UTC): exceptions hold for a time. */
  readonly today: string;
  /** Shares the work for what two trees have in common. */
  readonly cache?: LoadCache | undefined;
}

/**
 * The day on which the base of a plan is looked at: all its exceptions hold. That one has ended since is no difference
 * between two commits, and a plan between them must be the same on every day.
 */
export const LONG_AGO = "0000-01-01";

/**
 * load → resolve → check → render: what one Git tree says should be. Throws TreeError where the tree as a whole cannot be
 * read.
 */
export async function loadDesired(
  tree: FileTree,
  templates: Templates,
  { today, cache }: LoadOptions,
): Promise<Loaded> {
  const { catalogue, diagnostics: loading } = await loadCatalogue(tree, cache);
  const { graph, diagnostics: resolving } = resolveGraph(catalogue);
  const hashes = await hashArtifacts(tree, catalogue, graph);
  const checking: Diagnostic[] = listManagerProblems(catalogue, (os) => managerFor("system", os));
  const images = new Map<ImageName, DesiredImage>();
  const exceptions = validExceptions(catalogue.exceptions, today);
  const used = new Set<Exception>();
  for (const node of graph.nodes.values()) {
    const { image, diagnostics } = desire(node, { catalogue, graph, hashes, images, templates, exceptions, used });
    checking.push(...diagnostics);
    if (image) images.set(node.name, image);
  }
  checking.push(...exceptionProblems({ catalogue, today, checked: new Set(graph.nodes.keys()), used }));
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
  /** Those that hold today. */
  readonly exceptions: ReadonlyMap<ImageName, readonly Exception[]>;
  /** Collects the exceptions that waived something. */
  readonly used: Set<Exception>;
}

/** Checks and renders one image. Without a sound parent it is left out; the parent's own diagnostics say why. */
function desire(node: ImageNode, surroundings: Surroundings) {
  const { catalogue, graph, hashes, images, templates } = surroundings;
  const { definition } = node;
  const lists = {
    system: catalogue.systemLists.get(node.os ?? ""),
    runtime: catalogue.runtimeLists.get(node.language ?? ""),
  };
  const system = managerFor("system", node.os, lists.system?.manager?.name);
  const runtime = managerFor("runtime", node.language);
  const exceptions = surroundings.exceptions.get(node.name) ?? [];
  const applied = applyExceptions(
    RULES.flatMap((rule) => rule({ catalogue, graph, node, system, runtime })),
    exceptions,
  );
  const { source, systemPackages, runtimePackages } = definition;
  const asked = (requests: readonly PackageRequest[], syntax: PackageSyntax | undefined) =>
    syntax ? [approve({ requests, list: lists[syntax.kind], syntax, source, exceptions })] : [];
  const approvals = [...asked(systemPackages, system), ...asked(runtimePackages, runtime)];
  const bootstrapped = asked(bootstrapRequests(definition), system);
  const checks = [applied, ...approvals, ...bootstrapped];
  const diagnostics = checks.flatMap(({ diagnostics: found }) => found);
  for (const exception of checks.flatMap(({ used }) => used)) surroundings.used.add(exception);
  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics };
  const parents = node.parents.map((name) => images.get(name));
  if (parents.includes(undefined)) return { diagnostics };
  const packages: RecipePackage[] = approvals.flatMap(({ packages: approved }) => approved);
  const rendered = render(
    {
      node,
      base: definition.origin.type === "from" ? catalogue.bases.get(definition.origin.ref) : undefined,
      inheritedUser: parents[0]?.node.user,
      packages,
      artifacts: recipeArtifacts(definition, catalogue, hashes),
    },
    templates,
  );
  if (!rendered.ok) return { diagnostics: [...diagnostics, ...rendered.diagnostics] };
  const tests: ImageTest[] = [...(parents[0]?.tests ?? []), ...definition.tests];
  const demands = testsDigest(parents[0]?.testsDigest ?? "", definition.tests);
  return { image: { node, recipe: rendered.recipe, tests, testsDigest: demands }, diagnostics };
}

/** What a bootstrap adds to the packages of its variant has to be approved like any other package. */
function bootstrapRequests({ origin }: ImageDefinition): PackageRequest[] {
  if (origin.type !== "bootstrap") return [];
  return origin.bootstrap.packages.map((name, index) => ({ name, pointer: `/bootstrap/packages/${index}` }));
}

const byPlace = (a: Diagnostic, b: Diagnostic) =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
