import type { LockedBase, LockedImage } from "../model/lock.js";
import { asciiJson, LOCK_HEADER, packageJson, packageOrder } from "../model/lock-syntax.js";
import type { ImageName } from "../model/names.js";

/**
 * The text of slipway.lock: one line per package, everything sorted, so that a change to an image touches only its own lines. The
 * order of the input makes no difference.
 */
export function lockText(
  images: ReadonlyMap<ImageName, LockedImage>,
  bases: ReadonlyMap<string, LockedBase>,
  wanted: Iterable<ImageName> = [],
): string {
  const names = [...wanted].sort();
  const entries = sorted(images).map(([name, image]) => entryText(name, image));
  const lines = sorted(bases).map(([ref, { digest, platforms }]) => {
    return `  - ${asciiJson({ ref, digest, platforms: Object.fromEntries(sorted(platforms)) })}\n`;
  });
  return [
    `${LOCK_HEADER}\nkind: Lock\n`,
    lines.length === 0 ? "bases: []\n" : `bases:\n${lines.join("")}`,
    names.length === 0 ? "" : `wanted: [${names.join(", ")}]\n`,
    entries.length === 0 ? "images: {}\n" : `images:\n${entries.join("")}`,
  ].join("");
}

function entryText(name: ImageName, { madeFrom, packages }: LockedImage): string {
  const head = `  ${name}:\n    made-from: ${madeFrom}\n`;
  if (packages.length === 0) return `${head}    packages: []\n`;
  const lines = packages
    .map(packageJson)
    .map((json) => [packageOrder(json), `      - ${json}\n`] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `${head}    packages:\n${lines.map(([, line]) => line).join("")}`;
}

const sorted = <K extends string, V>(map: ReadonlyMap<K, V>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
