import type { Catalogue } from "../model/catalogue.js";
import type { DesiredImage } from "../model/desired.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { Lock, LockedImage } from "../model/lock.js";
import type { ImageName } from "../model/names.js";
import { type LockInputs, lockInputsOf, rootDigest } from "./lock-inputs.js";
import { withLocked } from "./with-locked.js";

export interface Locked {
  readonly images: ReadonlyMap<ImageName, DesiredImage>;
  readonly diagnostics: readonly Diagnostic[];
}

const HINT = "run `slipway lock`";

/**
 * Gives images the packages that the lockfile has for them, and reports stale entries: those made from something other than what
 * the catalogue says now. An image with a stale entry stays open, so that its other problems are reported as well.
 * `part`: only these images of the catalogue were read.
 */
export function applyLock(
  images: ReadonlyMap<ImageName, DesiredImage>,
  catalogue: Catalogue,
  part?: ReadonlySet<string>,
): Locked {
  const { lock } = catalogue;
  if (lock === undefined) return { images, diagnostics: [] };
  const result = new Map<ImageName, DesiredImage>();
  const roots = new Map<ImageName, string>();
  const diagnostics: Diagnostic[] = [];
  for (const [name, image] of images) {
    const problem = lock.problem(name);
    if (problem !== undefined) diagnostics.push(problem);
    const entry = lock.find(name);
    const inputs = entry && lockInputsOf(image, roots);
    const isFresh = entry !== undefined && inputs !== undefined && entry.madeFrom === inputs.own + inputs.start;
    if (entry && inputs && !isFresh) diagnostics.push(stale(image, { images, lock, entry, inputs }));
    result.set(name, isFresh ? withLocked(image, entry) : image);
    // By the lockfile's entry, stale or not: one stale entry is one mistake, whatever is built on the image.
    if (image.node.children.length > 0) roots.set(name, rootDigest(image, entry?.packages, roots));
  }
  return {
    images: result,
    diagnostics: [...diagnostics, ...staleBases(catalogue, lock), ...unknown(catalogue, lock, part)],
  };
}

function stale(image: DesiredImage, { images, lock, entry, inputs }: Stale): Diagnostic {
  const { node } = image;
  const changes: string[] = [];
  if (!entry.madeFrom.startsWith(inputs.own)) {
    const seen = visibleChange(image, { images, lock, entry });
    changes.push(`what it requests has changed${seen === undefined ? "" : ` (${seen})`}`);
  }
  if (!entry.madeFrom.endsWith(inputs.start)) {
    const bases = node.stages.flatMap(({ base }) =>
      base.type === "image" ? [base.image] : base.type === "external" ? [base.base.ref] : [],
    );
    changes.push(`what it starts from has other packages (${[...new Set(bases)].join(", ")})`);
  }
  return errorAt(lock.at(node.name), "lock-stale", `the entry of ${node.name} is stale: ${changes.join("; ")}`, HINT);
}

interface Entry {
  readonly images: ReadonlyMap<ImageName, DesiredImage>;
  readonly lock: Lock;
  readonly entry: LockedImage;
}

interface Stale extends Entry {
  readonly inputs: LockInputs;
}

/** A difference that shows in names; undefined: versions, approved lists or package manifests differ. */
function visibleChange({ node, recipe }: DesiredImage, { images, lock, entry }: Entry): string | undefined {
  const there = new Set(entry.packages.map(idOf));
  const wanted = new Set(recipe.packages.map(idOf));
  const surplus = entry.packages.find((each) => each.why.length === 0 && !each.bootstrap && !wanted.has(idOf(each)));
  if (surplus !== undefined) return `no longer ${surplus.name}`;
  // The lockfile does not repeat the packages of an ancestor.
  for (let at = node.parent && images.get(node.parent); at; at = at.node.parent && images.get(at.node.parent))
    for (const each of lock.find(at.node.name)?.packages ?? []) there.add(idOf(each));
  const named = recipe.packages.filter(({ constraint, optional }) => constraint === undefined && !optional);
  const missing = named.find((each) => !there.has(idOf(each)));
  return missing && `${missing.name} is not in the lockfile`;
}

const idOf = ({ stage, manager, name }: { readonly stage?: string; readonly manager: string; readonly name: string }) =>
  `${stage ?? ""} ${manager} ${name.toLowerCase().replace(/[-_.]+/g, "-")}`;

function staleBases({ bases }: Catalogue, lock: Lock): Diagnostic[] {
  return [...lock.bases].flatMap(([ref, { digest }]): Diagnostic[] => {
    const listed = bases.get(ref);
    if (listed?.digest === digest) return [];
    const place = lock.atBase(ref);
    if (listed === undefined)
      return [
        { ...errorAt(place, "lock-stale", `catalog/bases.yaml does not list ${ref}`, HINT), severity: "warning" },
      ];
    return [errorAt(place, "lock-stale", `catalog/bases.yaml has ${ref} with another digest`, HINT)];
  });
}

/** Entries of images that no longer exist. */
function unknown({ images, rejected }: Catalogue, lock: Lock, part?: ReadonlySet<string>): Diagnostic[] {
  const names = lock.names.filter((name) => !images.has(name) && !rejected?.has(name) && (part?.has(name) ?? true));
  return names.map((name) => ({
    ...errorAt(lock.at(name), "lock-unknown-image", `no image is named ${name}`, HINT),
    severity: "warning",
  }));
}
