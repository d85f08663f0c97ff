import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutContent, layoutTags } from "../support/layout.js";
import { programsWithout } from "../support/programs.js";
import {
  copyDnfTree,
  type FileServer,
  makeRepository,
  makeSignedRepository,
  serveFiles,
  type TestRpm,
} from "../support/rpm-repository.js";
import { assert, suite } from "../support/suite.js";
import { buildahIn, Workspace } from "../support/workspace.js";

/*
 * Real packages, built by this test: this machine's dnf bootstraps a root file system from them (one contains Debian's dnf), and
 * the dnf inside installs the others. `tdnf` is a script that starts that dnf, so only its command line is tested.
 */
const test = suite("rpm");
let workspace: Workspace;
let catalogue: TestCatalogue;
let servers: FileServer[];

const SMALL: readonly TestRpm[] = [
  { name: "epoch", version: "9.0-1" },
  { name: "epoch", version: "1:0.5-1" },
  { name: "tilde", version: "1.0~rc1-1" },
  { name: "tilde", version: "1.0-1" },
  { name: "caret", version: "1.0^git1-3.x", requires: ["needed"] },
  { name: "caret", version: "1.1-1" },
  { name: "needed", version: "1-1" },
  { name: "dist", version: "9.6.4-1.tos" },
  { name: "dist", version: "9.6.4-2.tos" },
  { name: "alike", version: "1.0-1" },
  { name: "alike-1.0", version: "7-1", files: { "/usr/share/alike-1.0": "another package\n" } },
];

const SHIM: TestRpm = {
  name: "tdnf",
  version: "3.5-1",
  files: { "/usr/bin/tdnf": '#!/bin/sh\nexec /usr/bin/dnf "$@"\n', "/etc/tdnf/tdnf.conf": "[main]\ngpgcheck=0\n" },
};

test.before(async () => {
  workspace = await Workspace.create();
  const served = workspace.path("served");
  for (const name of ["main", "signed"]) await mkdir(`${served}/${name}`, { recursive: true });
  // Two repositories: the same packages at two addresses.
  servers = await Promise.all([serveFiles(served), serveFiles(served)]);
  const tree = workspace.path("tree");
  await copyDnfTree(tree);
  const own = `[own]\nname=own\nbaseurl=${servers[0]?.url}/main/\ngpgcheck=0\n`;
  const files = {
    "/etc/yum.repos.d/own.repo": own,
    // Not where a bootstrap puts the database, so that it has to be moved.
    "/etc/rpm/macros": "%_dbpath /var/lib/rpm\n",
    "/etc/hosts": "",
    "/etc/resolv.conf": "",
    "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "/etc/group": "root:x:0:\n",
  };
  const post = "test -c /dev/null && test -e /proc/self && echo it ran > /etc/post";
  const osTree = { name: "os-tree", version: "1-1", provides: ["/bin/sh"], tree, files, post };
  await makeRepository(`${served}/main`, [osTree, SHIM, ...SMALL]);
  await makeSignedRepository(`${served}/signed`, [{ name: "signed", version: "1-1" }]);
  catalogue = await TestCatalogue.empty(workspace, "catalogue", DEFINITIONS(servers[0]?.url ?? ""));
});
test.after(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await workspace.remove();
});

const DEFINITIONS = (url: string) => ({
  // tdnf's packages are not locked: its build asks the base's repository itself, and an administrator says that this may be private.
  "slipway.yaml": "kind: Settings\ndownloads: { private-hosts: [127.0.0.1] }\n",
  "catalog/system/testos.yaml": `kind: SystemPackages
os: testos
manager: dnf
packages:
  - { name: os-tree, license: MIT }
  - { name: epoch, versions: [9.0-1, "1:0.5-*"], license: MIT }
  - { name: tilde, versions: [1.0~rc1-1], license: MIT }
  - { name: caret, versions: ["1.0^git1"], license: MIT }
  - { name: dist, versions: ["9.6.4-1.*"], license: MIT }
  - { name: alike, versions: ["1.0*"], license: MIT }
`,
  "catalog/system/photon.yaml": `kind: SystemPackages
os: photon
packages:
  - { name: os-tree, license: MIT }
  - { name: tdnf, license: MIT }
  - { name: signed, license: MIT }
  - { name: tilde, versions: [1.0~rc1-1], license: MIT }
`,
  "images/base/image.yaml": `kind: BaseImage
name: base
version: "1"
os: testos
bootstrap:
  manager: dnf
  repositories: { test: "${url}/main/" }
  releasever: "1"
  packages: [os-tree]
tests:
  - { file: /etc/post, contains: it ran }
  - { command: [rpm, -q, --queryformat, "%{INSTALLTIME} %{INSTALLTID}", os-tree], stdout: { equals: 315532800 315532800 } }
`,
  "images/older/image.yaml": `name: older
version: "1"
parent: base
system-packages: [{ name: epoch, version: 9.0-1 }, tilde, caret, alike]
tests:
  - command: rpm -qa --queryformat '%{NAME}-%{EVR} ' | tr ' ' '\\n' | sort | tr '\\n' ' '
    stdout: { equals: "alike-1.0-1 caret-1.0^git1-3.x epoch-9.0-1 needed-1-1 os-tree-1-1 tilde-1.0~rc1-1" }
`,
  "images/newer/image.yaml": `name: newer
version: "1"
parent: base
system-packages: [{ name: epoch, version: "1:0.5-1" }, dist]
tests:
  - { command: [rpm, -q, --queryformat, "%{EVR}", epoch], stdout: { equals: "1:0.5-1" } }
  - { command: [rpm, -q, --queryformat, "%{EVR}", dist], stdout: { equals: 9.6.4-1.tos } }
`,
});

const PHOTON = (url: string) => `kind: BaseImage
name: photon
version: "1"
os: photon
bootstrap:
  manager: dnf
  repositories:
    test: { url: "${url}/main/" }
    signed: { url: "${url}/$releasever/", gpgkey: "${url}/signed/KEY" }
  releasever: signed
  packages: [os-tree, tdnf, signed]
`;

/** One of its packages is not signed. */
const UNSIGNED = (url: string) => `kind: BaseImage
name: unsigned
version: "1"
os: photon
bootstrap:
  manager: dnf
  repositories: { test: { url: "${url}/main/", gpgkey: "${url}/signed/KEY" } }
  releasever: "1"
  packages: [tilde]
`;

const PHOTON_APP = `name: photon-app
version: "1"
parent: photon
photon-packages: [tilde]
tests:
  - { command: [rpm, -q, --queryformat, "%{EVR}", tilde], stdout: { equals: 1.0~rc1-1 } }
`;

const environment = (name: string, extra: Readonly<Record<string, string>> = {}) => ({
  ...workspace.env,
  SLIPWAY_STATE: workspace.path(`state-${name}`),
  ...extra,
});

/** The files of an image, mounted. */
async function mounted(name: string, registry: string, image: string): Promise<string> {
  const storage = workspace.path(`state-${name}/storage`);
  const imageId = layoutTags(registry).get(`${image}:latest`)?.imageId.slice(7) ?? "";
  const container = (await buildahIn(storage, "from", "--pull-never", imageId)).trim();
  return (await buildahIn(storage, "mount", container)).trim();
}

test("the dnf in a bootstrapped image installs approved versions; another machine gets the same image", async () => {
  const [first, second] = [workspace.path("registry-a"), workspace.path("registry-b")];
  const { stdout } = await catalogue.expect(0, ["build", "--registry", `oci:${first}`], { env: environment("a") });
  assert.match(stdout, /^3 built in /m);

  const repositories = workspace.path("company.repo");
  const text = `[company]\nname=company\nbaseurl=${servers[1]?.url}/main/\ngpgcheck=0\nsslcacert=/nowhere\n`;
  await writeFile(repositories, text);
  const bundle = workspace.path("company-ca.pem");
  await writeFile(bundle, readFileSync("/etc/ssl/certs/ca-certificates.crt"));
  const needs = {
    SLIPWAY_YUM_REPOS: repositories,
    SLIPWAY_CA_BUNDLE: bundle,
    https_proxy: "http://user:proxy-s3cret@proxy.company.example:3128",
    no_proxy: "127.0.0.1",
    TZ: "Asia/Tokyo",
    LC_ALL: "tr_TR.UTF-8",
  };
  const asked = servers[0]?.asked.length;
  await catalogue.expect(0, ["build", "--registry", `oci:${second}`, "--jobs", "3"], { env: environment("b", needs) });
  assert.equal(layoutContent(second), layoutContent(first));
  assert.is(servers[0]?.asked.length, asked, "only the machine's own repositories were asked");
  const downloads = servers[1]?.asked.filter((path) => path.endsWith("/tilde-1.0~rc1-1.noarch.rpm"));
  assert.is(downloads?.length, 1);

  const root = await mounted("b", second, "older");
  assert.equal(
    ["media/0", "media/cache", "var/lib/rpm/rpmdb.sqlite-shm", "var/lib/dnf/history.sqlite", "var/log/dnf.log"].filter(
      (path) => existsSync(`${root}/${path}`),
    ),
    [],
  );
  assert.ok(existsSync(`${root}/var/lib/rpm/rpmdb.sqlite`));
  assert.match(readFileSync(`${root}/etc/yum.repos.d/own.repo`, "utf8"), `${servers[0]?.url}/main/`);
});

test("a version that is not approved fails the build, and no tag moves", async () => {
  const registry = workspace.path("registry-a");
  const before = layoutContent(registry);
  const list = "catalog/system/testos.yaml";
  const fails = async (versions: string) => {
    await catalogue.edit(list, '"9.6.4-1.*"', versions);
    const build = ["build", "newer", "--registry", `oci:${registry}`];
    const { stdout } = await catalogue.expect(1, build, { env: environment("a") });
    await catalogue.edit(list, versions, '"9.6.4-1.*"');
    assert.equal(layoutContent(registry), before);
    return stdout;
  };
  assert.match(await fails('"9.7*"'), /Unable to find a match: dist-0:9\.7\*-\*/);
  // A constraint that dnf cannot be given is checked afterwards: dnf takes the newest version.
  assert.match(await fails('"*-1.tos"'), /dist 9\.6\.4-2\.tos was installed, approved: \*-1\.tos/);
});

test("tdnf's command line, and photon-packages", async () => {
  await catalogue.write("images/photon/image.yaml", PHOTON(servers[0]?.url ?? ""));
  await catalogue.write("images/photon-app/image.yaml", PHOTON_APP);
  const build = ["build", "photon-app", "--registry", `oci:${workspace.path("registry-a")}`];
  const { stdout } = await catalogue.expect(0, build, { env: environment("a") });
  assert.match(stdout, /^2 built in /m);
});

test("signatures of packages are checked if the repository has a key", async () => {
  await catalogue.write("images/unsigned/image.yaml", UNSIGNED(servers[0]?.url ?? ""));
  const build = ["build", "unsigned", "--registry", `oci:${workspace.path("registry-a")}`];
  const { stdout } = await catalogue.expect(1, build, { env: environment("a") });
  assert.match(stdout, /unsigned failed: dnf: GPG check FAILED/);
  await catalogue.delete("images/unsigned");
});

test("an update succeeds despite package managers that cannot be asked for newer versions", async () => {
  const { stdout, stderr } = await catalogue.expect(0, ["update"], { env: environment("a") });
  assert.match(stderr, /^dnf cannot be asked yet: no updates for 3 packages of testos$/m);
  assert.match(stderr, /^tdnf cannot be asked yet: no updates for 1 package of photon$/m);
  assert.match(stdout, /^0 updates/m);
});

test("on a machine without dnf and tdnf the build says what to install", async () => {
  const env = environment("none", { PATH: await programsWithout(workspace, "dnf", "tdnf") });
  const build = ["build", "base", "--registry", `oci:${workspace.path("registry-none")}`];
  const { stdout } = await catalogue.expect(1, build, { env });
  assert.match(stdout, /neither dnf nor tdnf is installed on this machine: apt-get install .* dnf/);
});

test.run();
