import { containerfileOf } from "../../src/model/containerfile.js";
import type { Instruction, RecipeStage } from "../../src/model/instructions.js";
import type { ImageName } from "../../src/model/names.js";
import type { Recipe } from "../../src/model/recipe.js";
import { bootstrapOf } from "../../src/model/recipe-stages.js";
import { partialRoot } from "../../src/run/partial-root.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/partial-root");

const install = (kind: "system" | "runtime", text: string): Instruction => {
  return { type: "install", kind, manager: kind === "system" ? "apt" : "pip", parts: [`RUN ${text}`] };
};
const BOOTSTRAP = { manager: "apt", suite: "s", variant: "minbase", packages: [] } as const;
const ONE: RecipeStage = {
  name: "one",
  base: { type: "image", image: "base" as ImageName },
  instructions: [
    { type: "user", user: "root" },
    install("system", "set -eu; \\\n    apt-get install 'a' \\\n    ;"),
    install("runtime", "pip install x"),
  ],
};
const TWO: RecipeStage = {
  name: "two",
  base: { type: "stage", stage: "one" },
  instructions: [
    { type: "copy", path: "manifests/1/", target: "/usr/" },
    install("runtime", "npm install y"),
    { type: "copy", path: "artifacts/0/", target: "/srv/" },
  ],
};
const IMAGE: RecipeStage = {
  name: undefined,
  base: { type: "bootstrap", bootstrap: BOOTSTRAP },
  instructions: [
    install("system", "apt-get install z; \\\n    rm x"),
    install("runtime", "pip install w"),
    { type: "env", name: "A", value: "b" },
  ],
  bare: true,
};

const locked = (manager: "apt" | "pip", stage?: string) => {
  return {
    manager,
    name: manager,
    version: "1",
    file: "f",
    size: 1,
    sha256: "0",
    why: [],
    ...(stage ? { stage } : {}),
  };
};

const recipe = (...stages: readonly RecipeStage[]): Recipe => ({
  containerfile: containerfileOf(() => stages),
  context: [],
  packages: [],
  locked: { packages: [locked("apt"), locked("pip"), locked("apt", "one"), locked("pip", "one")] },
});
const RECIPE = recipe(ONE, TWO, IMAGE);

/** The text of the last stage. */
const lastOf = (partial: Recipe | undefined) => partial?.containerfile.text.split(/^(?=FROM )/m).at(-1);

test("what a language's manager starts with: the system packages of its stage, and nothing behind them", () => {
  const one = partialRoot(RECIPE, "one");
  assert.is(one?.containerfile.stages.length, 1);
  assert.is(lastOf(one), "FROM localhost/base\nUSER root\nRUN set -eu; \\\n    apt-get install 'a' \\\n    ;\n");
  assert.is(bootstrapOf(one?.containerfile.stages ?? []), undefined);
  assert.equal(one?.locked?.packages, [locked("apt")]);
  const two = partialRoot(RECIPE, "two");
  assert.equal(two?.containerfile.stages.slice(0, -1), [ONE]);
  assert.is(lastOf(two), 'FROM one\nCOPY ["manifests/1/","/usr/"]\n');
  assert.equal(two?.locked?.packages, [locked("apt", "one"), locked("pip", "one")]);
  const image = partialRoot(RECIPE, undefined);
  assert.is(image?.containerfile.stages.length, 1, "what it does not stand on is not built");
  assert.is(lastOf(image), "FROM scratch\nADD rootfs.tar /\nRUN apt-get install z; \\\n    rm x\n");
  assert.is(bootstrapOf(image?.containerfile.stages ?? []), BOOTSTRAP);
  assert.is(image?.containerfile.stages.at(-1)?.bare, undefined);
  assert.equal(image?.locked?.packages, [locked("apt")]);
});

test("without system packages it is what the stage starts from", () => {
  const [, ...others] = ONE.instructions.filter((each) => each.type !== "install" || each.kind === "runtime");
  assert.is(partialRoot(recipe({ ...ONE, instructions: others }, IMAGE), "one"), undefined);
  assert.is(partialRoot(RECIPE, "three"), undefined);
});

test("an image that is not locked stays so", () => {
  const { locked: _, ...open } = RECIPE;
  assert.not.ok("locked" in (partialRoot(open, undefined) ?? {}));
});

test.run();
