import type { FileTree } from "../../load/git/tree.js";
import { type LoadCache, loadCatalogue } from "../../load/load.js";
import type { Catalogue } from "../../model/catalogue.js";

import type { Desired, DesiredImage } from "../../model/desired.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Graph, ImageNode, Stage } from "../../model/graph.js";
import type { ImageName } from "../../model/names.js";
import type { Managers } from "../../model/package-syntax.js";
import { MANAGERS, managerFor, managersOf } from "../../packages/managers.js";
import { ExceptionLedger, type Waivers } from "../../policy/exception-ledger.js";
import { applyExceptions, exceptionProblems } from "../../policy/exceptions.js";
import { licenseProblems } from "../../policy/license-problems.js";
import { listManagerProblems } from "../../policy/list-managers.js";
import { managerNameProblems } from "../../policy/manager-names.js";
import { RULES } from "../../policy/rules.js";
import { loadSpdx } from "../../policy/spdx.js";
import { manifestContext } from "../../render/build-context.js";
import { withOwnTemplates } from "../../render/own-templates.js";
import { withArguments } from "../../render/package-arguments.js";
import type { StageInput } from "../../render/recipe-stage.js";
import { render, type Templates } from "../../render/render.js";
import { applyLock } from "../../resolve/apply-lock.js";
import { resolveGraph } from "../../resolve/graph.js";
import { testsDigest } from "../../resolve/tags.js";
import { hashArtifacts, manifestEntries, stageArtifacts } from "./artifacts.js";
import { checkLockedPackages, checkRequestedPackages } from "./package-checks.js";
import { type PackageManifests, readPackageManifests, stageManifest } from "./package-manifests.js";
import { withNetwork } from "./package-sources.js";
import { approveStage } from "./stage-approval.js";

export interface LoadedCatalogue {
  readonly desired: Desired;
  readonly catalogue: Catalogue;
  readonly graph: Graph;
  readonly tree: FileTree;
  /** Every problem of the whole catalogue, ordered by place. If there is an error among them, `desired` lacks images. */
  readonly diagnostics: readonly Diagnostic[];
  /** The problems of single images. */
  readonly imageDiagnostics: ReadonlyMap<ImageName, readonly Diagnostic[]>;
}

export interface LoadOptions {
  /** `YYYY-MM-DD` (UTC), as exceptions expire. */
  readonly today: string;
  /** Shares the work for what two trees have in common. */
  readonly cache?: LoadCache | undefined;
  /** For making the lockfile: every image is open, and the lockfile is not checked. It is still in the catalogue. */
  readonly lock?: "ignore";
  /** The images of the catalogue that are in the tree, if not all are: entries of the lockfile for others are not reported. */
  readonly part?: ReadonlySet<string>;
}

/**
 * The day for which the base of a plan is loaded, so that all its exceptions hold. An exception that has expired since is not a
 * difference between two commits, and a plan between them must be the same on every day.
 */
export const LONG_AGO = "0000-01-01";

/**
 * load → resolve → check → render: what one Git tree says should be. Throws TreeError if the tree as a whole cannot be read.
 */
export async function loadDesired(tree: FileTree, builtIn: Templates, options: LoadOptions): Promise<LoadedCatalogue> {
  const { catalogue, diagnostics } = await loadCatalogue(tree, options.cache);
  const relevant = options.lock === "ignore" ? diagnostics.filter(({ code }) => code !== "lock-syntax") : diagnostics;
  const loaded = await desiredOf(catalogue, tree, builtIn, options);
  return { ...loaded, diagnostics: [...relevant, ...loaded.diagnostics].sort(byPlace) };
}

/** resolve → check → render for a catalogue that is loaded already, or for a part of it. */
export async function desiredOf(
  catalogue: Catalogue,
  tree: FileTree,
  builtIn: Templates,
  options: LoadOptions,
): Promise<LoadedCatalogue> {
  const { today } = options;
  if (catalogue.policies?.licenses !== undefined) await loadSpdx();
  const { templates, diagnostics: compiling } = await withOwnTemplates(builtIn, catalogue.languages);
  const { graph, diagnostics: resolving } = resolveGraph(catalogue);
  const manifests = await readPackageManifests(tree, catalogue, graph);
  const { hashes, diagnostics: scripts } = await hashArtifacts(tree, { catalogue, graph, manifests });
  const images = new Map<ImageName, DesiredImage>();
  const imageDiagnostics = new Map<ImageName, readonly Diagnostic[]>();
  const exceptions = new ExceptionLedger(catalogue.exceptions, today);
  const managers = managersOf(catalogue);
  const surroundings: Surroundings = {
    ...{ catalogue, graph, manifests, hashes, images, managers, templates, exceptions, today },
    isLocking: options.lock === "ignore",
  };
  for (const node of graph.nodes.values()) {
    const { image, diagnostics } = desiredImage(node, surroundings);
    if (diagnostics.length > 0) imageDiagnostics.set(node.name, diagnostics);
    if (image) images.set(node.name, image);
  }
  const locked = options.lock === "ignore" ? { images, diagnostics: [] } : applyLock(images, catalogue, options.part);
  const contents = checkLockedPackages(locked.images, { catalogue, managers, exceptions });
  for (const [name, problems] of contents)
    imageDiagnostics.set(name, [...(imageDiagnostics.get(name) ?? []), ...problems]);
  const checked = new Set(graph.nodes.keys());
  const { used } = exceptions;
  const diagnostics = [
    ...resolving,
    ...compiling,
    ...catalogueProblems(catalogue),
    ...scripts,
    ...[...imageDiagnostics.values()].flat(),
    ...exceptionProblems({ catalogue, today, checked, used, locked: new Set(contents.keys()) }),
    ...locked.diagnostics,
  ];
  return {
    desired: { commit: tree.commit, settings: catalogue.settings, images: locked.images },
    catalogue,
    graph,
    tree,
    diagnostics: [...withoutRepeats(diagnostics)].sort(byPlace),
    imageDiagnostics,
  };
}

/** The problems of the catalogue that belong to no image. */
function catalogueProblems(catalogue: Catalogue): readonly Diagnostic[] {
  const builtIn = MANAGERS.map(({ name }) => name);
  return [
    ...managerNameProblems(catalogue.languages, builtIn),
    ...licenseProblems(catalogue),
    ...listManagerProblems(catalogue, (os) => managerFor("system", os)),
  ];
}

interface Surroundings {
  readonly catalogue: Catalogue;
  readonly graph: Graph;
  readonly manifests: PackageManifests;
  readonly hashes: ReadonlyMap<string, string>;
  readonly images: ReadonlyMap<ImageName, DesiredImage>;
  readonly managers: Managers;
  readonly templates: Templates;
  readonly exceptions: ExceptionLedger;
  readonly today: string;
  /** The lockfile is about to be made, so what it has now does not count. */
  readonly isLocking: boolean;
}

/** Checks and renders one image. An image without a sound parent is left out; the parent's own diagnostics say why. */
function desiredImage(node: ImageNode, surroundings: Surroundings) {
  const { catalogue, graph, images, managers, templates, today, isLocking } = surroundings;
  const exceptions = surroundings.exceptions.of(node.name);
  const applied = applyExceptions(
    RULES.flatMap((rule) => rule({ catalogue, graph, node, managers, today })),
    exceptions,
  );
  const stages: StageInput[] = [];
  const diagnostics: Diagnostic[] = [...applied];
  for (const stage of node.stages) {
    const checked = checkStage(stage, stages, { surroundings, exceptions });
    diagnostics.push(...checked.diagnostics);
    stages.push(checked.input);
  }
  const packages = stages.flatMap((input) => input.packages);
  const context = { catalogue, graph, managers, images, exceptions, isLocking };
  diagnostics.push(...checkRequestedPackages(node, packages, context));
  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics };
  if (node.parents.some((name) => !images.has(name))) return { diagnostics };
  const rendered = render({ node, stages }, templates);
  if (!rendered.ok) return { diagnostics: [...diagnostics, ...rendered.diagnostics] };
  const parent = node.parent === undefined ? undefined : images.get(node.parent);
  const { definition } = node;
  const image: DesiredImage = {
    node,
    recipe: withNetwork(rendered.recipe, node, stages, { catalogue, graph }),
    tags: definition.tags ?? catalogue.settings.defaults.tags,
    tests: [...(parent?.tests ?? []), ...definition.tests],
    testsDigest: testsDigest(parent?.testsDigest ?? "", definition.tests),
  };
  return { image, diagnostics };
}

interface StageSurroundings {
  readonly surroundings: Surroundings;
  readonly exceptions: Waivers;
}

function checkStage(stage: Stage, before: readonly StageInput[], { surroundings, exceptions }: StageSurroundings) {
  const { catalogue, hashes, managers } = surroundings;
  const { manifest, diagnostics } = stageManifest(stage, surroundings.manifests);
  const approved = approveStage(stage, { catalogue, managers, exceptions, manifest });
  const place = before.reduce((sum, { artifacts }) => sum + artifacts.filter(({ type }) => type === "files").length, 0);
  const copied = stageArtifacts(stage, { catalogue, hashes, before: before.map((input) => input.stage), place });
  const input: StageInput = {
    stage,
    packages: withArguments(approved.packages, stage, managers),
    artifacts: copied.artifacts,
    ...(manifest === undefined ? {} : { manifest: manifestEntries(manifest, manifestContext(before.length), hashes) }),
  };
  return { input, diagnostics: [...diagnostics, ...approved.diagnostics, ...copied.diagnostics] };
}

/** Reports a problem once: a module is part of many images, and a definition with a matrix is many images. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const unique = new Map(
    diagnostics.map((each) => [`${each.file} ${each.line} ${each.column} ${each.code} ${each.message}`, each]),
  );
  return [...unique.values()];
}

const byPlace = (a: Diagnostic, b: Diagnostic) =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
