import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { archiveAccess } from "../support/archive-access.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutContent, layoutTags } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { buildahIn, Workspace } from "../support/workspace.js";

const test = suite("apt");
let workspace: Workspace;
let catalogue: TestCatalogue;

/** Files of the reference catalogue, unchanged. */
const reference = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml": reference("catalog/system/debian.yaml"),
    "images/debian-base/image.yaml": reference("images/debian-base/image.yaml"),
    // One package instead of all those in ops-tools, because this tests only apt.
    "images/with-jq/image.yaml": `name: with-jq
version: "1.0"
parent: debian-base
system-packages: [jq]
tests:
  - command: echo '{"a":[1,2]}' | jq -c .a
    stdout: { equals: "[1,2]" }
`,
  });
});
test.after(() => workspace.remove());

async function buildIn(name: string, extra: Readonly<Record<string, string>>): Promise<string> {
  const registry = workspace.path(`registry-${name}`);
  const env = { ...workspace.env, ...archiveAccess(), SLIPWAY_STATE: workspace.path(`state-${name}`), ...extra };
  const { stdout } = await catalogue.expect(0, ["build", "--registry", `oci:${registry}`], { env });
  assert.match(stdout, /^2 built in /m);
  return registry;
}

async function readInImage(name: string, registry: string, image: string, path: string): Promise<string> {
  const storage = workspace.path(`state-${name}/storage`);
  const imageId = layoutTags(registry).get(`${image}:latest`)?.imageId.slice(7) ?? "";
  const container = (await buildahIn(storage, "from", "--pull-never", imageId)).trim();
  return readFileSync(`${(await buildahIn(storage, "mount", container)).trim()}/${path}`, "utf8");
}

test("a package from the archive works, and the machine's settings leave no trace", async () => {
  const home = workspace.path("company-home");
  await mkdir(home);
  await writeFile(`${home}/.npmrc`, "//node.company.example/:_authToken=npm-s3cret\n");
  const bundle = workspace.path("company-ca.pem");
  await writeFile(bundle, readFileSync("/etc/ssl/certs/ca-certificates.crt"));
  const needs = {
    HOME: home,
    SLIPWAY_CA_BUNDLE: bundle,
    // Neither is used for an archive over http.
    ftp_proxy: "http://proxy.company.example:3128",
    all_proxy: "http://user:proxy-s3cret@proxy.company.example:3128",
    TZ: "Asia/Tokyo",
    LC_ALL: "C",
  };
  const plain = await buildIn("plain", {});
  // A company's own mirror, which here is the same archive that the image names anyway.
  const sources = workspace.path("company-sources.list");
  const own = await readInImage("plain", plain, "debian-base", "etc/apt/sources.list");
  await writeFile(sources, `# company mirror\n${own}`);
  const needy = await buildIn("needy", { ...needs, SLIPWAY_APT_SOURCES: sources });
  assert.equal(layoutContent(needy), layoutContent(plain));

  const storage = workspace.path("state-needy/storage");
  const imageId = layoutTags(needy).get("with-jq:latest")?.imageId.slice(7) ?? "";
  const container = (await buildahIn(storage, "from", "--pull-never", imageId)).trim();
  const mount = (await buildahIn(storage, "mount", container)).trim();
  for (const path of ["media/0", "media/cache", "media/ca.crt", "root/.npmrc"]) {
    assert.throws(() => readFileSync(`${mount}/${path}`), /ENOENT/, path);
  }
  const config = await buildahIn(storage, "inspect", "--type", "image", imageId);
  assert.not.match(config, /s3cret|company|proxy/);
});

test.run();
