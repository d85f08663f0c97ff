import { stageArtifacts } from "../../../src/app/catalogue/artifacts.js";
import type { PathArtifact } from "../../../src/model/definition.js";
import type { RecipeFiles } from "../../../src/model/recipe.js";
import { catalogue, image } from "../../support/definitions.js";
import { loneNode } from "../../support/expected-instructions.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("artifacts");

const FILES = ["a.txt", "sub/b.txt", "sub/deep/c.txt", "z.txt"].map((path) => `images/x/tree/${path}`);

function placed(...artifacts: readonly Partial<PathArtifact>[]) {
  const all = catalogue([], {});
  const files = new Map(FILES.map((path) => [path, { path, mode: "100644" as const, size: 1 }]));
  const complete = artifacts.map((artifact, at) => ({
    type: "path" as const,
    name: "t",
    path: "tree",
    target: "/",
    pointer: `/artifacts/${at}`,
    ...artifact,
  }));
  const definition = { ...image("x"), folder: "images/x", artifacts: complete };
  const hashes = new Map(FILES.map((path) => [path, "0".repeat(64)]));
  const { stages } = loneNode(definition);
  const found = stageArtifacts(stages[0], { catalogue: { ...all, files }, hashes, before: [], place: 0 });
  return found.artifacts as readonly RecipeFiles[];
}

test("each directory is copied by itself, so that none of the image's own changes its mode", () => {
  const found = placed({ target: "/opt" });
  assert.equal(
    found.map(({ directory, entries }) => [directory, entries.map(({ path }) => path)]),
    [
      ["/opt", ["artifacts/0/a.txt", "artifacts/0/z.txt"]],
      ["/opt/sub", ["artifacts/1/b.txt"]],
      ["/opt/sub/deep", ["artifacts/2/c.txt"]],
    ],
  );
});

test("two artifacts share no directory of the context; the root is a directory like any other", () => {
  const found = placed({ target: "/" }, { path: "tree/sub", target: "/", owner: "app", mode: "0600" });
  const last = found.slice(3);
  assert.equal(
    found.map(({ directory }) => directory),
    ["/", "/sub", "/sub/deep", "/", "/deep"],
  );
  assert.equal(
    last.map(({ owner }) => owner),
    ["app", "app"],
  );
  assert.equal(
    last[0]?.entries.map(({ path, permissions }) => [path, permissions]),
    [["artifacts/3/b.txt", "0600"]],
  );
});

test.run();
