import type { Stage } from "../../src/model/graph.js";
import { recipeStage } from "../../src/render/recipe-stage.js";
import { type ImageFields, image } from "../support/definitions.js";
import { loneNode } from "../support/expected-instructions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("render/recipe-stage");
const POSITION = { image: "a", index: 1, place: 2 };
const INSTALL = { type: "install", kind: "system", manager: "apt", parts: ["RUN apt"] } as const;

function stageOf(fields: ImageFields, more: Partial<Stage> = {}, user?: string): Stage {
  return { ...loneNode(image("a", fields), user).stages[0], ...more };
}

const rendered = (stage: Stage, installs: readonly (typeof INSTALL)[] = []) =>
  recipeStage({ stage, packages: [], artifacts: [] }, installs, POSITION);

test("what needs root gets it, and the inherited user is there again behind it", () => {
  const withPackages = (stage: Stage) => rendered(stage, [INSTALL]).instructions;
  assert.equal(withPackages(stageOf({}, {}, "app")), [
    { type: "user", user: "root" },
    INSTALL,
    { type: "user", user: "app" },
  ]);
  assert.equal(withPackages(stageOf({ user: "other" }, {}, "app")).at(-1), { type: "user", user: "other" });
  assert.equal(withPackages(stageOf({}, {}, "0:0")), [INSTALL]);
  assert.equal(rendered(stageOf({ env: { A: "b" } }, {}, "app")).instructions, [
    { type: "env", name: "A", value: "b" },
  ]);
});

test("commands run bare where nothing in the chain has an operating system, in the image itself only", () => {
  const fields: ImageFields = { setup: ["a"] };
  assert.is(rendered(stageOf(fields, { os: undefined })).bare, true);
  assert.is(rendered(stageOf({}, { os: undefined })).bare, undefined);
  assert.is(rendered(stageOf(fields, { os: undefined, name: "build" })).bare, undefined);
  assert.is(rendered(stageOf(fields)).bare, undefined);
});

test("a string is a script, unless the image has its own shell and no operating system", () => {
  const setup = (more: Partial<Stage>) => rendered(stageOf({ setup: ["a b"] }, more)).instructions;
  const shell = ["/x", "-c"];
  assert.equal(setup({}), [{ type: "script", script: "a b", args: [] }]);
  assert.equal(setup({ shell }), [{ type: "script", script: 'exec "$@"', args: ["sh", "/x", "-c", "a b"] }]);
  assert.equal(setup({ shell, os: undefined }), [{ type: "run", argv: ["/x", "-c", "a b"] }]);
});

test("the configuration of a build stage has neither shell nor healthcheck", () => {
  const fields: ImageFields = { shell: ["/x"], healthcheck: { type: "none" }, cmd: ["c"] };
  const types = (more: Partial<Stage>) => rendered(stageOf(fields, more)).instructions.map(({ type }) => type);
  assert.equal(types({}), ["shell", "healthcheck", "cmd"]);
  assert.equal(types({ name: "build" }), ["cmd"]);
});

test("the package manifest is copied before the packages, artifacts from their places in the build context", () => {
  const stage = stageOf({});
  const shared = { source: stage.bodies[0].source, pointer: "/artifacts/0" };
  const artifacts = [
    { type: "copy", from: { type: "stage", stage: "s" }, path: "/a", target: "/b", ...shared },
    { type: "files", directory: "/srv", owner: "app", entries: [], ...shared },
    { type: "files", directory: "/", entries: [], ...shared },
  ] as const;
  const { base, instructions } = recipeStage({ stage, packages: [], artifacts, manifest: [] }, [INSTALL], POSITION);
  assert.equal(base, stage.base);
  assert.equal(instructions, [
    { type: "copy", path: "manifests/1/", target: "/usr/local/lib/manifests/a/" },
    INSTALL,
    { type: "copy", from: { type: "stage", stage: "s" }, path: "/a", target: "/b" },
    { type: "copy", owner: "app", path: "artifacts/2/", target: "/srv/" },
    { type: "copy", path: "artifacts/3/", target: "/" },
  ]);
});

test.run();
