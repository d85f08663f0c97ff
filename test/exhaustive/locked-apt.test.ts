import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LockedPackage } from "../../src/model/lock.js";
import type { Digest } from "../../src/model/names.js";
import { archiveAccess } from "../support/archive-access.js";
import { TestCatalogue } from "../support/catalogue.js";
import { DPKG, failureOf, LockedBuilds } from "../support/locked-builds.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("locked apt");
let workspace: Workspace;
let catalogue: TestCatalogue;
let builds: LockedBuilds;
let base: Digest;
let tools: Digest;
let baseLock: LockedPackage[];
let toolsLock: LockedPackage[];

/** Makes every archive unreachable. */
const CUT = { http_proxy: "http://127.0.0.1:9", https_proxy: "http://127.0.0.1:9" };

/** The base, for an empty storage. */
const LAYOUT = () => `dir:${workspace.path("layout")}`;

const open = (name: string, env: Readonly<Record<string, string>>) =>
  LockedBuilds.open({ workspace, catalogue: catalogue.directory, name, env });

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml": `kind: SystemPackages
os: debian
packages: [{ name: ca-certificates }, { name: jq }, { name: tini }]
`,
    "images/base/image.yaml": `kind: BaseImage
name: base
version: "1"
os: debian
bootstrap: { manager: apt, suite: bookworm, variant: minbase, packages: [ca-certificates] }
`,
    "images/tools/image.yaml": `name: tools
version: "1"
parent: base
system-packages: [jq]
stages:
  - name: helper
    parent: base
    system-packages: [{ name: tini, version: 0.19.0-1+b3 }]
artifacts:
  - { image: helper, path: /usr/bin/tini, target: /usr/local/bin/tini }
`,
    "images/curious/image.yaml": `name: curious
version: "1"
parent: tools
setup:
  - for file in /media/packages/*/*/* /media/packages/0; do if (echo evil >> "$file") || rm -rf "$file"; then echo "$file was changed"; exit 1; fi; done 2>/dev/null
  - if apt-get install -y tini || (echo > /dev/tcp/127.0.0.1/9); then exit 1; fi
`,
  });
  builds = await open("open", archiveAccess());
  base = await builds.build("base");
  tools = await builds.build("tools", { base: { imageId: base } });
  const rows = (all: string[][]) => all.map(([name = "", version = "", arch = ""]) => ({ name, version, arch }));
  const files = workspace.path("files");
  const bootstrapped = await builds.lock("apt", base, rows(await builds.added(base, undefined, DPKG)), files);
  baseLock = bootstrapped.map((entry) => ({ ...entry, bootstrap: true as const }));
  const jq = await builds.lock("apt", base, rows(await builds.added(tools, base, DPKG)), files);
  const tini = await builds.lock("apt", base, [{ name: "tini", version: "0.19.0-1+b3", arch: "amd64" }], files);
  toolsLock = [...jq, ...tini.map((entry) => ({ ...entry, stage: "helper" }))];
  await builds.workshop.output(["push", "--quiet", base.slice(7), LAYOUT()]);
  await builds.close();
});
test.after(() => workspace.remove());

test("a bootstrap and packages on it: a locked build in an empty storage is bit for bit identical to an open one", async () => {
  builds = await open("locked", archiveAccess());
  assert.is(await builds.build("base", {}, baseLock), base);
  assert.is(await builds.build("tools", { base: { imageId: base } }, toolsLock), tools);
  const kept = await readdir(join(builds.state, "cache/packages/sha256"));
  assert.equal(kept.sort(), [...new Set([...baseLock, ...toolsLock].map(({ sha256 }) => sha256))].sort());
  await builds.close();
});

test("with the files in the cache no archive is needed, and no step can change them or reach the network", async () => {
  builds = await open("locked", CUT);
  await builds.workshop.output(["rmi", tools.slice(7)]);
  assert.is(await builds.build("tools", { base: { imageId: base } }, toolsLock), tools);
  await builds.build(
    "curious",
    { tools: { imageId: tools } },
    toolsLock.filter(({ stage }) => stage === undefined),
  );
  for (const { sha256 } of toolsLock) {
    assert.not.match(await readFile(join(builds.state, "cache/packages/sha256", sha256), "latin1"), /evil/);
  }
});

test("a tampered file of the cache is not installed; the archive's file replaces it", async () => {
  const [{ sha256 }] = toolsLock as [LockedPackage];
  const path = join(builds.state, "cache/packages/sha256", sha256);
  const tamper = async () => {
    const bytes = await readFile(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await rm(path);
    await writeFile(path, bytes);
  };
  await tamper();
  const cut = await failureOf(builds.build("tools", { base: { imageId: base } }, toolsLock));
  assert.match(cut, /^DOWNLOAD_FAILED cannot fetch .* by apt: exit code 100/);
  await builds.close();
  builds = await open("locked", archiveAccess());
  await writeFile(path, "not a package");
  assert.is(await builds.build("tools", { base: { imageId: base } }, toolsLock), tools);
  assert.ok((await readdir(join(builds.state, "cache/packages/sha256"))).some((name) => name.includes("damaged")));
});

test("a wrong hash, a deleted version and an incomplete lockfile are each reported", async () => {
  const [first, ...rest] = toolsLock as [LockedPackage, ...LockedPackage[]];
  const build = (...lock: LockedPackage[]) => failureOf(builds.build("tools", { base: { imageId: base } }, lock));
  const zeros = "0".repeat(64);
  assert.ok(
    (await build({ ...first, sha256: zeros }, ...rest)).startsWith(
      `HASH_MISMATCH ${first.name} ${first.version} of apt has the sha256 ${first.sha256}, slipway.lock says ${zeros}`,
    ),
  );
  const old = { ...first, version: "0.1", file: "old.deb", sha256: zeros };
  assert.ok((await build(old, ...rest)).startsWith(`PACKAGE_GONE apt no longer has ${first.name} 0.1: `));
  const without = toolsLock.filter(({ name }) => name !== "jq");
  assert.match(await build(...without), /^BUILD_FAILED .*slipway\.lock lacks .*run `slipway lock --update`\)$/);
  await builds.close();
});

test("packages that upstream has deleted come from where they were stored", async () => {
  const files = {
    fetchFile: async (sha256: string, to: string) => {
      const entry = toolsLock.find((each) => each.sha256 === sha256);
      if (entry === undefined) return false;
      await writeFile(to, await readFile(workspace.path("files", entry.file)));
      return true;
    },
  };
  builds = await LockedBuilds.open({ workspace, catalogue: catalogue.directory, name: "vendored", env: CUT, files });
  const pull = { reference: LAYOUT(), options: [] };
  assert.is(await builds.build("tools", { base: { imageId: base, pull } }, toolsLock), tools);
  await builds.close();
});

test.run();
