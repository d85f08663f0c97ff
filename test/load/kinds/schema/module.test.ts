import { loadMemory, type MemoryFiles, problemsOf } from "../../../support/memory-tree.js";
import { assert, suite } from "../../../support/suite.js";

const test = suite("load/kinds/schema/module");

const IMAGE = "kind: BaseImage\nname: a\nversion: 1\nfrom: scratch\n";
const MODULE = "kind: Module\nname: some/app\nversion: 12\n";

test("a module is read from any folder below catalog/modules, with what an image may have as well", async () => {
  const { catalogue, diagnostics } = await loadMemory({
    "images/a/image.yaml": IMAGE,
    "catalog/modules/some/deep/module.yaml": `${MODULE}description: x
modules: [other, { name: b/c, version: 1.10 }]
system-packages: [curl]
runtime-packages: [{ name: flask, version: 2.0 }]
env: { A: }
setup: [x]
run: { user: app }
`,
  });
  assert.equal(diagnostics, [], "what nobody uses is not resolved");
  const [[name, [module, ...more] = []] = []] = [...catalogue.modules];
  assert.equal(more, []);
  assert.is(name, "some/app");
  const { source, ...rest } = module ?? {};
  assert.is(source?.file, "catalog/modules/some/deep/module.yaml");
  assert.equal(rest, {
    name: "some/app",
    version: "12",
    description: "x",
    modules: [
      { name: "other", pointer: "/modules/0" },
      { name: "b/c", version: "1.10", pointer: "/modules/1" },
    ],
    systemPackages: [{ name: "curl", pointer: "/system-packages/0" }],
    systemPackagesKey: "system-packages",
    runtimePackages: [{ name: "flask", version: "2.0", pointer: "/runtime-packages/0" }],
    artifacts: [],
    env: [{ name: "A", value: "" }],
    labels: [],
    ports: [],
    volumes: [],
    setup: [{ form: "shell", text: "x" }],
    run: { user: "app" },
    folder: "catalog/modules/some/deep",
    pointer: "",
  });
});

test("what a module copies lies beside it, and is content, be it YAML or a broken one", async () => {
  const files: MemoryFiles = {
    "images/a/image.yaml": `${IMAGE}modules: [some/app]\n`,
    "catalog/modules/app/module.yaml": `${MODULE}artifacts: [{ path: conf, dest: /etc }]\n`,
    "catalog/modules/app/conf/x.yaml": "not: [ a module\n",
  };
  const { diagnostics, desired } = await loadMemory(files);
  assert.equal(diagnostics, []);
  assert.equal(
    [...desired.images.values()][0]?.recipe.context.map(({ path, from }) => `${from} → ${path}`),
    ["catalog/modules/app/conf/x.yaml → artifacts/0/x.yaml"],
  );
});

const said = (files: MemoryFiles) => problemsOf({ "images/a/image.yaml": IMAGE, ...files });
const AT = "catalog/modules/m/module.yaml";

test("one version of a module twice; several versions are several modules", async () => {
  const second = "catalog/modules/n/module.yaml";
  assert.equal(await said({ [AT]: MODULE, [second]: MODULE.replace("12", "13") }), []);
  assert.equal(await said({ [AT]: MODULE, [second]: MODULE }), [
    `${second}:3:10 duplicate-module: the module \`some/app\` in version 12 occurs here for the second time | the first is in ${AT}, line 3`,
  ]);
});

test("what a module cannot have", async () => {
  assert.equal(await said({ [AT]: "kind: Module\nname: x\n" }), [`${AT}:1:1 missing-key: \`version\` is missing`]);
  const [problem, ...more] = await said({ [AT]: `${MODULE}parent: a\n` });
  assert.equal(more, []);
  assert.match(problem ?? "", /:4:1 unknown-key: unknown key `parent` \|/);
  assert.equal(await said({ [AT]: MODULE.replace("some/app", "Some//app") }), [
    `${AT}:2:7 invalid-value: \`name\` must be lower-case letters and digits, joined by \`-\`, \`.\`, \`_\` or \`/\`; not \`Some//app\``,
  ]);
  assert.equal(await said({ [AT]: `${MODULE}artifacts: [{ path: no, dest: /x }]\n` }), [
    `${AT}:4:21 artifact-missing: there is no file or directory \`no\` | it must be committed or at least not ignored, below images/, catalog/ or policies/; Git keeps no empty directories`,
  ]);
});

test.run();
