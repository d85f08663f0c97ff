import { mkdir, readdir } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { KIND_NAMES } from "../../src/load/kinds/schema/kinds.js";
import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("slipway schema");
let workspace: Workspace;
let catalogue: TestCatalogue;
/** The output of `slipway schema --json`, by kind. */
let schemas: Readonly<Record<string, { readonly properties: Readonly<Record<string, { description?: string }>> }>>;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  schemas = await catalogue.json(["schema"]);
});
test.after(() => workspace.remove());

function validator(kind: string) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const validate = ajv.compile(schemas[kind] ?? false);
  return (value: unknown) => (validate(value) ? [] : (validate.errors ?? []).map(({ instancePath }) => instancePath));
}

test("without a kind: the list of kinds; with --json all schemas", async () => {
  const { stdout } = await catalogue.expect(0, ["schema"]);
  assert.match(stdout, /^ {2}image {2,}images\/<name>\/image\.yaml\n {2}module /);
  assert.equal(Object.keys(schemas), KIND_NAMES);
  assert.equal(await catalogue.json(["schema", "roles"]), schemas.roles);
});

test("a schema starts with its dialect, title and description, and every key has a description", () => {
  for (const kind of KIND_NAMES) {
    const schema = schemas[kind];
    assert.equal(Object.keys(schema ?? {}).slice(0, 4), ["$schema", "title", "description", "type"]);
    for (const [key, { description }] of Object.entries(schema?.properties ?? {}))
      assert.ok(description, `${kind}: ${key} has no description`);
  }
});

test("--out writes a file for each kind, or for one", async () => {
  const all = await catalogue.expect(0, ["schema", "--out", "catalog/schemas"]);
  assert.is(all.stdout, KIND_NAMES.map((kind) => `catalog/schemas/${kind}.schema.json\n`).join(""));
  for (const kind of KIND_NAMES)
    assert.equal(JSON.parse(await catalogue.read(`catalog/schemas/${kind}.schema.json`)), schemas[kind]);
  const { stdout } = await catalogue.expect(0, ["schema", "image"]);
  assert.is(await catalogue.read("catalog/schemas/image.schema.json"), stdout);
  await catalogue.expect(0, ["schema", "roles", "--out", "elsewhere"]);
  assert.equal(await readdir(catalogue.path("elsewhere")), ["roles.schema.json"]);
  assert.equal(await catalogue.json(["validate"]), { diagnostics: [] }, "the schemas bring no warning");
});

test("doctor reports schemas that another version of Slipway wrote", async () => {
  const env = { ...workspace.env, SLIPWAY_STATE: workspace.path("doctor-state") };
  await mkdir(catalogue.path("catalog"), { recursive: true });
  const found = async () => /^ {2}ok +schemas +(.*)$/m.exec((await catalogue.run(["doctor"], { env })).stdout)?.[1];
  assert.is(await found(), "up to date");
  await catalogue.write("catalog/schemas/roles.schema.json", "{}\n");
  assert.is(await found(), "out of date: slipway schema --out catalog/schemas");
});

test("exit code 2: an unknown kind, with the nearest one; a directory that cannot be created", async () => {
  const near = await catalogue.expect(2, ["schema", "setings"]);
  assert.is(near.stderr, 'slipway: no kind of file is named "setings"\nhint: did you mean settings?\n');
  assert.match((await catalogue.expect(2, ["schema", "zzzzzz"])).stderr, /hint: one of image, module, settings, /);
  const { stderr } = await catalogue.expect(2, ["schema", "--out", "slipway.yaml/x"]);
  assert.match(stderr, /^slipway: the schemas cannot be written to slipway\.yaml\/x: /);
});

test("scalars that the loader reads as text may be numbers, booleans or null for an editor", () => {
  const image = validator("image");
  const sound = `name: a
version: 1.10
parent: b
metadata: { extendable: "false" }
ports: ["8080", 9090]
setup: [true, [sleep, 1]]
env: { A: 1, B: true, C: null, D: }
labels:
tests:
  - { command: "true", exit: "0", timeout: 5 }
`;
  assert.equal(image(parse(sound)), []);
  assert.equal(image({ name: "A", version: "1", parent: "b" }), ["/name"]);
  assert.equal(image({ name: "a", version: "1", parent: "b", metadata: { extendable: "no" } }), [
    "/metadata/extendable",
  ]);
});

test("an image may hold an expression (matrix.x) in place of any scalar; other kinds may not", () => {
  const word = "$" + "{{ matrix.version }}";
  const image = validator("image");
  const everywhere = {
    name: `python-${word}`,
    version: word,
    language: word.replaceAll(" ", ""),
    parent: word,
    "system-packages": [word, { name: word, version: word }],
    metadata: { extendable: word, author: word },
    ports: [word, { port: word, expose: word }],
    artifacts: [{ path: word, dest: word, mode: word, owner: word }],
    run: { user: word, cmd: [word], stopsignal: word, healthcheck: { command: word, interval: word, retries: word } },
    stages: [{ name: "build", parent: word, setup: [word] }],
    tests: [
      { command: word, exit: word, timeout: word },
      { file: word, mode: word },
    ],
  };
  assert.equal(image(everywhere), []);
  const base = { name: "a", version: "1", bootstrap: { manager: "apt", suite: word, variant: word } };
  assert.equal(image(base), []);
  assert.equal(image({ ...everywhere, parent: word.replace("matrix", "github") }), ["/parent"]);
  const settings = validator("settings");
  assert.equal(settings({ registry: word }), ["/registry"]);
});

test.run();
