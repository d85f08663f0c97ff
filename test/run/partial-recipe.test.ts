import { containerfileOf } from "../../src/model/containerfile.js";
import type { RecipeStage } from "../../src/model/instructions.js";
import type { Recipe } from "../../src/model/recipe.js";
import { bootstrapOf, externalReferences } from "../../src/model/recipe-stages.js";
import { partialRecipe } from "../../src/run/partial-recipe.js";
import { containerfileFrom } from "../support/containerfile-from.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/partial-recipe");
const REFERENCE = "registry.example/base@sha256:aa";
const BUILD = 'FROM localhost/tools AS build\nRUN ["apt-get"]\nCOPY --from=localhost/side ["/a","/b"]\n';
const OTHER = `FROM ${REFERENCE} AS other\nRUN ["make"]\n`;
const LAST = 'FROM build\nRUN ["pip"]\n';
const BOOTSTRAP = { manager: "apt", suite: "bookworm", variant: "minbase", packages: [] } as const;

const recipe = (text: string, more: Partial<Recipe> = {}): Recipe => ({
  containerfile: containerfileFrom(text),
  context: [{ path: "artifacts/0/a", mode: "100644", from: "a", content: "00" }],
  packages: [],
  ...more,
});

/** With its last stage on a bootstrap. */
function bootstrapped(whole: Recipe): Recipe {
  const image: RecipeStage = {
    name: undefined,
    base: { type: "bootstrap", bootstrap: BOOTSTRAP },
    instructions: [{ type: "run", argv: ["apt"] }],
  };
  const stages = [...whole.containerfile.stages.slice(0, -1), image];
  return { ...whole, containerfile: containerfileOf(() => stages) };
}

const textOf = ({ containerfile }: Recipe) => containerfile.text.split("\n").slice(1).join("\n");
const externalsOf = ({ containerfile }: Recipe) => externalReferences(containerfile.stages);

test("a stage on another one starts from all that makes that one", () => {
  const partial = partialRecipe(recipe(BUILD + OTHER + LAST), 2);
  assert.is(textOf(partial), BUILD);
  assert.is(partial.context.length, 1);
  assert.equal(externalsOf(partial), []);
});

test("a stage on an external image starts from that and nothing else", () => {
  const partial = partialRecipe(recipe(BUILD + OTHER + LAST), 1);
  assert.is(textOf(partial), `FROM ${REFERENCE}\n`);
  assert.equal(partial.context, []);
  assert.equal(externalsOf(partial), [REFERENCE]);
});

test("of what is locked it has what belongs to it", () => {
  const packages = [
    { stage: "build", name: "a" },
    { stage: "other", name: "b" },
    { name: "c", bootstrap: true },
    { name: "d" },
  ] as unknown as NonNullable<Recipe["locked"]>["packages"];
  const namesOf = (whole: Recipe, index: number) =>
    partialRecipe(whole, index).locked?.packages.map(({ name }) => name);
  const locked = { packages };
  assert.equal(namesOf(recipe(BUILD + OTHER + LAST, { locked }), 2), ["a"]);
  assert.equal(namesOf(recipe(BUILD + OTHER + LAST, { locked }), 1), []);
  assert.equal(namesOf(bootstrapped(recipe("FROM scratch\n", { locked })), 0), ["c"]);
});

test("an image that is bootstrapped starts from what the bootstrap makes", () => {
  const whole = bootstrapped(recipe(`${BUILD}FROM scratch\n`));
  const { stages } = partialRecipe(whole, 1).containerfile;
  assert.equal(stages, [{ name: undefined, base: { type: "bootstrap", bootstrap: BOOTSTRAP }, instructions: [] }]);
  assert.is(bootstrapOf(partialRecipe(whole, 0).containerfile.stages), undefined);
});

test.run();
