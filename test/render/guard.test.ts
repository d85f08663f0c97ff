import type { Instruction, RecipeStage } from "../../src/model/instructions.js";
import type { RecipeCopy } from "../../src/model/recipe.js";
import { guard, tooLong } from "../../src/render/guard.js";
import type { RenderInput, StageInput } from "../../src/render/recipe-stage.js";
import { render } from "../../src/render/render.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { fakeSource, type ImageFields, image, imageName } from "../support/definitions.js";
import { loneNode } from "../support/expected-instructions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("render/guard");

function input(fields: ImageFields): RenderInput {
  const node = loneNode(image("a", fields));
  return { node, stages: [{ stage: node.stages[0], packages: [], artifacts: [] }] };
}

test("the guard says what, where, and what is allowed", () => {
  const [found, ...others] = guard(input({ env: { A: "1\r2" } }));
  assert.equal(others, []);
  assert.equal(
    [found?.code, found?.message, found?.excerpt],
    ["unsafe-value", 'the value "1\\r2" has characters that a Containerfile would act on', "/env/A"],
  );
  assert.match(found?.hint ?? "", /^allowed: \^/);
});

test("the guard finds everything that is wrong", () => {
  const bad: ImageFields = {
    user: "A!",
    workdir: "x",
    stopsignal: "-",
    ports: ["x"],
    volumes: ["y"],
    labels: { "a/b-": "1" },
  };
  assert.equal(
    guard(input(bad)).map(({ excerpt }) => excerpt),
    ["/labels", "/ports", "/volumes", "/run/user", "/run/workdir", "/run/stopsignal"],
  );
});

test("a NUL cannot be an argument of any program", () => {
  const fields: ImageFields = { entrypoint: ["a\u0000"], cmd: "a\u0000", setup: ["a\u0000", ["a\u0000"]] };
  assert.equal(
    guard(input(fields)).map(({ excerpt }) => excerpt),
    ["/setup/0", "/setup/1", "/run/entrypoint", "/run/cmd"],
  );
});

test("what is copied is an image or a stage, by a name that is sound", () => {
  const source = fakeSource("f");
  const asked = (from: RecipeCopy["from"]) => {
    const [{ stage }] = input({}).stages as [StageInput];
    const copy = { type: "copy", from, path: "/a", target: "/b", source, pointer: "/artifacts/0" } as const;
    return guard({ node: loneNode(image("a")), stages: [{ stage, packages: [], artifacts: [copy] }] });
  };
  assert.equal(asked({ type: "stage", stage: "build" }), []);
  assert.equal(asked({ type: "image", image: imageName("a.b") }), []);
  assert.equal(
    asked({ type: "stage", stage: "a.b" }).map(({ excerpt }) => excerpt),
    ["/artifacts/0/image"],
  );
  assert.equal(
    asked({ type: "image", image: imageName("a b") }).map(({ message }) => message),
    ['the image "a b" has characters that a Containerfile would act on'],
  );
});

test("a line that Buildah would not read: it would drop it and all that follows", () => {
  const source = fakeSource("f");
  const long = (instruction: Instruction, base: RecipeStage["base"] = { type: "scratch" }) =>
    tooLong([{ name: undefined, base, instructions: [instruction] }], source);
  const env = (bytes: number): Instruction => ({ type: "env", name: "A", value: "é".repeat((bytes - 8) / 2) });
  assert.equal(long(env(65_534)), []);
  assert.equal(long({ type: "workdir", path: "x".repeat(65_527) }), []);
  const [found] = long(env(65_536));
  assert.equal([found?.code, found?.excerpt], ["too-long", "/env"]);
  assert.is(found?.message, "the line of the Containerfile has 65536 bytes, Buildah reads at most 65535");
  const text = "x".repeat(70_000);
  const shorter = Array.from({ length: 3 }, () => "x".repeat(30_000));
  const install = (parts: readonly string[]): Instruction => ({ type: "install", kind: "system", manager: "a", parts });
  const bootstrap = { manager: "apt", suite: "s", variant: "v", packages: [text] } as const;
  for (const [instruction, pointers, base] of [
    [{ type: "run", argv: [text] }, ["/setup"]],
    [{ type: "script", script: text, args: [] }, ["/setup"]],
    [{ type: "cmd", argv: [text] }, ["/run/cmd"]],
    [{ type: "workdir", path: text }, [""]],
    [install([text]), [""]],
    [install([shorter.join(" \\\n")]), []],
    [{ type: "cmd", argv: [] }, ["/bootstrap"], { type: "bootstrap", bootstrap }],
    [{ type: "cmd", argv: [] }, [""], { type: "external", reference: text }],
  ] as readonly (readonly [Instruction, readonly string[], RecipeStage["base"]?])[]) {
    assert.equal(
      long(instruction, base).map(({ excerpt }) => excerpt),
      pointers,
    );
  }
  assert.not(render(input({ setup: ["x".repeat(66_000)], user: "app" }), builtInTemplates()).ok);
});

test.run();
