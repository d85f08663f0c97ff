import type { DesiredImage } from "../../src/model/desired.js";
import type { ImageContents } from "../../src/model/inventory.js";
import type { LockedPackage } from "../../src/model/lock.js";
import type { ImageName } from "../../src/model/names.js";
import { lockedContents } from "../../src/resolve/locked-contents.js";
import { image, imageName } from "../support/definitions.js";
import { desired, desiredImage } from "../support/desired.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/locked-contents");

const HEAD = desired([image("a"), image("b", { parent: "a" })]);

const locked = (fields: Partial<LockedPackage>): LockedPackage => ({
  manager: "apt",
  name: "libpq5",
  version: "15.18",
  file: "f",
  size: 1,
  sha256: "0".repeat(64),
  why: [],
  ...fields,
});

function contents(packages: Readonly<Record<string, readonly LockedPackage[] | undefined>>) {
  const known = new Map<ImageName, ImageContents>();
  for (const name of ["a", "b"]) {
    const { recipe, ...rest } = desiredImage(HEAD, name);
    const own = packages[name];
    const one: DesiredImage = {
      ...rest,
      recipe: own === undefined ? recipe : { ...recipe, locked: { packages: own } },
    };
    known.set(imageName(name), lockedContents(one, known));
  }
  return known.get(imageName("b")) as ImageContents;
}

const short = ({ packages }: ImageContents) =>
  packages.map(({ name, version, broughtBy, why }) => `${name} ${version} ${broughtBy} ${why.type}`);

test("an image has what its ancestors have, and what it upgrades once", () => {
  const found = contents({
    a: [locked({ bootstrap: true }), locked({ name: "adduser", why: ["libpq5"] })],
    b: [locked({ version: "15.19" }), locked({ name: "libc6", stage: "build" })],
  });
  assert.is(found.from, "lock");
  assert.equal(short(found), ["adduser 15.18 a needed", "libpq5 15.19 b asked"]);
  assert.equal(short(contents({ a: [locked({ bootstrap: true })], b: [] })), ["libpq5 15.18 a system"]);
});

test("several versions of one npm package stay", () => {
  const npm = (version: string) => locked({ manager: "npm", name: "ms", version });
  assert.equal(short(contents({ a: [npm("1.0.0")], b: [npm("2.0.0")] })), ["ms 1.0.0 a asked", "ms 2.0.0 b asked"]);
});

test("an image on one that is not in the lock is unknown, with what is known of it", () => {
  const found = contents({ b: [locked({ source: "postgresql-15 15.18-0" })] });
  assert.is(found.from, "unknown");
  assert.equal(found.packages[0]?.source, { name: "postgresql-15", version: "15.18-0" });
  assert.is(contents({ a: [] }).from, "unknown");
});

test.run();
