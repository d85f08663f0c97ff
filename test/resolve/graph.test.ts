import { resolveGraph } from "../../src/resolve/graph.js";
import { catalogue, digest, type ImageFields, image, imageName } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/graph");

/** Resolves images given as `[name, parent or fields]`. */
function resolve(...images: readonly (readonly [string, (string | ImageFields)?])[]) {
  const definitions = images.map(([name, given]) => image(name, typeof given === "string" ? { parent: given } : given));
  const { graph, diagnostics } = resolveGraph(catalogue(definitions));
  return { order: [...graph.nodes.keys()], nodes: graph.nodes, diagnostics };
}

const messages = (found: ReturnType<typeof resolve>) =>
  found.diagnostics.map(({ code, message }) => `${code}: ${message}`);

test("an image comes after its parent, wherever it is defined", () => {
  const { order, nodes } = resolve(["c", "b"], ["b", "a"], ["x", "a"], ["a"]);
  assert.equal(order, ["a", "b", "x", "c"]);
  assert.equal(
    [...nodes.values()].map(({ level }) => level),
    [0, 1, 1, 2],
  );
  assert.equal(
    [...nodes.values()].map(({ parents }) => parents),
    [[], ["a"], ["a"], ["b"]],
  );
  assert.equal(
    [...nodes.values()].map(({ children }) => children),
    [["b", "x"], ["c"], [], []],
  );
});

test("no image at all", () => assert.equal(resolve().order, []));

test("os, language and user are inherited, and overridden", () => {
  const { nodes } = resolve(
    ["base", { os: "debian", user: "app" }],
    ["python", { parent: "base", language: "python3" }],
    ["web", { parent: "python", user: "web" }],
    ["job", "web"],
  );
  const inherited = [...nodes.values()].map(({ os, language, user }) => [os, language, user]);
  assert.equal(inherited, [
    ["debian", undefined, "app"],
    ["debian", "python3", "app"],
    ["debian", "python3", "web"],
    ["debian", "python3", "web"],
  ]);
});

test("the operating system of a base: its own word, the external base's, debian for a bootstrap, none for scratch", () => {
  const bases = [{ ref: "example.org/photon:5", digest: digest("a"), os: "photon" }];
  const images = [
    image("own", { from: "example.org/photon:5", os: "other" }),
    image("external", { from: "example.org/photon:5" }),
    image("bootstrapped"),
    image("empty", { from: "scratch" }),
  ];
  const { graph } = resolveGraph(catalogue(images, { bases }));
  assert.equal(
    [...graph.nodes.values()].map(({ os }) => os),
    ["other", "photon", "debian", undefined],
  );
});

test("an unknown parent, with the name that was meant", () => {
  const found = resolve(["base"], ["a", "bsae"], ["b", "nothing-like-it"]);
  assert.equal(found.order, ["base"]);
  assert.equal(
    found.diagnostics.map(({ code, message, hint, file, excerpt }) => [code, message, hint, file, excerpt]),
    [
      ["unknown-parent", 'no image is named "bsae"', "did you mean `base`?", "images/a/image.yaml", "/parent"],
      [
        "unknown-parent",
        'no image is named "nothing-like-it"',
        "an image's parent is another image of images/",
        "images/b/image.yaml",
        "/parent",
      ],
    ],
  );
});

test("what derives from an image with an unknown parent is left out and not repeated", () => {
  const found = resolve(["a", "missing"], ["b", "a"], ["c", "b"], ["sound"]);
  assert.equal(found.order, ["sound"]);
  assert.equal(messages(found), ['unknown-parent: no image is named "missing"']);
});

test("a parent whose own definition was rejected is no second mistake", () => {
  const { graph, diagnostics } = resolveGraph(catalogue([image("a", { parent: "broken" })], { rejected: ["broken"] }));
  assert.equal(diagnostics, []);
  assert.is(graph.nodes.size, 0);
});

test("a cycle is told once, with its path from its first image by name", () => {
  const found = resolve(["c", "b"], ["a", "c"], ["b", "a"], ["sound"]);
  assert.equal(messages(found), ["cycle: an image cannot derive from itself: a → c → b → a"]);
  assert.is(found.diagnostics[0]?.file, "images/a/image.yaml");
  assert.equal(found.order, ["sound"]);
});

test("an image that is its own parent", () => {
  assert.equal(messages(resolve(["a", "a"])), ["cycle: an image cannot derive from itself: a → a"]);
});

test("two cycles are two diagnostics, and what hangs below one is not repeated", () => {
  const found = resolve(["below", "hangs"], ["hangs", "b"], ["a", "b"], ["b", "a"], ["y", "x"], ["x", "y"], ["z", "y"]);
  assert.equal(messages(found), [
    "cycle: an image cannot derive from itself: a → b → a",
    "cycle: an image cannot derive from itself: x → y → x",
  ]);
  assert.equal(found.order, []);
});

const MANY = 10_000;
const numbered = (index: number) => `i${index}`;

test("a chain of 10,000 images, defined from its end", () => {
  const links = Array.from(
    { length: MANY },
    (_, index) => [numbered(index), index === 0 ? {} : numbered(index - 1)] as const,
  );
  const { nodes, diagnostics } = resolve(...links.reverse());
  assert.equal(diagnostics, []);
  assert.is(nodes.get(imageName(numbered(MANY - 1)))?.level, MANY - 1);
  assert.is([...nodes.keys()][MANY - 1], numbered(MANY - 1));
});

test("a star of 10,000 images", () => {
  const rays = Array.from({ length: MANY }, (_, index) => [numbered(index), "centre"] as const);
  const { nodes } = resolve(...rays, ["centre"]);
  assert.is(nodes.size, MANY + 1);
  assert.is(nodes.get(imageName("centre"))?.children.length, MANY);
});

test("10,000 images below a cycle, and a cycle of 10,000", () => {
  const tail = Array.from(
    { length: MANY },
    (_, index) => [numbered(index), index === 0 ? "b" : numbered(index - 1)] as const,
  );
  assert.is(resolve(...tail, ["a", "b"], ["b", "a"]).diagnostics.length, 1);
  const ring = Array.from({ length: MANY }, (_, index) => [numbered(index), numbered((index + 1) % MANY)] as const);
  assert.is(resolve(...ring).diagnostics.length, 1);
});

test.run();
