import type { Desired, DesiredImage } from "../model/desired.js";
import type { PackageChange, PackageDiff } from "../model/gate.js";
import type { ImageName } from "../model/names.js";
import { constraint, installs, lockedVersions, nameOf } from "./package-reasons.js";

/**
 * The difference between the packages that an image and all that it derives from request, before and after. A missing image requests
 * nothing. If everything is locked on both sides, it is that between the installed packages, with all that come along.
 */
export function packageDiff(before: Desired, after: Desired, image: ImageName): PackageDiff {
  const isLocked = [before, after].every((desired) => isLockedWhole(desired, image));
  const [old, now] = isLocked
    ? [closureOf(before, image), closureOf(after, image)]
    : [packagesOf(before, image), packagesOf(after, image)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  const changes = names.flatMap((id): PackageChange[] => {
    const [from, to] = [old.get(id) ?? null, now.get(id) ?? null];
    return from === to ? [] : [{ name: nameOf(id), from, to }];
  });
  return {
    added: changes.filter(({ from }) => from === null),
    removed: changes.filter(({ to }) => to === null),
    changed: changes.filter(({ from, to }) => from !== null && to !== null),
  };
}

/** An image and what it derives from, the image first. */
function chainOf({ images }: Desired, name: ImageName): DesiredImage[] {
  const chain: DesiredImage[] = [];
  for (let at = images.get(name); at !== undefined; at = images.get(at.node.parent as ImageName)) chain.push(at);
  return chain;
}

function isLockedWhole(desired: Desired, name: ImageName): boolean {
  const chain = chainOf(desired, name);
  return chain.length > 0 && chain.every(({ recipe }) => recipe.locked !== undefined || !installs(recipe));
}

/** Versions by manager and name; the image's own where one that it derives from installs the same package. */
function closureOf(desired: Desired, name: ImageName): Map<string, string> {
  const closure = new Map<string, string>();
  for (const { recipe } of chainOf(desired, name)) {
    const own = (recipe.locked?.packages ?? []).filter(({ stage }) => stage === undefined);
    for (const [id, versions] of lockedVersions(own)) setFirst(closure, id, versions);
  }
  return closure;
}

/** Requests by kind and name; the image's own where one that it derives from requests the same package. */
function packagesOf(desired: Desired, name: ImageName): Map<string, string> {
  const requests = new Map<string, string>();
  for (const { recipe, node } of chainOf(desired, name)) {
    for (const entry of recipe.packages.filter(({ stage }) => stage === undefined))
      setFirst(requests, `${entry.kind}\t${entry.name}`, constraint(entry));
    const { origin } = node.definition;
    if (origin.type !== "bootstrap") continue;
    for (const entry of origin.bootstrap.packages) setFirst(requests, `system\t${entry}`, "any version");
  }
  return requests;
}

function setFirst(map: Map<string, string>, key: string, value: string): void {
  if (!map.has(key)) map.set(key, value);
}
