import type { Recipe } from "../../src/model/recipe.js";
import { partialRoot } from "../../src/run/partial-root.js";
import { rootOf, stageIndex, stagesOf } from "../../src/run/stages.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/stages");

const TEXT = `# Generated
FROM localhost/base AS one
USER root
RUN set -eu; \\
    apt-get install 'a' \\
    ;
RUN pip install x
FROM one AS two
COPY ["manifests/1/","/usr/"]
RUN npm install y
FROM scratch
ADD rootfs.tar /
RUN apt-get install z; \\
    rm x
RUN pip install w
ENV A=b
`;

test("the stages of a Containerfile, each with its text and what it starts from in the end", () => {
  const stages = stagesOf(TEXT);
  assert.equal(
    stages.map(({ from, name }) => [from, name]),
    [
      ["localhost/base", "one"],
      ["one", "two"],
      ["scratch", undefined],
    ],
  );
  assert.is(stages.map(({ text }) => text).join(""), TEXT.replace("# Generated\n", ""));
  assert.equal(
    [0, 1, 2].map((index) => rootOf(stages, index)),
    ["localhost/base", "localhost/base", "scratch"],
  );
  assert.equal([stageIndex(stages, "two"), stageIndex(stages, undefined), stageIndex(stages, "three")], [1, 2, -1]);
});

const system = (stage?: string): Recipe["packages"][number] => {
  return { kind: "system", manager: "apt", name: "a", approved: [], argument: "a", ...(stage ? { stage } : {}) };
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

const RECIPE: Recipe = {
  containerfile: TEXT,
  context: [],
  externals: [],
  packages: [system("one"), system()],
  bootstrap: { manager: "apt", suite: "s", variant: "minbase", packages: [] },
  locked: [locked("apt"), locked("pip"), locked("apt", "one"), locked("pip", "one")],
};

test("what a language's manager starts with: the system packages of its stage, and nothing behind them", () => {
  const one = partialRoot(RECIPE, "one");
  assert.is(
    one?.containerfile,
    "FROM localhost/base AS one\nUSER root\nRUN set -eu; \\\n    apt-get install 'a' \\\n    ;\n",
  );
  assert.is(one?.bootstrap, undefined);
  assert.equal(one?.locked, [locked("apt")]);
  const two = partialRoot(RECIPE, "two");
  assert.match(two?.containerfile ?? "", /FROM one AS two\nCOPY \["manifests\/1\/","\/usr\/"\]\n$/);
  assert.equal(two?.locked, [locked("apt", "one"), locked("pip", "one")]);
  const image = partialRoot(RECIPE, undefined);
  assert.match(image?.containerfile ?? "", /ADD rootfs.tar \/\nRUN apt-get install z; \\\n {4}rm x\n$/);
  assert.is(image?.bootstrap, RECIPE.bootstrap);
  assert.equal(image?.locked, [locked("apt"), locked("apt", "one"), locked("pip", "one")]);
});

test("without system packages it is what the stage starts from", () => {
  assert.is(partialRoot({ ...RECIPE, packages: [] }, "one"), undefined);
  assert.is(partialRoot({ ...RECIPE, packages: [system()] }, "one"), undefined);
});

test.run();
