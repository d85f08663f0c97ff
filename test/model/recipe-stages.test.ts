import {
  bootstrapOf,
  catalogueImages,
  externalReferences,
  finalBase,
  stageBelow,
  stageIndex,
} from "../../src/model/recipe-stages.js";
import { containerfileFrom, textOnly } from "../support/containerfile-from.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/recipe-stages");

const stagesOf = (text: string) => containerfileFrom(text).stages;
const baseOf = (text: string) => finalBase(stagesOf(text));
const image = (name: string) => ({ type: "image", image: name });
const SCRATCH = { type: "scratch" };
const PINNED = `registry.example/team/x@sha256:${"0".repeat(64)}`;

test("the base of the image itself, through the stages that it is built on", () => {
  assert.equal(baseOf('FROM localhost/base\nENV A="b"\n'), image("base"));
  assert.equal(baseOf("FROM scratch\n"), SCRATCH);
  assert.equal(
    baseOf('FROM localhost/tools AS build\nFROM localhost/base\nCOPY --from=build ["a","b"]\n'),
    image("base"),
  );
  const chain = "FROM localhost/a AS one\nFROM one AS two\nFROM localhost/b AS other\nFROM two\n";
  assert.equal(baseOf(chain), image("a"));
  assert.equal(finalBase(stagesOf(chain), 2), image("b"));
  assert.equal(baseOf("FROM localhost/a AS scratch-pad\nFROM scratch AS two\nFROM two\n"), SCRATCH);
  assert.equal(baseOf(`FROM localhost/a AS build\nFROM ${PINNED}\n`), { type: "external", reference: PINNED });
  assert.equal(finalBase([]), SCRATCH);
});

test("a stage is not mistaken for an image of the same name, and sees only those before it", () => {
  assert.equal(baseOf("FROM localhost/tools AS base\nFROM localhost/base\n"), image("base"));
  const base = { type: "stage", stage: "two" } as const;
  const stages = ["one", "two"].map((name) => ({ name, base, instructions: [] }));
  assert.equal([stageBelow(stages, 0), stageBelow(stages, 1), stageBelow(stages, 5)], [-1, -1, -1]);
  assert.equal(finalBase(stages, 1), SCRATCH);
});

test("where a stage stands", () => {
  const stages = stagesOf("FROM localhost/a AS one\nFROM one AS two\nFROM two\n");
  assert.equal(
    ["two", undefined, "three"].map((name) => stageIndex(stages, name)),
    [1, 2, -1],
  );
  assert.equal(
    [0, 1, 2].map((index) => stageBelow(stages, index)),
    [-1, 0, 1],
  );
});

test("all images of the catalogue that stages start from or copy from", () => {
  const stages = stagesOf(`FROM localhost/tools AS build
COPY --from=localhost/side ["/a","/b"]
FROM ${PINNED} AS other
FROM ${PINNED}
COPY --from=build ["/a","/b"]
COPY --from=localhost/tools ["/a","/b"]
`);
  assert.equal([...catalogueImages(stages)], ["tools", "side"]);
  assert.equal(externalReferences(stages), [PINNED]);
});

test("what is bootstrapped", () => {
  const bootstrap = { manager: "apt", suite: "bookworm", variant: "minbase", packages: [] } as const;
  assert.is(bootstrapOf(textOnly("", bootstrap).stages), bootstrap);
  assert.is(bootstrapOf(stagesOf("FROM scratch\n")), undefined);
});

test.run();
