import type { ImageDefinition } from "../../src/model/definition.js";
import { baseImagePaths } from "../../src/policy/base-images.js";
import { changeKind } from "../../src/policy/change-kind.js";
import { catalogue, fakeSource, type ImageFields, image } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/change-kind");

/** A definition in a file of its own choice. */
function definition(file: string, fields: ImageFields = {}): ImageDefinition {
  const name = file.replace(/\.ya?ml$/, "").replaceAll("/", "-");
  return { ...image(name, fields), folder: file.slice(0, file.lastIndexOf("/")), source: fakeSource(file) };
}

const BASE = catalogue([
  definition("images/debian/image.yaml"),
  definition("images/web/image.yaml", { parent: "x" }),
  definition("images/several/debian.yaml"),
  definition("images/several/tools.yaml", { parent: "x" }),
  definition("images/direct.yaml"),
  definition("images/direct-child.yaml", { parent: "x" }),
  definition("images/deep/down/os/image.yaml"),
  definition("images/copies/image.yaml", {
    artifacts: [
      { path: "rootfs", target: "/" },
      { path: "/images/shared/certificates", target: "/etc/ssl/" },
      { path: "../other/./motd", target: "/etc/motd" },
      { path: "/catalog/keys", target: "/etc/keys/" },
    ],
  }),
]);

const isBaseImage = baseImagePaths(BASE);

/** `kind path` of each. */
const kinds = (...paths: readonly string[]) => paths.map((path) => `${changeKind(path, isBaseImage)} ${path}`);

test("what each place is", () => {
  assert.equal(
    kinds(
      "policies/roles.yaml",
      "policies/any/depth",
      ".github/workflows/images.yaml",
      ".github/CODEOWNERS",
      "CODEOWNERS",
      "docs/CODEOWNERS",
      "slipway.yaml",
      "slipway.yml",
      "catalog/system/debian.yaml",
      "slipway.lock",
      "images/web/image.yaml",
      "README.md",
      "docs/guide.md",
      "sub/policies/roles.yaml",
      "images",
    ),
    [
      "policy policies/roles.yaml",
      "policy policies/any/depth",
      "workflow .github/workflows/images.yaml",
      "workflow .github/CODEOWNERS",
      "workflow CODEOWNERS",
      "workflow docs/CODEOWNERS",
      "settings slipway.yaml",
      "settings slipway.yml",
      "approved-list catalog/system/debian.yaml",
      "image slipway.lock",
      "image images/web/image.yaml",
      "other README.md",
      "other docs/guide.md",
      "other sub/policies/roles.yaml",
      "other images",
    ],
  );
});

test("letter case counts, as it does for Git", () => {
  const paths = [".GitHub/x", "Images/debian/image.yaml", "CATALOG/x", "Policies/x", "codeowners", "Slipway.yaml"];
  assert.equal(
    kinds(...paths),
    paths.map((path) => `other ${path}`),
  );
  assert.equal(kinds("images/Debian/image.yaml"), ["image images/Debian/image.yaml"]);
});

test("a base image: its definition and all in its folder", () => {
  assert.equal(kinds("images/debian/image.yaml", "images/debian/a/b", "images/debian2/a", "images/debian"), [
    "base-image images/debian/image.yaml",
    "base-image images/debian/a/b",
    "image images/debian2/a",
    "base-image images/debian",
  ]);
});

test("several definitions in a folder: each by its file, what they share is the base image's", () => {
  assert.equal(kinds("images/several/debian.yaml", "images/several/tools.yaml", "images/several/rootfs/a"), [
    "base-image images/several/debian.yaml",
    "image images/several/tools.yaml",
    "base-image images/several/rootfs/a",
  ]);
  assert.equal(kinds("images/several/new.yaml"), ["base-image images/several/new.yaml"]);
});

test("a definition directly in images/ is one file", () => {
  assert.equal(kinds("images/direct.yaml", "images/direct-child.yaml", "images/stray.txt"), [
    "base-image images/direct.yaml",
    "image images/direct-child.yaml",
    "image images/stray.txt",
  ]);
});

test("what a base image copies from elsewhere below images/ is part of it", () => {
  assert.equal(kinds("images/shared/certificates/a.pem", "images/shared/b", "images/other/motd", "catalog/keys/a"), [
    "base-image images/shared/certificates/a.pem",
    "image images/shared/b",
    "base-image images/other/motd",
    "approved-list catalog/keys/a",
  ]);
});

test("a definition above a base image would make content of it", () => {
  assert.equal(kinds("images/deep/new.yaml", "images/deep/down/image.yml", "images/deep/a.txt", "images/new.yaml"), [
    "base-image images/deep/new.yaml",
    "base-image images/deep/down/image.yml",
    "image images/deep/a.txt",
    "image images/new.yaml",
  ]);
});

test("before or after the change: an image cannot be made harmless by the change itself", () => {
  const demoted = catalogue([definition("images/debian/image.yaml", { parent: "x" })]);
  for (const pair of [
    [BASE, demoted],
    [demoted, BASE],
  ]) {
    assert.is(changeKind("images/debian/image.yaml", baseImagePaths(...pair)), "base-image");
  }
  assert.is(changeKind("images/debian/image.yaml", baseImagePaths(demoted)), "image");
});

test.run();
