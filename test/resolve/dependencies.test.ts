import { loadMemory, problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/dependencies");

const BASE = "kind: BaseImage\nversion: 1\nfrom: scratch\n";
const OTHERS = Object.fromEntries(
  ["one", "two", "three"].map((name) => [`images/${name}/image.yaml`, `name: ${name}\n${BASE}`]),
);
const FILE = "images/a/image.yaml";

/** An image `a` on `one`, with this. */
const withImage = (text: string, more: Readonly<Record<string, string>> = {}) => ({
  ...OTHERS,
  [FILE]: `name: a\nversion: 1\nparent: one\n${text}`,
  ...more,
});

async function parents(text: string, more: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const { graph, diagnostics } = await loadMemory(withImage(text, more));
  assert.equal(diagnostics, []);
  return [...graph.nodes.values()].find(({ name }) => name === "a")?.parents ?? [];
}
const problems = (text: string, more = {}) => problemsOf(withImage(text, more));

const COPY = "artifacts:\n  - { image: two, path: /x, target: /x }\n";

test("the parent first, then what stages and artifacts name, in order, each once", async () => {
  assert.equal(await parents(""), ["one"]);
  assert.equal(await parents(COPY), ["one", "two"]);
  assert.equal(await parents(`stages:\n  - { name: s, parent: three }\n${COPY}`), ["one", "three", "two"]);
  assert.equal(await parents(`stages:\n  - { name: s, parent: one }\n${COPY.replace("two", "one")}`), ["one"]);
  const inStage = "stages:\n  - { name: s, from: scratch, artifacts: [{ image: three, path: /x, target: /x }] }\n";
  assert.equal(await parents(inStage), ["one", "three"]);
});

test("a stage hides an image of its name, for what comes after it", async () => {
  const stages = "stages:\n  - { name: two, from: scratch }\n  - { name: s, parent: two }\n";
  assert.equal(await parents(stages + COPY), ["one"]);
  const later = "stages:\n  - { name: s, parent: two }\n  - { name: two, from: scratch }\n";
  assert.equal(await parents(later), ["one", "two"], "before, it is the image");
  const itself = "stages:\n  - { name: two, parent: two }\n";
  assert.equal(await parents(itself), ["one", "two"], "a stage that starts from the image of its own name");
  const parent = "stages:\n  - { name: one, from: scratch }\n";
  assert.equal(await parents(parent), ["one"], "the image's own parent is never a stage");
});

test("what a module copies from images counts, and finds the stages of whoever has it", async () => {
  const module = { "catalog/modules/m/module.yaml": `name: m\nversion: 1\n${COPY}` };
  assert.equal(await parents("modules: [m]\n", module), ["one", "two"]);
  assert.equal(await parents("stages:\n  - { name: two, from: scratch }\nmodules: [m]\n", module), ["one"]);
  assert.equal(await parents("stages:\n  - { name: s, from: scratch, modules: [m] }\n", module), ["one", "two"]);
});

test("levels and children follow all of them", async () => {
  const { graph } = await loadMemory(
    withImage(COPY, { "images/two/image.yaml": "name: two\nversion: 1\nparent: three\n" }),
  );
  assert.equal(
    [...graph.nodes.values()].map(({ name, level, children }) => `${name} ${level} ${children.join()}`).sort(),
    ["a 2 ", "one 0 a", "three 0 two", "two 1 a"],
  );
});

test("unknown-image: a name that is neither an earlier stage nor an image", async () => {
  assert.equal(await problems(COPY.replace("two", "tow")), [
    `${FILE}:5:14 unknown-image: no earlier stage or image is named "tow" | did you mean \`two\`?`,
  ]);
  assert.equal(await problems(COPY.replace("two", "nothing-like-it")), [
    `${FILE}:5:14 unknown-image: no earlier stage or image is named "nothing-like-it" | it is an earlier stage of this definition, or an image of images/`,
  ]);
  assert.equal(await problems("stages:\n  - { name: build, from: scratch }\n  - { name: s, parent: biuld }\n"), [
    `${FILE}:6:24 unknown-image: no earlier stage or image is named "biuld" | did you mean \`build\`?`,
  ]);
});

test("a stage that comes later, or is this one", async () => {
  const hint = "it is an earlier stage of this definition, or an image of images/";
  assert.equal(await problems("stages:\n  - { name: s, parent: late }\n  - { name: late, from: scratch }\n"), [
    `${FILE}:5:24 unknown-image: the stage "late" does not come earlier | ${hint}`,
  ]);
  const copying =
    "stages:\n  - { name: s, from: scratch, artifacts: [{ image: late, path: /x, target: /x }] }\n  - { name: late, from: scratch }\n";
  assert.equal(await problems(copying), [
    `${FILE}:5:52 unknown-image: the stage "late" does not come earlier | ${hint}`,
  ]);
  const itself = "stages:\n  - { name: s, from: scratch, artifacts: [{ image: s, path: /x, target: /x }] }\n";
  assert.equal(await problems(itself), [`${FILE}:5:52 unknown-image: the stage "s" does not come earlier | ${hint}`]);
});

test("an image's parent is no stage", async () => {
  const files = {
    [FILE]: "name: a\nversion: 1\nparent: stage\nstages:\n  - { name: stage, from: scratch }\n",
  };
  assert.equal(await problemsOf(files), [
    `${FILE}:3:9 unknown-parent: no image is named "stage" | an image's parent is another image of images/`,
  ]);
});

test("a circle by way of a copy or a stage is one", async () => {
  const circle = { "images/two/image.yaml": "name: two\nversion: 1\nparent: a\n" };
  const hint = "one of these must name another image, or be a BaseImage with `from` or `bootstrap`";
  assert.equal(await problems(COPY, circle), [
    `${FILE}:5:14 cycle: an image cannot derive from itself: a → two → a | ${hint}`,
  ]);
  assert.equal(await problems("stages:\n  - { name: s, parent: a }\n"), [
    `${FILE}:5:24 cycle: an image cannot derive from itself: a → a | ${hint}`,
  ]);
});

test("what needs a rejected image is no second mistake", async () => {
  assert.equal(await problems(COPY, { "images/two/image.yaml": `name: two\n${BASE}nonsense: 1\n` }), [
    "images/two/image.yaml:5:1 unknown-key: unknown key `nonsense` | the keys here are kind, name, version, description, language, os, metadata, parent, from, bootstrap, platforms, tags, matrix, network, package-hosts, stages, modules, system-packages, photon-packages, runtime-packages, runtime-manifest, artifacts, env, labels, ports, volumes, setup, run, tests, rebuild",
  ]);
});

test.run();
