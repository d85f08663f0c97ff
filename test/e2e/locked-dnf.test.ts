import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { LockedPackage } from "../../src/model/lock.js";
import type { Digest } from "../../src/model/names.js";
import { hashFile } from "../../src/system/hash-file.js";
import { TestCatalogue } from "../support/catalogue.js";
import { failureOf, LockedBuilds } from "../support/locked-builds.js";
import { programsWithout } from "../support/programs.js";
import { copyDnfTree, type FileServer, makeRepository, serveFiles } from "../support/rpm-repository.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/* A root file system with Debian's dnf, made from packages that this test builds; see rpm.test.ts. */
const test = suite("locked dnf");
let workspace: Workspace;
let catalogue: TestCatalogue;
let server: FileServer;
let base: Digest;
let tools: Digest;
let baseLock: LockedPackage[];
let toolsLock: LockedPackage[];

test.before(async () => {
  workspace = await Workspace.create();
  const served = workspace.path("served");
  await mkdir(served);
  server = await serveFiles(served);
  const tree = workspace.path("tree");
  await copyDnfTree(tree);
  const files = {
    "/etc/yum.repos.d/own.repo": `[own]\nname=own\nbaseurl=${server.url}/\ngpgcheck=0\n`,
    // Where the tree's own rpm looks, which is not where a bootstrap puts the database.
    "/etc/rpm/macros": "%_dbpath /var/lib/rpm\n",
    "/etc/hosts": "",
    "/etc/resolv.conf": "",
    "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "/etc/group": "root:x:0:\n",
  };
  await makeRepository(served, [
    { name: "os-tree", version: "1-1", provides: ["/bin/sh"], tree, files },
    { name: "caret", version: "1.0^git1-3.x", requires: ["needed"] },
    { name: "needed", version: "1:1-1" },
    { name: "needed", version: "1:2-1" },
  ]);
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/testos.yaml":
      "kind: SystemPackages\nos: testos\nmanager: dnf\npackages: [{ name: os-tree }, { name: caret }]\n",
    "images/base/image.yaml": `kind: BaseImage
name: base
version: "1"
os: testos
bootstrap: { manager: dnf, repositories: { test: "${server.url}/" }, releasever: "1", packages: [os-tree] }
`,
    "images/tools/image.yaml": 'name: tools\nversion: "1"\nparent: base\nsystem-packages: [caret]\n',
  });
  const lock = async (name: string, version: string): Promise<LockedPackage> => {
    const file = `${name}-${version.replace(/^\d+:/, "")}.noarch.rpm`;
    const hashed = await hashFile(join(served, "noarch", file));
    return { manager: "dnf", name, version, arch: "noarch", file, ...hashed, why: [] };
  };
  baseLock = [{ ...(await lock("os-tree", "1-1")), bootstrap: true }];
  toolsLock = [await lock("caret", "1.0^git1-3.x"), await lock("needed", "1:2-1")];
  const builds = await open("open");
  base = await builds.build("base");
  tools = await builds.build("tools", { base: { imageId: base } });
  await builds.close();
});
test.after(async () => {
  await server?.stop();
  await workspace.remove();
});

const open = (name: string, env: Readonly<Record<string, string>> = {}) =>
  LockedBuilds.open({ workspace, catalogue: catalogue.directory, name, env });

test("a bootstrap and packages on it: locked builds are bit for bit identical to open ones, then without any repository", async () => {
  let builds = await open("locked");
  assert.is(await builds.build("base", {}, baseLock), base);
  assert.is(await builds.build("tools", { base: { imageId: base } }, toolsLock), tools);
  await server.stop();
  await builds.workshop.output(["rmi", tools.slice(7), base.slice(7)]);
  await builds.close();
  builds = await open("locked");
  assert.is(await builds.build("base", {}, baseLock), base);
  assert.is(await builds.build("tools", { base: { imageId: base } }, toolsLock), tools);
  const lacking = await failureOf(builds.build("tools", { base: { imageId: base } }, toolsLock.slice(0, 1)));
  assert.match(lacking, /^BUILD_FAILED .*slipway\.lock lacks /);
  await builds.close();
});

test("without createrepo_c the build says what to install", async () => {
  const builds = await open("locked");
  const { PATH } = process.env;
  process.env.PATH = await programsWithout(workspace, "createrepo_c");
  try {
    const said = await failureOf(builds.build("tools", { base: { imageId: base } }, toolsLock));
    assert.match(said, /^BUILD_FAILED locked packages of dnf take createrepo_c: apt-get install .* createrepo-c$/);
  } finally {
    process.env.PATH = PATH;
    await builds.close();
  }
});

test.run();
