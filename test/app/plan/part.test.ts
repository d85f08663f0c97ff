import type { CatalogueIndex } from "../../../src/app/plan/catalogue-index.js";
import { type Changes, reachedPart } from "../../../src/app/plan/part.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("part of a catalogue");

/** Two families: base ← tool ← app and other ← leaf; tool copies a folder, app is defined with a module. */
const INDEX: CatalogueIndex = {
  commit: "c".repeat(40),
  names: ["base", "other", "tool", "leaf", "app"],
  parents: ["", "", "base", "other", "tool"],
  roots: [
    "images/base/image.yaml",
    "images/other/image.yaml",
    "images/tool/image.yaml\nfiles/etc",
    "images/leaf/image.yaml",
    "images/app/image.yaml\nimages/shared/module.yaml",
  ],
  packages: ["s:ca-certificates", "s:jq", "", "r:flask", "s:jq r:flask"],
};

const part = (changes: Partial<Changes>) =>
  reachedPart(INDEX, { paths: [], packages: new Set(), locked: new Set(), ...changes });
const names = (changes: Partial<Changes>) => [...(part(changes)?.names ?? ["everything"])].sort().join(" ");

const FAMILY = "app base tool";

test("a definition reaches its ancestors and descendants, and no other family", () => {
  assert.is(names({ paths: ["images/base/image.yaml"] }), FAMILY);
  assert.is(names({ paths: ["images/app/image.yaml"] }), FAMILY);
  assert.is(names({ paths: ["images/leaf/image.yaml"] }), "leaf other");
  assert.is(part({ paths: ["images/leaf/image.yaml"] })?.outside, 3);
});

test("artifacts and modules reach the images that use them", () => {
  assert.is(names({ paths: ["images/shared/module.yaml"] }), FAMILY);
  // Only below images/, where files belong to definitions; everything is read for other paths.
  assert.is(names({ paths: ["files/etc/motd"] }), "everything");
});

test("a file in a folder that is an artifact reaches the image", () => {
  const roots = INDEX.roots.map((root) => root.replace("files/etc", "images/tool/etc"));
  const changes = { paths: ["images/tool/etc/a/motd"], packages: new Set<string>(), locked: new Set<string>() };
  assert.equal([...(reachedPart({ ...INDEX, roots }, changes)?.names ?? [])].sort().join(" "), FAMILY);
  const sibling = { ...changes, paths: ["images/tool/etcetera"] };
  assert.is(reachedPart({ ...INDEX, roots }, sibling)?.names.size, 0);
});

test("a package reaches the images that it is approved for, and their families", () => {
  assert.is(names({ packages: new Set(["s:ca-certificates"]) }), FAMILY);
  assert.is(names({ packages: new Set(["s:jq"]) }), "app base leaf other tool");
  assert.is(names({ paths: ["catalog/system/debian.yaml"], packages: new Set(["s:unused"]) }), "");
});

test("an entry of the lockfile reaches its image; other content of the lockfile reaches everything", () => {
  assert.is(names({ paths: ["slipway.lock"], locked: new Set(["leaf"]) }), "leaf other");
  assert.is(names({ paths: ["slipway.lock"], locked: "bases" }), "everything");
});

test("settings and policies reach everything", () => {
  for (const path of ["slipway.yaml", "policies/roles.yaml", "catalog/bases.yaml"])
    assert.is(names({ paths: ["images/leaf/image.yaml", path] }), "everything", path);
});

test("a YAML file that is added or removed has its whole folder read", () => {
  const added = part({ paths: ["images/leaf/another.yaml"] });
  assert.is([...(added?.names ?? [])].sort().join(" "), "leaf other");
  assert.ok(added?.paths.includes("images/leaf"));
  assert.ok(added?.paths.includes("images/other/image.yaml"));
  assert.not(added?.paths.includes("images/base/image.yaml"));
});

test("a folder whose name begins with that of another is not in it", () => {
  const roots = INDEX.roots.map((root) => root.replace("images/base/", "images/leafy/"));
  const changes = { paths: ["images/leaf/another.yaml"], packages: new Set<string>(), locked: new Set<string>() };
  assert.equal([...(reachedPart({ ...INDEX, roots }, changes)?.names ?? [])].sort().join(" "), "leaf other");
});

test("settings, lists and policies are always among the paths, the images only where they are reached", () => {
  const paths = part({ paths: ["images/leaf/image.yaml"] })?.paths ?? [];
  assert.ok(paths.includes("policies"));
  assert.not(paths.includes("images"));
});

test("more than half of a large catalogue is read as a whole", () => {
  const size = 150;
  const large: CatalogueIndex = {
    commit: INDEX.commit,
    names: Array.from({ length: size }, (_, index) => `image-${index}`),
    parents: Array.from({ length: size }, (_, index) => (index === 0 || index > 110 ? "" : "image-0")),
    roots: Array.from({ length: size }, (_, index) => `images/image-${index}/image.yaml`),
    packages: Array.from({ length: size }, () => ""),
  };
  const reached = (index: CatalogueIndex) =>
    reachedPart(index, { paths: ["images/image-0/image.yaml"], packages: new Set(), locked: new Set() })?.names.size;
  assert.is(reached(large), undefined);
  const fewer = large.parents.map((parent, index) => (index > 70 ? "" : parent));
  assert.is(reached({ ...large, parents: fewer }), 71);
});

test.run();
