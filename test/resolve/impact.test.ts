import fc from "fast-check";
import { EXTERNAL, type ImageContents, type OwnedPackage, type PackageType } from "../../src/model/inventory.js";
import type { ImageName } from "../../src/model/names.js";
import { compareVersions } from "../../src/packages/versions/compare.js";
import { resolveGraph } from "../../src/resolve/graph.js";
import { derivedOf, imagesOnBase, packageImpact, packagesNamed } from "../../src/resolve/impact.js";
import { impactAdvice } from "../../src/resolve/impact-advice.js";
import { parseTarget } from "../../src/resolve/impact-target.js";
import { originOf } from "../../src/resolve/package-origin.js";
import { parseRange } from "../../src/resolve/version-range.js";
import { catalogue, digest, image, imageName } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/impact");

const CATALOGUE = catalogue(
  [
    image("base", { os: "debian", bootstrap: { packages: ["ca-certificates"] } }),
    image("client", { parent: "base", system: ["postgresql-client"] }),
    image("web", { parent: "client", language: "nodejs", runtime: ["express 4.18.0"], setup: ["pip install x"] }),
    image("report", { parent: "base", stages: [{ name: "build", parent: "web" }] }),
    image("ubi", { from: "example.org/ubi:9", kind: "BaseImage" }),
  ],
  {
    system: { debian: { "postgresql-client": [], libpq5: ["15.17-1"] } },
    runtime: { nodejs: { express: ["4.*"] } },
    bases: [{ ref: "example.org/ubi:9", digest: digest("a") }],
  },
);
const { graph } = resolveGraph(CATALOGUE);

function owned(type: PackageType, text: string, broughtBy: string, why: OwnedPackage["why"]): OwnedPackage {
  const [name = "", version = "1"] = text.split(" ");
  const kind = type === "deb" ? "system" : "runtime";
  return { type, kind, name, version, place: "/p", requires: [], provides: [], why, broughtBy: broughtBy as ImageName };
}

const asked = { type: "asked" } as const;
const needed = (...by: readonly string[]) => ({ type: "needed", by }) as const;

const contents = (name: string, packages: readonly OwnedPackage[], from: ImageContents["from"] = "image") =>
  [imageName(name), { image: imageName(name), from, packages }] as const;

const CLIENT = [
  owned("deb", "postgresql-client 15+248", "client", asked),
  owned("deb", "postgresql-client-15 15.17-1", "client", needed("postgresql-client")),
  owned("deb", "libpq5 15.17-1", "client", needed("postgresql-client-15", "libpq-tools")),
  owned("deb", "libpq-tools 15.17-1", "client", needed("libpq5")),
];
const WEB = [
  ...CLIENT,
  owned("npm", "express 4.18.0", "web", asked),
  owned("npm", "ms 2.0.0", "web", needed("debug")),
  owned("npm", "debug 2.6.9", "web", needed("express", "debug")),
  owned("pypi", "x 1", "web", { type: "unasked" }),
];

test("how a package got there: the shortest way from what was asked for, and its line", () => {
  const [, web] = contents("web", WEB);
  const way = (name: string) => {
    const found = WEB.find((each) => each.name === name);
    assert.ok(found);
    const { chain, why, image: by, at } = originOf(found, web, graph);
    const { file, excerpt } = at();
    return `${by} ${why} ${chain.map((each) => each.name).join(">")} ${file} ${excerpt}`;
  };
  assert.is(
    way("libpq5"),
    "client asked postgresql-client>postgresql-client-15>libpq5 images/client/image.yaml /system-packages/0",
  );
  assert.is(way("ms"), "web asked express>debug>ms images/web/image.yaml /runtime-packages/0");
  assert.is(way("x"), "web unasked x images/web/image.yaml /setup key");
});

test("packages that need only one another come from nowhere, and that ends", () => {
  const circle = [owned("deb", "a 1", "base", needed("b")), owned("deb", "b 1", "base", needed("a"))] as const;
  const origin = originOf(circle[0], contents("base", circle)[1], graph);
  assert.equal([origin.chain.length, origin.at().excerpt], [1, "/bootstrap"]);
});

test("what a bootstrap and an external base bring", () => {
  const certificates = owned("deb", "ca-certificates 1", "base", { type: "system" });
  assert.is(originOf(certificates, contents("web", [certificates])[1], graph).at().excerpt, "/bootstrap/packages/0");
  const foreign = owned("deb", "glibc 1", "base", { type: "system" });
  const below = { ...foreign, broughtBy: EXTERNAL };
  const origin = originOf(below, contents("ubi", [below])[1], graph);
  assert.equal([origin.image, origin.why, origin.at().excerpt], ["ubi", "base", "/from"]);
});

const ALL = new Map([
  contents("base", []),
  contents("client", CLIENT),
  contents("web", WEB),
  contents("report", [], "unknown"),
  contents("ubi", []),
]);

const impactOf = (name: string, range?: string) => {
  const isMeant = packagesNamed(name, range === undefined ? undefined : parseRange(range), compareVersions);
  const affected = new Map(
    [...ALL].map(([image, { packages }]) => [image, packages.filter(isMeant).map((found) => ({ package: found }))]),
  );
  return packageImpact(affected, ALL, graph);
};

test("every image that has it, with all that is built from it, and those that nobody knows", () => {
  const { images, unknown } = impactOf("libpq5", "<15.18");
  assert.equal(
    images.map(({ image }) => image),
    ["client", "web"],
  );
  assert.equal(unknown, ["report"]);
  assert.equal(images[0]?.derived, [
    { image: imageName("web"), via: [], how: "derives" },
    { image: imageName("report"), via: [imageName("web")], how: "copies" },
  ]);
  assert.equal(impactOf("libpq5", ">=15.18").images, []);
});

test("what to change", () => {
  const advice = (name: string) => impactAdvice(impactOf(name).images, { catalogue: CATALOGUE, graph });
  assert.equal(advice("libpq5"), [
    "catalog/system/debian.yaml:1: approves libpq5 15.17-1",
    "rebuild client: another `rebuild.nonce` takes what the package manager offers now",
  ]);
  assert.equal(advice("ms"), [
    "catalog/runtime/nodejs.yaml:1: approves express 4.*",
    "images/web/image.yaml:1: web asks for express 4.18.0",
    "rebuild web: another `rebuild.nonce` takes what the package manager offers now",
  ]);
  assert.equal(advice("x"), ["images/web/image.yaml:1: `setup` or an artifact of web brings x"]);
});

test("targets", () => {
  const kind = (text: string) => {
    const target = parseTarget(text, CATALOGUE);
    return target?.type === "package" ? `package ${target.name}${target.range ? " in a range" : ""}` : target?.type;
  };
  assert.is(kind("web"), "image");
  assert.is(kind("package:web"), "package web");
  assert.is(kind("example.org/ubi:9"), "base");
  for (const id of ["CVE-2026-1", "GHSA-xxxx-xxxx-xxxx", "DSA-5000-1", "RHSA-2023:1234", "ALPINE-CVE-2020-1"])
    assert.is(kind(id), "advisory", id);
  for (const name of ["libpq5", "PyYAML", "@a/b", "Newtonsoft.Json", "org.x:y"])
    assert.is(kind(name), `package ${name}`);
  assert.is(kind("@a/b@1.2"), "package @a/b in a range");
  assert.is(kind("lodash@>=4.0.0 <4.17.21"), "package lodash in a range");
  for (const wrong of ["", "x@", "x@<", "x@>=<1", "x@1<2", "package:"]) assert.is(kind(wrong), undefined, wrong);
  assert.equal(imagesOnBase("example.org/ubi:9", graph), ["ubi"]);
});

test("ranges", () => {
  const holds = (text: string, version: string, type: PackageType = "npm") =>
    parseRange(text)?.holds(type, version, compareVersions);
  assert.ok(holds(">=4.0.0 <4.17.21", "4.17.20"));
  assert.not.ok(holds(">=4.0.0 <4.17.21", "4.17.21"));
  assert.ok(holds(">= 4.0.0, < 4.17.21", "4.0.0"));
  assert.ok(holds("2.*", "2.10.1", "pypi"));
  assert.not.ok(holds("2.*", "20.1", "pypi"));
  assert.ok(holds("1.2", "1.2.0", "pypi"));
  assert.ok(holds("<15.18", "15.18~rc1-1", "deb"));
  assert.ok(holds("!=1.0", "1.1"));
  assert.not.ok(holds("!=1.*", "1.1"));
});

test("a package is found by its source, too, by the source's version", () => {
  const libssl = {
    ...owned("deb", "libssl3 3.0.15-1+b2", "base", asked),
    source: { name: "openssl", version: "3.0.15-1" },
  };
  const is = (range: string) => packagesNamed("openssl", parseRange(range), compareVersions)(libssl);
  assert.ok(is("<=3.0.15-1"));
  assert.not.ok(is(">3.0.15-1"));
  assert.not.ok(packagesNamed("ssl", undefined, compareVersions)(libssl));
});

/** Images by the numbers of those that they are built from: the first is the parent, of the rest stages start. */
const anyImages = fc
  .array(fc.uniqueArray(fc.nat(11), { maxLength: 3 }), { minLength: 1, maxLength: 12 })
  .map((lists) => lists.map((list, index) => list.filter((other) => other < index)));

test("what is derived is what a search from each image upwards finds, each with a way that is there", () => {
  fc.assert(
    fc.property(anyImages, (lists) => {
      const definitions = lists.map(([parent, ...others], index) =>
        image(`i${index}`, {
          ...(parent === undefined ? {} : { parent: `i${parent}` }),
          stages: others.map((other) => ({ name: `s${other}`, parent: `i${other}` })),
        }),
      );
      const { graph: found } = resolveGraph(catalogue(definitions));
      const reaches = (from: number, to: number): boolean =>
        (lists[from] ?? []).some((above) => above === to || reaches(above, to));
      const derives = (from: number, to: number): boolean =>
        lists[from]?.[0] !== undefined && (lists[from]?.[0] === to || derives(lists[from]?.[0] ?? 0, to));
      for (const start of lists.keys()) {
        const derived = derivedOf(imageName(`i${start}`), found);
        const expected = [...lists.keys()].filter((index) => reaches(index, start));
        assert.equal(
          derived.map(({ image: name }) => Number(name.slice(1))).sort((a, b) => a - b),
          expected,
        );
        for (const { image: name, via, how } of derived) {
          const path = [`i${start}`, ...via, name];
          for (const [index, below] of path.slice(1).entries())
            assert.ok(
              found.nodes.get(imageName(below))?.parents.includes(imageName(path[index] ?? "")),
              path.join(" "),
            );
          assert.is(how, derives(Number(name.slice(1)), start) ? "derives" : "copies", path.join(" "));
        }
      }
    }),
    { numRuns: 150 },
  );
});

test.run();
