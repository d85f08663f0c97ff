import type { FileTree } from "../../load/git/tree.js";
import { type LoadCache, loadCatalogue } from "../../load/load.js";
import type { Catalogue } from "../../model/catalogue.js";
import type { ImageTest } from "../../model/definition.js";
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
import { withOwnTemplates } from "../../render/own-templates.js";
import { withArguments } from "../../render/package-arguments.js";
import { manifestContext, type StageInput } from "../../render/prepare.js";
import { render, type Templates } from "../../render/render.js";
import { applyLock } from "../../resolve/apply-lock.js";
import { resolveGraph } from "../../resolve/graph.js";
import { testsDigest } from "../../resolve/tags.js";
import { hashArtifacts, manifestEntries, stageArtifacts } from "./artifacts.js";
import { checkLocked, checkRequests } from "./package-checks.js";
import { type PackageManifests, readPackageManifests, stageManifest } from "./package-manifests.js";
import { approveStage } from "./stage-approval.js";

export interface LoadedCatalogue {
  readonly desired: Desired;
  readonly catalogue: Catalogue;
  readonly graph: Graph;
  readonly tree: FileTree;
  /** Every problem of the whole catalogue, in order of place. With an error among them, `desired` lacks images. */
  readonly diagnostics: readonly Diagnostic[];
  /** Those of single images. */
  readonly found: ReadonlyMap<ImageName, readonly Diagnostic[]>;
}

export interface LoadOptions {
  /** `YYYY-MM-DD` (UTC): exceptions hold for a time. */
  readonly today: string;
  /** Shares the work for what two trees have in common. */
  readonly cache?: LoadCache | undefined;
  /** For who makes the lock: every image is open, and nothing is said of what slipway.lock holds. It is in the catalogue still. */
  readonly lock?: "ignore";
  /** Only these images of the catalogue are in the tree: what slipway.lock has for others is nothing to speak of. */
  readonly part?: ReadonlySet<string>;
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
export async function loadDesired(tree: FileTree, builtIn: Templates, options: LoadOptions): Promise<LoadedCatalogue> {
  const { catalogue, diagnostics } = await loadCatalogue(tree, options.cache);
  const loading = options.lock === "ignore" ? diagnostics.filter(({ code }) => code !== "lock-syntax") : diagnostics;
  const loaded = await desiredOf(catalogue, tree, builtIn, options);
  return { ...loaded, diagnostics: [...loading, ...loaded.diagnostics].sort(byPlace) };
}

/** The same for what was loaded already, or a part of it. */
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
  const hashes = await hashArtifacts(tree, { catalogue, graph, manifests });
  const taken = MANAGERS.map(({ name }) => name);
  const checking: Diagnostic[] = [
    ...compiling,
    ...managerNameProblems(catalogue.languages, taken),
    ...licenseProblems(catalogue),
    ...listManagerProblems(catalogue, (os) => managerFor("system", os)),
  ];
  const images = new Map<ImageName, DesiredImage>();
  const found = new Map<ImageName, readonly Diagnostic[]>();
  const exceptions = new ExceptionLedger(catalogue.exceptions, today);
  const managers = managersOf(catalogue);
  const surroundings: Surroundings = {
    ...{ catalogue, graph, manifests, hashes, images, managers, templates, exceptions, today },
    isLocking: options.lock === "ignore",
  };
  for (const node of graph.nodes.values()) {
    const { image, diagnostics } = desire(node, surroundings);
    if (diagnostics.length > 0) found.set(node.name, diagnostics);
    if (image) images.set(node.name, image);
  }
  const locked = options.lock === "ignore" ? { images, diagnostics: [] } : applyLock(images, catalogue, options.part);
  const contents = checkLocked(locked.images, { catalogue, managers, exceptions });
  for (const [name, problems] of contents) found.set(name, [...(found.get(name) ?? []), ...problems]);
  checking.push(...[...found.values()].flat());
  const checked = new Set(graph.nodes.keys());
  const { used } = exceptions;
  checking.push(...exceptionProblems({ catalogue, today, checked, used, locked: new Set(contents.keys()) }));
  return {
    desired: { commit: tree.commit, settings: catalogue.settings, images: locked.images },
    catalogue,
    graph,
    tree,
    diagnostics: [...once([...resolving, ...checking, ...locked.diagnostics])].sort(byPlace),
    found,
  };
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
  /** What is not in slipway.lock is about to be. */
  readonly isLocking: boolean;
}

/** Checks and renders one image. Without a sound parent it is left out; the parent's own diagnostics say why. */
function desire(node: ImageNode, surroundings: Surroundings) {
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
  diagnostics.push(...checkRequests(node, packages, { catalogue, graph, managers, images, exceptions, isLocking }));
  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics };
  if (node.parents.some((name) => !images.has(name))) return { diagnostics };
  const rendered = render({ node, stages }, templates);
  if (!rendered.ok) return { diagnostics: [...diagnostics, ...rendered.diagnostics] };
  const parent = node.parent === undefined ? undefined : images.get(node.parent);
  const { tests: own } = node.definition;
  const tests: ImageTest[] = [...(parent?.tests ?? []), ...own];
  const demands = testsDigest(parent?.testsDigest ?? "", own);
  const tags = node.definition.tags ?? catalogue.settings.defaults.tags;
  return { image: { node, recipe: rendered.recipe, tags, tests, testsDigest: demands }, diagnostics };
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

/** A module is part of many images, and a definition with a matrix is many images: what is wrong there is said once. */
function once(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map(
    diagnostics.map((each) => [`${each.file} ${each.line} ${each.column} ${each.code} ${each.message}`, each]),
  );
  return [...seen.values()];
}

const byPlace = (a: Diagnostic, b: Diagnostic) =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
