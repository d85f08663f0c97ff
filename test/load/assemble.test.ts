import { loadMemory, placesOf, problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("load/assemble");

const FILE = "images/a/image.yaml";
const HEAD = "kind: BaseImage\nname: a\nversion: 1\nfrom: scratch\nstages:\n";
const image = (...stages: readonly string[]) => ({ [FILE]: HEAD + stages.map((stage) => `  - ${stage}\n`).join("") });

test("a stage has a name, where it starts, and a body with pointers of its own", async () => {
  const { catalogue, diagnostics } = await loadMemory({
    "images/a/f": "",
    ...image(
      "{ name: one, from: scratch, os: debian, language: python3 }",
      "{ name: two-2_b, parent: one, artifacts: [{ path: f, dest: /x }], run: { user: u }, env: { A: 1 }, setup: [[x]] }",
    ),
  });
  assert.equal(diagnostics, []);
  const stages = [...catalogue.images.values()][0]?.stages.map(({ source: _, ...rest }) => rest) ?? [];
  assert.equal(
    stages.map(({ name, origin, os, language, pointer, folder }) => [name, origin, os, language, pointer, folder]),
    [
      ["one", { type: "from", ref: "scratch" }, "debian", "python3", "/stages/0", "images/a"],
      ["two-2_b", { type: "parent", parent: "one" }, undefined, undefined, "/stages/1", "images/a"],
    ],
  );
  assert.equal(stages[1]?.artifacts, [
    { type: "path", name: "f", path: "f", target: "/x/", pointer: "/stages/1/artifacts/0" },
  ]);
  assert.equal(stages[1]?.env, [{ name: "A", value: "1" }]);
  assert.equal(stages[1]?.run, { user: "u" });
});

test("duplicate-stage", async () => {
  const one = "{ name: one, from: scratch }";
  assert.equal(await problemsOf(image(one, "{ name: two, from: scratch }", one, one)), [
    `${FILE}:8:13 duplicate-stage: a stage before this one is named \`one\``,
    `${FILE}:9:13 duplicate-stage: a stage before this one is named \`one\``,
  ]);
});

test("the shape of a stage", async () => {
  const places = async (stage: string) => (await placesOf(image(stage))).map((place) => place.slice(FILE.length + 1));
  assert.equal(await places("{ from: scratch }"), ["6:5 missing-key"]);
  assert.equal(await places("{ name: one }"), ["6:5 missing-key"]);
  assert.equal(await places("{ name: one, from: scratch, parent: b }"), ["6:18 exclusive-keys"]);
  assert.equal(await places("{ name: 1, from: scratch }"), ["6:13 invalid-value"]);
  assert.equal(await places("{ name: One, from: scratch }"), ["6:13 invalid-value"]);
  for (const key of ["bootstrap: {}", "version: 1", "tests: []", "stages: []", "matrix: {}", "tags: []", "rebuild: {}"])
    assert.equal(await places(`{ name: one, from: scratch, ${key} }`), ["6:33 unknown-key"], key);
});

test("what is wrong in a stage's body is told at its place there", async () => {
  assert.equal(await placesOf(image("{ name: one, from: scratch, os: debian, artifacts: [{ path: f, dest: /x }] }")), [
    `${FILE}:6:65 artifact-missing`,
  ]);
  assert.equal(await placesOf(image("{ name: one, from: scratch, os: debian, artifacts: [{ path: f, target: x }] }")), [
    `${FILE}:6:76 artifact-target`,
  ]);
  assert.equal(
    await placesOf(image("{ name: one, from: scratch, env: [{ name: A, value: 1 }, { name: A, value: 2 }] }")),
    [`${FILE}:6:70 duplicate-name`],
  );
  assert.equal(
    await placesOf(
      image("{ name: one, from: scratch, os: debian, run: { healthcheck: { command: [x], interval: 0.5ms } } }"),
    ),
    [`${FILE}:6:91 invalid-value`],
  );
});

test("onbuild is refused with the reason, wherever it stands", async () => {
  const message = "`onbuild` is refused: it would run in images whose definitions do not show it";
  const hint = "put what those images have in common into a module, and name it in the `modules` of each";
  const refused = (place: string) => [`${FILE}:${place} onbuild-refused: ${message} | ${hint}`];
  assert.equal(await problemsOf({ [FILE]: `${HEAD.replace("stages:\n", "")}onbuild: [x]\n` }), refused("5:1"));
  assert.equal(await problemsOf(image("{ name: one, from: scratch, onbuild: [] }")), refused("6:33"));
});

test.run();
