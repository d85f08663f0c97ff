import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type LoadedCatalogue, loadDesired } from "../../src/app/catalogue/desired.js";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { parseContainerfile } from "../support/containerfile.js";
import { copyExample, EXAMPLE } from "../support/photon-example.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/*
 * The example on Photon OS: every file of photon/ is the Containerfile of one definition. `npm run golden` rewrites them.
 */
const test = suite("golden/photon");
const FOLDER = fileURLToPath(new URL("../../../test/golden/photon/", import.meta.url));
const UPDATE = process.env.UPDATE_GOLDEN === "1";
let workspace: Workspace;

test.before(async () => {
  workspace = await Workspace.create();
});
test.after(() => workspace.remove());

const load = async (directory: string): Promise<LoadedCatalogue> =>
  loadDesired(await openWorkingTree(directory), builtInTemplates(), { today: "2026-11-01" });

/** The diagnostics of the example with one file changed or added. */
async function saidWith(path: string, text: string): Promise<string[]> {
  const directory = copyExample(workspace, { [path]: text });
  const { diagnostics } = await load(directory);
  return diagnostics.map(({ file, line, column, code, severity, message }) =>
    [`${file}:${line}:${column}`, severity, code, message].join(" "),
  );
}

test("the example has no diagnostics, and each image is rendered as before", async () => {
  const { desired, diagnostics } = await load(EXAMPLE);
  assert.equal(diagnostics, []);
  if (UPDATE) rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, { recipe }] of desired.images) {
    const file = `${FOLDER}${name}.Containerfile`;
    parseContainerfile(recipe.containerfile.text);
    if (UPDATE) writeFileSync(file, recipe.containerfile.text);
    if (!existsSync(file)) throw new Error(`there is no test/golden/photon/${name}.Containerfile: npm run golden`);
    assert.fixture(recipe.containerfile.text, readFileSync(file, "utf8"), `test/golden/photon/${name}.Containerfile`);
  }
  assert.equal(readdirSync(FOLDER).sort(), [...desired.images.keys()].map((name) => `${name}.Containerfile`).sort());
});

test("each of the four languages has a base image, and an image with packages from a package manifest", async () => {
  const { graph } = await load(EXAMPLE);
  const manifests = [...graph.nodes.values()].filter(({ definition }) => definition.runtimeManifest !== undefined);
  assert.equal(manifests.map(({ parent, language }) => `${parent} ${language}`).sort(), [
    "photon-java java",
    "photon-nodejs nodejs",
    "photon-powershell powershell",
    "photon-python3 python3",
  ]);
});

test("a definition on Debian is an error at its place", async () => {
  const text = "kind: BaseImage\nname: other\nversion: 1\nbootstrap: { manager: apt, suite: bookworm }\n";
  assert.equal(await saidWith("images/other/image.yaml", text), [
    "images/other/image.yaml:4:12 error os-not-allowed every image must derive from photon, and this one has debian",
  ]);
});

test("a package manifest is checked line by line against the approved list", async () => {
  const path = "images/python3-pandas/requirements.txt";
  assert.equal(await saidWith(path, "pandas>=2.2\nboto3\n\nrequests==2.30.0\n"), [
    `${path}:2:1 error package-not-approved the package "boto3" is not approved for python3`,
    `${path}:4:1 error version-not-approved requests 2.30.0 is not approved`,
  ]);
});

test.run();
