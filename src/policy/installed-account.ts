import type { Inventory, InventoryPackage } from "../model/inventory.js";
import type { LockedPackage } from "../model/lock.js";
import { kindOf, normalName, TYPE_OF_MANAGER } from "../model/package-types.js";
import type { DatabaseProblem } from "./file-rules.js";

export interface InstalledAccount {
  readonly inventory: Inventory;
  /** Of what the image starts from; undefined: it starts from nothing. */
  readonly base: Inventory | undefined;
  /** What was installed in the image itself and in the stages that it derives from. */
  readonly closure: readonly LockedPackage[];
}

/** Compares what is installed in an image with what it starts from and what was installed. */
export function installedProblems({ inventory, base, closure }: InstalledAccount): readonly DatabaseProblem[] {
  const expected = closure.flatMap((entry) => {
    const type = TYPE_OF_MANAGER[entry.manager];
    return type === undefined ? [] : [{ ...entry, type, name: normalName(type, entry.name) }];
  });
  const added = new Map(expected.map((entry) => [`${entry.type} ${entry.name}`, entry]));
  const there = new Set(inventory.packages.flatMap((found) => [versionOf(found), placeOf(found)]));
  const old = new Set((base?.packages ?? []).map(versionOf));
  const exact = new Set(expected.map(versionOf));
  const shown = ({ type, name, version }: Pick<InventoryPackage, "type" | "name" | "version">) =>
    `${name} ${version} (${type})`;
  const missing = [
    ...expected.filter((entry) => !there.has(versionOf(entry))),
    // What a system package brought goes with it; a newer version takes the place of an older one.
    ...(base?.packages ?? []).filter(
      (found) =>
        found.ownedBy === undefined &&
        !there.has(placeOf(found)) &&
        !added.has(`${found.type} ${normalName(found.type, found.name)}`),
    ),
  ];
  // Language packages bring others inside of them; where nothing requests one, another rule says so.
  const more = inventory.packages.filter(
    (found) => kindOf(found.type) === "system" && !old.has(versionOf(found)) && !exact.has(versionOf(found)),
  );
  return [
    ...missing.map((entry) => ({ what: shown(entry), problem: "is missing", place: "" })),
    ...more.map((found) => ({ what: shown(found), problem: "is there, and nothing installs it", place: found.place })),
  ];
}

type Versioned = Pick<InventoryPackage, "type" | "name" | "version">;

const versionOf = ({ type, name, version }: Versioned) => `${type} ${normalName(type, name)} ${version}`;

const placeOf = (found: InventoryPackage) => `${versionOf(found)} ${found.place}`;
