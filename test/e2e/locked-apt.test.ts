import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LockedPackage } from "../../src/model/lock.js";
import type { Digest } from "../../src/model/names.js";
import { archiveAccess } from "../support/archive-access.js";
import { TestCatalogue } from "../support/catalogue.js";
import { DPKG, LockedBuilds } from "../support/locked-builds.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("locked apt");
let workspace: Workspace;
let catalogue: TestCatalogue;
let open: LockedBuilds;
let base: Digest;
let tools: Digest;
let baseLock: LockedPackage[];
let toolsLock: LockedPackage[];

/** Whatever apt needs of this machine, and nothing where the network is to be cut. */
const place = (name: string, env: Readonly<Record<string, string>> = archiveAccess()) => {
  return { workspace, catalogue: catalogue.directory, name, env };
};

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml": `kind: SystemPackages
os: debian
packages: [{ name: ca-certificates }, { name: jq }, { name: tini }, { name: curl }]
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
system-packages: [jq, curl]
stages:
  - name: helper
    parent: base
    system-packages: [{ name: tini, version: 0.19.0-1+b3 }]
artifacts:
  - { image: helper, path: /usr/bin/tini, target: /usr/local/bin/tini }
`,
  });
  open = await LockedBuilds.open(place("open"));
  base = await open.build("base");
  tools = await open.build("tools", { base: { imageId: base } });
  const rows = (all: string[][]) => all.map(([name = "", version = "", arch = ""]) => ({ name, version, arch }));
  const files = workspace.path("files");
  const lockOf = async (image: Digest, on?: Digest) =>
    open.lock("apt", base, rows(await open.added(image, on, DPKG)), files);
  baseLock = (await lockOf(base)).map((entry) => ({ ...entry, bootstrap: true as const }));
  const [tini] = await open.lock("apt", base, [await candidate("tini")], files);
  toolsLock = [...(await lockOf(tools, base)), { ...(tini as LockedPackage), stage: "helper" }];
});
test.after(async () => {
  await open?.close();
  await workspace.remove();
});

async function candidate(name: string) {
  const said = await open.ask(base, ["sh", "-c", `apt-get -q update >&2; apt-cache policy ${name}`]);
  const version = /Candidate: (\S+)/.exec(said)?.[1] ?? "";
  return { name, version, arch: "amd64" };
}

test("a bootstrap and what is installed on it: locked, in an empty storage, equal bit for bit to open", async () => {
  const locked = await LockedBuilds.open(place("locked"));
  try {
    const id = await locked.build("base", {}, baseLock);
    assert.is(id, base);
    assert.is(await locked.build("tools", { base: { imageId: id } }, toolsLock), tools);
    const log = await readFile(locked.log("tools"), "utf8");
    assert.not.match(log, /Get:.* http/);
    // By content, and nothing else.
    const kept = await readdir(join(locked.state, "cache/packages/sha256"));
    assert.equal(kept.sort(), [...new Set([...baseLock, ...toolsLock].map(({ sha256 }) => sha256))].sort());
    // From now on no archive is there for anybody.
    const none = { http_proxy: "http://127.0.0.1:9", https_proxy: "http://127.0.0.1:9" };
    await locked.close();
    const alone = await LockedBuilds.open(place("locked", none));
    await alone.workshop.output(["rmi", tools.slice(7)]);
    assert.is(await alone.build("tools", { base: { imageId: id } }, toolsLock), tools);
    await alone.close();
  } finally {
    await locked.close().catch(() => {});
  }
});

test.run();
