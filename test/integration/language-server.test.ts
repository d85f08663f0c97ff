import { readFileSync } from "node:fs";
import { TestCatalogue } from "../support/catalogue.js";
import { LanguageServer } from "../support/language-server.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("integration/language-server");
let workspace: Workspace;
let server: LanguageServer;

test.before(async () => {
  workspace = await Workspace.create();
  const catalogue = await TestCatalogue.empty(workspace, "started", { "README.md": "nothing\n" });
  await catalogue.expect(0, ["init"]);
  server = await LanguageServer.start(catalogue.directory);
});
test.after(async () => {
  await server.stop();
  await workspace.remove();
});

const FILE = "images/new/image.yaml";
const IMAGE =
  "# yaml-language-server: $schema=../../catalog/schemas/image.schema.json\nname: a\nversion: 1.10\nparent: b\n";

test("completion offers the keys that are not yet used, including nested ones", async () => {
  const keys = await server.complete(FILE, `${IMAGE}▌`);
  for (const key of ["system-packages", "artifacts", "env", "run", "tests"])
    assert.ok(keys.includes(key), `${key}: ${keys}`);
  for (const key of ["name", "version"]) assert.not(keys.includes(key), `${key} is there already`);
  const nested = await server.complete(FILE, `${IMAGE}run:\n  ▌`);
  for (const key of ["user", "workdir", "entrypoint", "cmd"]) assert.ok(nested.includes(key), `${key}: ${nested}`);
  const ofTest = await server.complete(FILE, `${IMAGE}tests:\n  - command: [id]\n    ▌`);
  assert.ok(ofTest.includes("stdout") && ofTest.includes("timeout") && !ofTest.includes("exists"), `${ofTest}`);
});

test("completion offers the values of an enumeration", async () => {
  assert.equal(await server.complete(FILE, `${IMAGE}kind: ▌\n`), ["Image", "BaseImage"]);
  const flags = await server.complete(FILE, `${IMAGE}metadata:\n  extendable: ▌\n`);
  assert.ok(flags.includes("true") && flags.includes("false"), `${flags}`);
  const roles = "# yaml-language-server: $schema=../catalog/schemas/roles.schema.json\nkinds:\n  image: ▌\n";
  assert.equal(await server.complete("policies/roles.yaml", roles), ["administrator", "privileged-developer"]);
});

test("hover shows what a key means", async () => {
  assert.match(await server.hover(FILE, IMAGE.replace("version", "ver▌sion")), /Version of the image\. Text: /);
  assert.match(await server.hover(FILE, `${IMAGE}run:\n  work▌dir: /srv\n`), /The working directory\./);
});

test("a mistyped key, a value of the wrong form and one of the wrong type are marked in place", async () => {
  const { marks } = await server.open(FILE, `${IMAGE}port: [8080]\nrun:\n  workdir: srv\nsetup: x\nkind: Imag\n`);
  assert.equal([...marks].sort(), [
    "5:1 Property port is not allowed.",
    "7:12 an absolute path in the image, without `..`, quotes, `$`, `\\` and control characters",
    "8:8 Incorrect type. Expected one of array, null.",
    '9:7 Value is not accepted. Valid values: "Image", "BaseImage".',
  ]);
});

test("input that the loader accepts is not marked: text that looks like another type, keys without a value, expressions", async () => {
  const { marks } = await server.open(
    FILE,
    `${IMAGE}env:\nsetup: [true, 1.10]\nports: ["80"]\nmetadata: { extendable: "true" }\ndescription: a \${{ matrix.b }}\nos: \${{ matrix.os }}\n`,
  );
  assert.equal(marks, []);
});

test("the files of this repository have no marks", async () => {
  const project = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
  const files = {
    "images/python3-web/image.yaml": "image",
    "images/debian-base/image.yaml": "image",
    "images/nodejs-hello/image.yaml": "image",
    "catalog/system/debian.yaml": "systemPackages",
    "catalog/runtime/python3.yaml": "runtimePackages",
    "catalog/bases.yaml": "bases",
    "policies/roles.yaml": "roles",
    "slipway.yaml": "settings",
  };
  for (const [path, kind] of Object.entries(files)) {
    const up = "../".repeat(path.split("/").length - 1);
    const text = `# yaml-language-server: $schema=${up}catalog/schemas/${kind}.schema.json\n${project(path)}`;
    const { marks } = await server.open(path, text);
    assert.equal(marks, [], path);
    // Proves that the schema was found.
    assert.is((await server.open(path, `${text}no-such-key: 1\n`)).marks.length, 1, path);
  }
});

test("nothing was requested from the network", () => {
  assert.equal(server.requests, []);
});

test.run();
