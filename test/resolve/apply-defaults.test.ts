import { loadMemory, type MemoryFiles, placesOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/defaults");

const BASE = "kind: BaseImage\nname: base\nversion: 1\nfrom: scratch\n";
const CHILD = "name: child\nversion: 1\nparent: base\n";

/** What the images are with these defaults: fields of the graph's definitions by name, and instructions. */
async function withDefaults(defaults: string, base = "", child = "", more: MemoryFiles = {}) {
  const { graph, desired, diagnostics } = await loadMemory({
    "slipway.yaml": `kind: Settings\ndefaults: ${defaults}\n`,
    "images/base/image.yaml": BASE + base,
    "images/child/image.yaml": CHILD + child,
    ...more,
  });
  assert.equal(diagnostics, []);
  return ["base", "child"].map((wanted) => {
    const [name] = [...graph.nodes.keys()].filter((key) => key === wanted);
    const image = name && desired.images.get(name);
    if (!image) throw new Error(`no ${wanted}`);
    const said = image.recipe.containerfile.text.split("\n").filter((line) => /^(?:ENV|LABEL) /.test(line));
    return { metadata: { ...image.node.definition.metadata }, said, tags: image.tags };
  });
}

test("environment and labels are for images without a parent in the catalogue; the rest inherits them", async () => {
  const [base, child] = await withDefaults("{ env: { LANG: C, A: 1 }, labels: { l: m } }", "env: { A: 2 }\n");
  assert.equal(base?.said, ['ENV A="2"', 'ENV LANG="C"', 'LABEL "l"="m"']);
  assert.equal(child?.said, []);
});

test("what a module says counts for more than a default, as what the image says", async () => {
  const module = "kind: Module\nname: m\nversion: 1\nenv: { LANG: de, A: 3 }\nlabels: { l: n }\n";
  const [base] = await withDefaults(
    "{ env: { LANG: C, B: 1 }, labels: { l: m } }",
    "modules: [m]\nenv: { A: 4 }\n",
    "",
    {
      "catalog/modules/m/module.yaml": module,
    },
  );
  assert.equal(base?.said, ['ENV A="4"', 'ENV B="1"', 'ENV LANG="de"', 'LABEL "l"="n"']);
});

test("metadata, key by key, for every image", async () => {
  const [base, child] = await withDefaults(
    "{ metadata: { role: r, author: a, tier: 1 } }",
    "metadata: { role: own }\n",
    "metadata: { tier: 2 }\n",
  );
  assert.equal(base?.metadata, { role: "own", author: "a", tier: "1" });
  assert.equal(child?.metadata, { role: "r", author: "a", tier: "2" });
});

test("extendable: the default applies where a definition does not say", async () => {
  const [base, child] = await withDefaults("{ metadata: { extendable: false } }", "metadata: { extendable: true }\n");
  assert.equal([base?.metadata.extendable, child?.metadata.extendable], [true, false]);
  const files = {
    "slipway.yaml": "defaults: { metadata: { extendable: false } }\n",
    "images/base/image.yaml": BASE,
    "images/child/image.yaml": CHILD,
  };
  assert.equal(await placesOf(files), ["images/child/image.yaml:3:9 not-extendable"]);
});

test("tags", async () => {
  const tags = async (defaults: string, base: string) =>
    (await withDefaults(defaults, base)).map((image) => image.tags);
  assert.equal(await tags("{}", ""), [["latest"], ["latest"]]);
  assert.equal(await tags("{ tags: [latest, stable] }", "tags: [edge]\n"), [["edge"], ["latest", "stable"]]);
  assert.equal(await tags("{ tags: [] }", "tags: [latest]\n"), [["latest"], []]);
  assert.equal(await tags("{ tags: [stable] }", "tags: []\n"), [[], ["stable"]]);
});

test("the platform of the settings, where the image and its parent do not say one", async () => {
  const { graph } = await loadMemory({
    "slipway.yaml": "platforms: [linux/arm64]\n",
    "images/base/image.yaml": BASE,
    "images/other/image.yaml": BASE.replace("base", "other").concat("platforms: [linux/amd64]\n"),
    "images/child/image.yaml": CHILD.replace("base", "other"),
  });
  assert.equal([...graph.nodes.values()].map(({ name, platform }) => `${name} ${platform}`).sort(), [
    "base linux/arm64",
    "child linux/amd64",
    "other linux/amd64",
  ]);
});

test("mistakes in defaults are told in slipway.yaml", async () => {
  const said = (defaults: string) =>
    placesOf({ "slipway.yaml": `defaults: ${defaults}\n`, "images/base/image.yaml": BASE });
  assert.equal(await said("{ env: { 1A: x } }"), ["slipway.yaml:1:20 invalid-value"]);
  assert.equal(await said("{ labels: [{ name: a, value: 1 }, { name: a, value: 2 }] }"), [
    "slipway.yaml:1:53 duplicate-name",
  ]);
  assert.equal(await said("{ parent: x }"), ["slipway.yaml:1:13 unknown-key"]);
});

test.run();
