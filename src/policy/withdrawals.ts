import type { ApprovedList, Catalogue, Withdrawal } from "../model/catalogue.js";
import { firstOf } from "../model/cut.js";
import type { Deprecation } from "../model/definition.js";
import type { Desired, DesiredImage } from "../model/desired.js";
import { type Diagnostic, errorAt, type Place } from "../model/diagnostic.js";
import type { Graph, ImageNode } from "../model/graph.js";
import type { ImageName } from "../model/names.js";
import type { Managers } from "../model/package-syntax.js";
import { withdrawnBaseProblem, withdrawnProblem } from "./withdrawn.js";

/** One side of a change. */
export interface Side {
  readonly catalogue: Catalogue;
  readonly graph: Graph;
  readonly desired: Desired;
}

export interface Change {
  readonly before: Side;
  readonly after: Side;
  readonly managers: Managers;
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/** More names than these help nobody. */
const MAX_NAMES = 20;

/**
 * Reports what a change takes back: for each package and base whose approval is removed, or that is withdrawn now, the images
 * that use it and those that derive from them; and images that begin to use what was withdrawn before.
 */
export function withdrawalProblems(change: Change): Diagnostic[] {
  return [...takenBack(change).flatMap((item) => reachedBy(item, change)), ...newUses(change)];
}

/** A package or base that images use, by the identifier that `uses` gives it. */
interface Item {
  readonly id: string;
  readonly what: string;
  readonly hint: string;
  readonly at: () => Place;
}

const REFUSED = "change these images first, or write `dependents: deprecate`";
const DEPRECATED = "they remain as deprecated images; nothing else may use it";
const DELETED = "change these images first, or keep the entry with `withdrawn: {reason: …, dependents: deprecate}`";

function hintFor(entry: { readonly withdrawn?: Withdrawal } | undefined): string {
  if (entry === undefined) return DELETED;
  return entry.withdrawn?.dependents === "deprecate" ? DEPRECATED : REFUSED;
}

function takenBack({ before, after, managers }: Change): Item[] {
  const packages = KINDS.flatMap((kind) =>
    [...lists(before.catalogue, kind).values()].flatMap((list) => {
      const syntax = managers.find(kind, list.scope);
      if (syntax === undefined) return [];
      const now = lists(after.catalogue, kind).get(list.scope);
      return [...list.packages.values()].flatMap((approved): Item[] => {
        const entry = now?.packages.get(approved.name);
        if (entry !== undefined && (entry.withdrawn === undefined || approved.withdrawn !== undefined)) return [];
        const id = packageId(kind, list.scope, syntax.normalise(approved.name));
        const what = `the package ${approved.name} of ${list.scope}`;
        return [{ id, what, hint: hintFor(entry), at: () => placeOf(entry, now, list) }];
      });
    }),
  );
  const bases = [...before.catalogue.bases.values()].flatMap((base): Item[] => {
    const entry = after.catalogue.bases.get(base.ref);
    if (entry !== undefined && (entry.withdrawn === undefined || base.withdrawn !== undefined)) return [];
    const at = () => (entry ? entry.source.at(entry.pointer) : startOf("catalog/bases.yaml"));
    return [{ id: baseId(base.ref), what: `the base ${base.ref}`, hint: hintFor(entry), at }];
  });
  return [...packages, ...bases];
}

const KINDS = ["system", "runtime"] as const;

const lists = ({ systemLists, runtimeLists }: Catalogue, kind: (typeof KINDS)[number]) =>
  kind === "system" ? systemLists : runtimeLists;

const packageId = (kind: string, scope: string, name: string) => `${kind} ${scope} ${name}`;
const baseId = (ref: string) => `base ${ref}`;

const startOf = (file: string): Place => ({ file, line: 1, column: 1 });

function placeOf(
  entry: { readonly source: { at(pointer: string): Place }; readonly pointer: string } | undefined,
  now: ApprovedList | undefined,
  old: ApprovedList,
): Place {
  if (entry) return entry.source.at(entry.pointer);
  return startOf(now?.files[0] ?? old.files[0] ?? "");
}

function reachedBy({ id, what, hint, at }: Item, { before, after, managers }: Change): Diagnostic[] {
  const using = [...before.desired.images.values()].filter((image) => {
    const node = after.graph.nodes.get(image.node.name);
    if (node === undefined || !uses(image, managers).has(id)) return false;
    // An image that the change has fixed no longer uses it. Whether a rejected image is fixed is not known.
    const now = after.desired.images.get(image.node.name);
    return now === undefined || uses(now, managers).has(id);
  });
  const names = using.map(({ node }) => node.name);
  if (names.length === 0) return [];
  const derived = descendants(names, after.graph);
  const rest = derived.length === 0 ? "" : `; derived from them: ${listed(derived)}`;
  const message = `${what} is no longer approved. Images that use it: ${listed(names)}${rest}`;
  return [{ ...errorAt(at(), "approval-withdrawn", message, hint), severity: "warning" }];
}

const listed = (names: readonly string[]) => firstOf(names, MAX_NAMES);

function descendants(names: readonly ImageName[], { nodes }: Graph): ImageName[] {
  const family = new Set(names);
  // Iterating over a set includes what is added meanwhile.
  for (const name of family) for (const child of nodes.get(name)?.children ?? []) family.add(child);
  return [...family].filter((name) => !names.includes(name)).sort();
}

/** Everything that an image itself brings in, as far as definitions and the lockfile tell. */
function uses({ node, recipe }: DesiredImage, managers: Managers): ReadonlySet<string> {
  const { origin } = node.definition;
  const ids = new Set<string>();
  const add = (kind: (typeof KINDS)[number], name: string, scope = kind === "system" ? node.os : node.language) => {
    const syntax = managers.find(kind, scope);
    if (syntax !== undefined && scope !== undefined) ids.add(packageId(kind, scope, syntax.normalise(name)));
  };
  for (const { kind, name } of recipe.packages) add(kind, name);
  for (const { manager, name } of recipe.locked?.packages ?? [])
    add(["apt", "dnf"].includes(manager) ? "system" : "runtime", name);
  if (origin.type === "bootstrap") for (const name of origin.bootstrap.packages) add("system", name);
  for (const { base } of node.stages) if (base.type === "external") ids.add(baseId(base.base.ref));
  return ids;
}

/** Images that begin to use what only existing users may keep. */
function newUses({ before, after, managers, today }: Change): Diagnostic[] {
  const keepable = givenUp(after.catalogue, managers);
  return [...after.desired.images.values()].flatMap((image) => {
    const { name } = image.node;
    const old = before.desired.images.get(name);
    const node = before.graph.nodes.get(name);
    const parents = newParents(image.node, node, after.graph, today);
    // It is not known what a formerly broken image used.
    return old === undefined && node !== undefined
      ? parents
      : [...parents, ...newPackages(image, old, { keepable, managers })];
  });
}

function newParents(node: ImageNode, old: ImageNode | undefined, { nodes }: Graph, today: string): Diagnostic[] {
  return node.stages.flatMap(({ base, bodies }) => {
    const parent = base.type === "image" ? nodes.get(base.image) : undefined;
    const deprecated = parent?.definition.metadata.deprecated;
    const own = bodies.at(-1);
    if (parent === undefined || own === undefined || !holds(deprecated, today)) return [];
    if (old?.stages.some((stage) => stage.base.type === "image" && stage.base.image === parent.name)) return [];
    const message = `nothing more may derive from ${parent.name}: ${deprecated.reason}`;
    const hint =
      deprecated.replacement === undefined ? "derive from another image" : `derive from \`${deprecated.replacement}\``;
    return [errorAt(own.source.at(`${own.pointer}/parent`), "deprecated-image-new", message, hint)];
  });
}

const holds = (deprecated: Deprecation | undefined, today: string): deprecated is Deprecation =>
  deprecated !== undefined && (deprecated.since ?? "") <= today;

interface GivenUp {
  readonly keepable: ReadonlyMap<string, { readonly name: string; readonly withdrawn: Withdrawal }>;
  readonly managers: Managers;
}

function newPackages(
  image: DesiredImage,
  old: DesiredImage | undefined,
  { keepable, managers }: GivenUp,
): Diagnostic[] {
  if (keepable.size === 0) return [];
  const known = old && uses(old, managers);
  return [...uses(image, managers)].flatMap((id) => {
    const entry = keepable.get(id);
    if (entry === undefined || known?.has(id)) return [];
    const { source, pointer } = image.node.definition;
    const make = id.startsWith("base ") ? withdrawnBaseProblem : withdrawnProblem;
    return [{ ...source.at(pointer), ...make(entry.name, { ...entry.withdrawn, dependents: "refuse" }) }];
  });
}

/** Packages and bases that only existing users may keep. */
function givenUp(catalogue: Catalogue, managers: Managers): GivenUp["keepable"] {
  const keepable = new Map<string, { readonly name: string; readonly withdrawn: Withdrawal }>();
  for (const kind of KINDS)
    for (const list of lists(catalogue, kind).values())
      for (const { name, withdrawn } of list.packages.values()) {
        const syntax = managers.find(kind, list.scope);
        if (withdrawn?.dependents !== "deprecate" || syntax === undefined) continue;
        keepable.set(packageId(kind, list.scope, syntax.normalise(name)), { name, withdrawn });
      }
  for (const { ref, withdrawn } of catalogue.bases.values())
    if (withdrawn?.dependents === "deprecate") keepable.set(baseId(ref), { name: ref, withdrawn });
  return keepable;
}

/**
 * The reasons for which images should no longer be used: the definition says so, or the image or one that it derives from contains
 * something withdrawn.
 */
export function deprecations(side: Side, managers: Managers): ReadonlyMap<ImageName, Deprecation> {
  const keepable = givenUp(side.catalogue, managers);
  // What a parent contains is in its children as well; a parent's own deprecation is not theirs.
  const content = new Map<ImageName, Deprecation>();
  const byImage = new Map<ImageName, Deprecation>();
  for (const image of side.desired.images.values()) {
    const { name, definition, parent } = image.node;
    const inside = withdrawnIn(image, keepable, managers) ?? (parent && content.get(parent));
    if (inside) content.set(name, inside);
    const deprecated = definition.metadata.deprecated ?? inside;
    if (deprecated) byImage.set(name, deprecated);
  }
  return byImage;
}

function withdrawnIn(image: DesiredImage, keepable: GivenUp["keepable"], managers: Managers): Deprecation | undefined {
  if (keepable.size === 0) return undefined;
  const entry = [...uses(image, managers)].map((id) => keepable.get(id)).find((each) => each !== undefined);
  if (entry === undefined) return undefined;
  const { since, reason } = entry.withdrawn;
  return { reason: `${entry.name} is withdrawn: ${reason}`, ...(since === undefined ? {} : { since }) };
}
