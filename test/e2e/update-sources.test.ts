import { archiveAccess } from "../support/archive-access.js";
import { PYTHON_BASE, publishBase } from "../support/base-images.js";
import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { type PackageIndex, startPackageIndex, wheel } from "../support/wheel.js";
import { Workspace } from "../support/workspace.js";

const test = suite("update: package managers");
let workspace: Workspace;
let catalogue: TestCatalogue;
let index: PackageIndex;

const GREETER = `name: greeter
version: "1"
parent: python
runtime-packages:
  - { name: greeting, version: 1.0 } # moves with the list
`;

test.before(async () => {
  workspace = await Workspace.create();
  const wheels = ["1.0", "1.9", "1.10", "1.11", "2.0rc1"].map((version) => wheel("greeting", version));
  index = await startPackageIndex("greeting", wheels, ["greeting-1.11-py3-none-any.whl"]);
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml": `kind: SystemPackages
os: debian
packages:
  - { name: python3, license: PSF-2.0 }
  - { name: python3-pip, license: MIT }
  - { name: jq, versions: ["1.5", "1.6-0"], license: MIT }
  - { name: no-such-package, versions: ["1"], license: MIT }
`,
    "catalog/runtime/python3.yaml":
      "kind: RuntimePackages\nlanguage: python3\npackages:\n  - { name: Greeting, versions: [1.0], license: MIT }\n",
    "images/python/image.yaml": PYTHON_BASE,
    "images/greeter/image.yaml": GREETER,
  });
});
test.after(async () => {
  await index.stop();
  await workspace.remove();
});

test("apt and pip are asked in a built image; their own version order decides", async () => {
  const env = { ...workspace.env, ...archiveAccess(), PIP_INDEX_URL: index.url };
  await publishBase(catalogue, "python", { registry: catalogue.path(".slipway/registry"), env });
  const { stdout } = await catalogue.expect(0, ["update"], { env });
  const system = await catalogue.read("catalog/system/debian.yaml");
  const newest = /versions: \["1\.5", "(1\.6-2[^"]*)"\]/.exec(system)?.[1];
  assert.ok(newest, system);
  assert.match(system, /no-such-package, versions: \["1"\]/);
  assert.match(await catalogue.read("catalog/runtime/python3.yaml"), /\{ name: Greeting, versions: \[1\.10\], license/);
  assert.is(
    await catalogue.read("images/greeter/image.yaml"),
    GREETER.replace("version: 1.0 }", "version: 1.10 }"),
    "neither a prerelease nor what was withdrawn, and 1.10 comes after 1.9",
  );
  assert.match(
    stdout,
    /^debian: edited\n {2}catalog\/system\/debian\.yaml:6 {2}jq {2}1\.6-0 → 1\.6-2\S* {2}apt in python$/m,
  );
  assert.match(
    stdout,
    /^python3: edited\n {2}catalog\/runtime\/python3\.yaml:4 +Greeting +1\.0 → 1\.10 +pip in python\n/m,
  );
  const again = await catalogue.expect(0, ["update"], { env });
  assert.is(again.stdout, "0 updates · 2 groups up to date.\n");

  await index.stop();
  const offline = await catalogue.expect(4, ["update", "--group", "python3"], {
    env: { ...env, PIP_INDEX_URL: index.url },
  });
  assert.match(offline.stdout, /^python3: not done \(Greeting: Could not fetch URL http:.*Connection refused/);
});

test.run();
