import fc from "fast-check";
import type { LockedBase, LockedImage, LockedPackage } from "../../src/model/lock.js";
import type { ImageName } from "../../src/model/names.js";
import { lockText } from "../../src/report/lock-text.js";
import { digest } from "./definitions.js";

/** A locked package of apt, with the members that a test cares about. */
export function locked(name: string, version: string, fields: Partial<LockedPackage> = {}): LockedPackage {
  const file = `${name}_${version.replace(":", "%3a")}_amd64.deb`;
  return { manager: "apt", name, version, arch: "amd64", file, size: 1, sha256: "a".repeat(64), why: [], ...fields };
}

export type LockFields = Readonly<Record<string, readonly LockedPackage[] | LockedImage>>;

/** The text of a lockfile; entries without `madeFrom` get one that matches nothing. */
export function lockOf(images: LockFields, bases: Readonly<Record<string, string>> = {}): string {
  const entries = Object.entries(images).map(([name, entry]): [ImageName, LockedImage] => {
    return [name as ImageName, "packages" in entry ? entry : { madeFrom: "0".repeat(64), packages: entry }];
  });
  const external = Object.entries(bases).map(([ref, digit]): [string, LockedBase] => {
    return [ref, { digest: digest(digit), platforms: new Map() }];
  });
  return lockText(new Map(entries), new Map(external));
}

const name = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9+._-]{0,6}$/);
const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const names = fc.uniqueArray(name, { maxLength: 3 }).map((list) => [...list].sort());
const license = fc.string({ minLength: 1, maxLength: 30, unit: "binary" }).filter((text) => !/\p{Cc}/u.test(text));

/** Any package that the format can express. */
export const anyPackage: fc.Arbitrary<LockedPackage> = fc.record(
  {
    stage: fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/),
    manager: fc.constantFrom("apt", "dnf", "pip", "npm"),
    name,
    version: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9+.~:_^!-]{0,8}$/),
    arch: fc.constantFrom("amd64", "x86_64", "all"),
    file: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9+.~:_^!%-]{0,12}$/),
    size: fc.nat(),
    sha256: hex,
    source: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ()+.~:]{0,9}$/),
    license,
    why: names,
    bootstrap: fc.constant(true as const),
  },
  { requiredKeys: ["manager", "name", "version", "file", "size", "sha256", "why"], noNullPrototype: true },
);

const platform = fc.constantFrom("linux/amd64", "linux/arm64", "linux/arm/v7");
const sha256 = hex.map((text) => `sha256:${text}`);

export const anyBases = fc
  .dictionary(
    fc.stringMatching(/^[a-z0-9][a-z0-9./:-]{0,9}$/),
    fc.record({ digest: sha256, platforms: fc.uniqueArray(fc.tuple(platform, sha256), { selector: ([key]) => key }) }),
  )
  .map(
    (found) =>
      new Map(Object.entries(found).map(([ref, base]) => [ref, { ...base, platforms: new Map(base.platforms) }])),
  ) as unknown as fc.Arbitrary<Map<string, LockedBase>>;
