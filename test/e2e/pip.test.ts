import { createHash } from "node:crypto";
import { archiveAccess } from "../support/archive-access.js";
import { PYTHON_BASE, publishBase } from "../support/base-images.js";
import { TestCatalogue } from "../support/catalogue.js";
import { manifestImage } from "../support/install-script.js";
import { layoutContent, layoutTags } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { type PackageIndex, startPackageIndex, wheel } from "../support/wheel.js";
import { buildahIn, Workspace } from "../support/workspace.js";

const test = suite("pip");
let workspace: Workspace;
let catalogue: TestCatalogue;
let indexes: PackageIndex[];

test.before(async () => {
  workspace = await Workspace.create();
  const wheels = ["1.0", "1.1", "2.0"].map((version) => wheel("greeting", version));
  // Two indexes: the same packages at two addresses.
  indexes = await Promise.all([startPackageIndex("greeting", wheels), startPackageIndex("greeting", wheels)]);
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml": `kind: SystemPackages
os: debian
packages:
  - { name: python3, license: PSF-2.0 }
  - { name: python3-pip, license: MIT }
`,
    "catalog/runtime/python3.yaml":
      'kind: RuntimePackages\nlanguage: python3\npackages:\n  - { name: greeting, versions: ["1.*"], license: MIT }\n',
    "images/python/image.yaml": PYTHON_BASE,
    "images/greeter/image.yaml": `name: greeter
version: "1"
parent: python
runtime-packages: [greeting]
tests:
  - name: the newest approved version was installed
    command: [python3, -c, "import greeting; print(greeting.version())"]
    stdout: { equals: greeting 1.1 }
`,
  });
});
test.after(async () => {
  await Promise.all(indexes.map((index) => index.stop()));
  await workspace.remove();
});

const environment = (name: string, at: number) => ({
  ...workspace.env,
  ...archiveAccess(),
  SLIPWAY_STATE: workspace.path(`state-${name}`),
  PIP_INDEX_URL: indexes[at]?.url ?? "",
});

test("installs an approved version from the machine's own index; another storage and index give the same image", async () => {
  const [first, second] = [workspace.path("registry-a"), workspace.path("registry-b")];
  for (const registry of [first, second])
    await publishBase(catalogue, "python", { registry, env: environment("a", 0) });
  for (const [name, registry, at] of [
    ["a", first, 0],
    ["b", second, 1],
  ] as const) {
    const { stdout } = await catalogue.expect(0, ["build", "--registry", `oci:${registry}`], {
      env: environment(name, at),
    });
    assert.match(stdout, /^1 built, 1 unchanged in /m);
  }
  assert.equal(layoutContent(second), layoutContent(first));
  const imageId = layoutTags(second).get("greeter:latest")?.imageId.slice(7) ?? "";
  const config = await buildahIn(workspace.path("state-b/storage"), "inspect", "--type", "image", imageId);
  assert.not.match(config, /127\.0\.0\.1|PIP_/);
});

test("a requirements.txt with hashes is installed unchanged; a wrong hash fails", async () => {
  const sum = createHash("sha256").update(wheel("greeting", "1.0").bytes).digest("hex");
  await catalogue.write("images/listed/requirements.txt", `# asked for\ngreeting==1.0 \\\n    --hash=sha256:${sum}\n`);
  const definition = manifestImage("listed", "python", ["requirements.txt"]);
  const command = '[python3, -c, "import greeting; print(greeting.version())"]';
  await catalogue.write(
    "images/listed/image.yaml",
    `${definition}tests:\n  - command: ${command}\n    stdout: { equals: greeting 1.0 }\n`,
  );
  const [first, second] = [workspace.path("registry-a"), workspace.path("registry-b")];
  for (const [name, registry, at] of [
    ["a", first, 0],
    ["b", second, 1],
  ] as const)
    await catalogue.expect(0, ["build", "listed", "--registry", `oci:${registry}`], { env: environment(name, at) });
  const imageIds = [first, second].map((registry) => layoutTags(registry).get("listed:latest")?.imageId);
  assert.type(imageIds[0], "string");
  assert.is(imageIds[1], imageIds[0]);
  await catalogue.edit("images/listed/requirements.txt", sum, "0".repeat(64));
  const { stdout } = await catalogue.expect(1, ["build", "listed", "--registry", `oci:${first}`], {
    env: environment("a", 0),
  });
  assert.match(stdout, /HASHES|Expected sha256 0{64}/);
  await catalogue.delete("images/listed");
});

test("a package that is approved only in a version that does not exist fails the build with that reason", async () => {
  await catalogue.edit("catalog/runtime/python3.yaml", '"1.*"', '"3.*"');
  const { stdout } = await catalogue.expect(1, ["build", "--registry", `oci:${workspace.path("registry-a")}`], {
    env: environment("a", 0),
  });
  assert.match(stdout, /No matching distribution found for greeting==3\.\*/);
});

test.run();
