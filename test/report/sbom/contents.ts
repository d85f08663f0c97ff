import fc from "fast-check";
import {
  EXTERNAL,
  type ImageContents,
  type OwnedPackage,
  type PackageType,
  type Why,
} from "../../../src/model/inventory.js";
import type { Digest, ImageName } from "../../../src/model/names.js";

export const DIGEST = `sha256:${"ab".repeat(32)}` as Digest;

/** A package of Debian's that a test says something of. */
export const owned = (fields: Partial<OwnedPackage> & Pick<OwnedPackage, "name">): OwnedPackage => ({
  type: "deb",
  kind: "system",
  version: "1.0-1",
  place: "/var/lib/dpkg/status",
  requires: [],
  provides: [],
  why: { type: "asked" },
  broughtBy: "app" as ImageName,
  ...fields,
});

export const contentsOf = (packages: readonly OwnedPackage[], more: Partial<ImageContents> = {}): ImageContents => ({
  image: "app" as ImageName,
  from: "image",
  os: { id: "debian", version: "12" },
  packages,
  ...more,
});

/** One of everything that the formats treat in a way of its own. */
export const RICH = contentsOf([
  owned({
    name: "libc6",
    version: "2.36-9",
    arch: "amd64",
    system: true,
    why: { type: "system" },
    broughtBy: EXTERNAL,
  }),
  owned({
    name: "libpq5",
    version: "15.18-0+deb12u1",
    arch: "amd64",
    source: { name: "postgresql-15", version: "15.18-0+deb12u1" },
    license: "PostgreSQL",
    requires: [["libc6", "libc6-other"], ["libnothing"]],
    provides: ["libpq"],
  }),
  owned({ name: "tzdata", license: "public domain, mostly", why: { type: "needed", by: ["libpq5"] } }),
  owned({ type: "rpm", name: "curl", version: "1:8.1-2.ph5", arch: "x86_64", license: "MIT AND LicenseRef-curl" }),
  owned({ type: "apk", name: "busybox", version: "1.36-r0", license: "gpl-2.0-only" }),
  owned({
    type: "pypi",
    kind: "runtime",
    name: "Flask_Login",
    version: "0.6",
    place: "/usr/lib/python3/a",
    ownedBy: "python3-flask",
  }),
  owned({
    type: "npm",
    kind: "runtime",
    name: "@scope/pkg",
    place: "/app/node_modules/@scope/pkg",
    why: { type: "unasked" },
  }),
  owned({
    type: "npm",
    kind: "runtime",
    name: "@scope/pkg",
    place: "/opt/node_modules/@scope/pkg",
    why: { type: "locked" },
  }),
  owned({ type: "gem", kind: "runtime", name: "rake", place: "/gems", license: "MIT OR Ruby" }),
  owned({ type: "golang", kind: "runtime", name: "github.com/a/b", version: "v1.2.3", place: "/usr/bin/b" }),
  owned({ type: "maven", kind: "runtime", name: "org.apache:commons", place: "/app.jar" }),
  owned({ type: "nuget", kind: "runtime", name: "Az.Accounts", place: "/modules" }),
]);

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom("a", "@a/b", "a/b/c", "a:b", "[x]", "é", '"'),
);
const names = fc.array(text, { maxLength: 3 });
const why: fc.Arbitrary<Why> = fc.oneof(
  fc.constantFrom<Why>({ type: "asked" }, { type: "system" }, { type: "locked" }, { type: "unasked" }),
  names.map((by): Why => ({ type: "needed", by })),
);
const license = fc.oneof(
  text,
  fc.constantFrom("MIT", "mit", "MIT OR Apache-2.0", "GPL-2.0+", "LicenseRef-x", "(MIT)", "constructor"),
);
const types: readonly PackageType[] = ["deb", "rpm", "apk", "pypi", "npm", "gem", "golang", "maven", "nuget"];

const anyPackage: fc.Arbitrary<OwnedPackage> = fc.record(
  {
    type: fc.constantFrom(...types),
    kind: fc.constantFrom("system" as const, "runtime" as const),
    name: text,
    version: fc.oneof(text, fc.constantFrom("1.0", "v1.0", "1:2-3")),
    place: text,
    requires: fc.array(names, { maxLength: 3 }),
    provides: names,
    why,
    broughtBy: text.map((name) => name as ImageName),
    arch: text,
    source: fc.record({ name: text, version: text }),
    license,
    system: fc.constant(true as const),
    ownedBy: text,
  },
  { requiredKeys: ["type", "kind", "name", "version", "place", "requires", "provides", "why", "broughtBy"] },
);

export const anyContents: fc.Arbitrary<ImageContents> = fc
  .record(
    {
      image: fc.constantFrom("app" as ImageName),
      from: fc.constantFrom("image" as const, "lock" as const),
      os: fc.record({ id: text, version: fc.string({ maxLength: 4 }) }),
      packages: fc.array(anyPackage, { maxLength: 6 }),
    },
    { requiredKeys: ["image", "from", "packages"] },
  )
  .map((contents) => structuredClone(contents));
