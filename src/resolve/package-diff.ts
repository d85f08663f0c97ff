import type { Desired } from "../model/desired.js";
import type { PackageChange, PackageDiff } from "../model/gate.js";
import type { ImageName } from "../model/names.js";
import { constraint } from "./reasons.js";

/** What an image asks for, itself and in all that it derives from, before and after. One that is not there asks for nothing. */
export function packageDiff(before: Desired, after: Desired, image: ImageName): PackageDiff {
  const [old, now] = [packagesOf(before, image), packagesOf(after, image)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  const changes = names.flatMap((id): PackageChange[] => {
    const [from, to] = [old.get(id) ?? null, now.get(id) ?? null];
    return from === to ? [] : [{ name: id.slice(id.indexOf(" ") + 1), from, to }];
  });
  return {
    added: changes.filter(({ from }) => from === null),
    removed: changes.filter(({ to }) => to === null),
    changed: changes.filter(({ from, to }) => from !== null && to !== null),
  };
}

/** By kind and name; where an image and one it derives from name the same package, the image's own demand. */
function packagesOf(desired: Desired, name: ImageName): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = desired.images.get(name); at !== undefined; at = desired.images.get(at.node.parent as ImageName)) {
    const { recipe, node } = at;
    for (const entry of recipe.packages.filter(({ stage }) => stage === undefined))
      setFirst(found, `${entry.kind} ${entry.name}`, constraint(entry));
    const { origin } = node.definition;
    if (origin.type !== "bootstrap") continue;
    for (const entry of origin.bootstrap.packages) setFirst(found, `system ${entry}`, "any version");
  }
  return found;
}

function setFirst(map: Map<string, string>, key: string, value: string): void {
  if (!map.has(key)) map.set(key, value);
}
