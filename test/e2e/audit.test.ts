import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { AuditReport } from "../../src/report/audit-text.js";
import type { ImpactReport } from "../../src/report/impact-text.js";
import { IMAGES, TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { unpackImage } from "../support/unpack-image.js";
import { Workspace } from "../support/workspace.js";

/** Vulnerable packages in built images: a Debian package in the base, Node.js packages in two images. */
const test = suite("audit of built images");
let workspace: Workspace;
let catalogue: TestCatalogue;

const STATUS = `Package: libssl3
Status: install ok installed
Priority: required
Architecture: amd64
Source: openssl
Version: 3.0.15-1~deb12u1
Description: test

`;

const npm = (image: string, name: string, version: string) => ({
  [`images/${image}/app/node_modules/${name}/package.json`]: JSON.stringify({ name, version }),
});

interface Affected {
  readonly ecosystem: string;
  readonly name: string;
  readonly fixed: string;
}

const record = (id: string, severity: string, { ecosystem, name, fixed }: Affected) =>
  JSON.stringify({
    id,
    modified: "2026-01-01T00:00:00Z",
    database_specific: { severity },
    affected: [
      {
        package: { ecosystem, name },
        ranges: [{ type: ecosystem === "npm" ? "SEMVER" : "ECOSYSTEM", events: [{ introduced: "0" }, { fixed }] }],
      },
    ],
  });

const ARTIFACT = "artifacts:\n  - { path: app, dest: /srv/web }\n";

function withApp(text: string): string {
  const more = text.includes("artifacts:\n") ? text.replace("artifacts:\n", ARTIFACT) : text + ARTIFACT;
  return more.replace("parent:", "language: nodejs\nparent:");
}

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace, "catalogue", {
    "images/base/rootfs/var/lib/dpkg/status": STATUS,
    "images/base/rootfs/etc/os-release": 'ID=debian\nVERSION_ID="12"\n',
    "catalog/runtime/nodejs.yaml":
      "kind: RuntimePackages\nlanguage: nodejs\npackages: [{ name: lodash }, { name: ms }]\n",
    ...npm("app", "lodash", "4.17.15"),
    ...npm("side", "lodash", "4.17.21"),
    ...npm("side", "ms", "2.0.0"),
    "advisories/CVE-2026-1.json": record("CVE-2026-1", "HIGH", {
      ecosystem: "Debian:12",
      name: "openssl",
      fixed: "3.0.16-1~deb12u1",
    }),
    "advisories/CVE-2026-2.json": record("CVE-2026-2", "MODERATE", {
      ecosystem: "npm",
      name: "lodash",
      fixed: "4.17.21",
    }),
    "policies/vulnerabilities.yaml":
      "kind: VulnerabilityPolicy\nadvisories: { directory: advisories }\nseverity: { enforce: high }\nin-build: true\n",
  });
  for (const image of ["app", "side"]) {
    const path = `images/${image}/image.yaml`;
    await catalogue.write(path, withApp(await catalogue.read(path)));
  }
});
test.after(() => workspace.remove());

test("a build gives no tag to a rejected image; an exception lets it pass", async () => {
  const { stdout } = await catalogue.expect(1, ["build"]);
  assert.match(stdout, /libssl3 3\.0\.15-1~deb12u1 of base has CVE-2026-1, high/);
  assert.match(stdout, /images\/base\/image\.yaml:\d+:\d+: vulnerability: /);
  assert.match(stdout, /hint: fixed in 3\.0\.16-1~deb12u1; to accept it for a time: /);
  assert.not.ok(existsSync(catalogue.path(".slipway/registry/index.json")), "nothing was published");
  await catalogue.write(
    "policies/exceptions.yaml",
    'kind: Exceptions\nexceptions:\n  - { rule: vulnerability, image: base, advisory: CVE-2026-1, owner: "@alice", reason: r, expires: 2999-12-31 }\n',
  );
  const { stderr } = await catalogue.expect(0, ["build"]);
  assert.match(stderr, /warning vulnerability: lodash 4\.17\.15 of app has CVE-2026-2, medium/);
});

test("an audit sees the contents of images, and a base's exceptions hold in derived images", async () => {
  const { images, unknown } = await catalogue.json<AuditReport>(["audit"]);
  assert.equal(unknown, []);
  const short = images.flatMap(({ image, from, findings }) =>
    findings.map(({ id, broughtBy, at, waived }) =>
      `${image} ${from} ${id} ${broughtBy} ${at} ${waived ? "waived" : ""}`.trim(),
    ),
  );
  const expected = IMAGES.map((image) => `${image} image CVE-2026-1 base images/base/image.yaml:2 waived`);
  const line = (await catalogue.read("images/app/image.yaml")).split("\n").indexOf("setup:") + 1;
  const lodash = ["app", "blue", "green"].map((image) => `${image} image CVE-2026-2 app images/app/image.yaml:${line}`);
  assert.equal(short.sort(), [...expected, ...lodash].sort());
});

/** Packages found by searching the unpacked images, independently of Slipway. */
function bruteForce(image: string, name: string): string[] {
  const directory = workspace.path(`unpacked-${image}`);
  if (!existsSync(directory)) unpackImage(catalogue.path(".slipway/registry"), `${image}:latest`, directory);
  const found: string[] = [];
  for (const path of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    if (path.endsWith(`node_modules/${name}/package.json`))
      found.push(JSON.parse(readFileSync(`${directory}/${path}`, "utf8")).version);
    if (!path.endsWith("dpkg/status")) continue;
    for (const entry of readFileSync(`${directory}/${path}`, "utf8").split("\n\n"))
      if (entry.includes(`Package: ${name}\n`) || entry.includes(`Source: ${name}\n`))
        found.push(/^Version: (.*)$/m.exec(entry)?.[1] ?? "");
  }
  return found.map((version) => `${image} ${version}`);
}

test("impact agrees with a search of all file systems", async () => {
  for (const name of ["lodash", "ms", "openssl", "libssl3", "nothing"]) {
    const { images, unknown } = await catalogue.json<ImpactReport>(["impact", name]);
    const found = images.flatMap(({ image, packages }) => packages.map(({ version }) => `${image} ${version}`));
    assert.equal(found.sort(), IMAGES.flatMap((image) => bruteForce(image, name)).sort(), name);
    assert.equal(unknown, []);
  }
  const { images } = await catalogue.json<ImpactReport>(["impact", "lodash@<4.17.21"]);
  assert.equal(
    images.map(({ image }) => image),
    ["app", "blue", "green"],
  );
  assert.equal(
    images[0]?.derived.map(({ image }) => image),
    ["blue", "green"],
  );
});

test("an audit names images that are not built", async () => {
  await catalogue.write("images/new/image.yaml", "name: new\nversion: '1.0'\nparent: base\nsetup: [touch /srv/x]\n");
  assert.equal((await catalogue.json<ImpactReport>(["impact", "lodash"])).unknown, ["new"]);
  assert.match(
    (await catalogue.expect(0, ["audit"])).stdout,
    /^Contents unknown, neither built nor in slipway\.lock: new$/m,
  );
  const { stderr, stdout } = await catalogue.expect(0, ["packages", "--csv"]);
  assert.match(stderr, /contents unknown, neither built nor in slipway\.lock: new/);
  assert.match(stdout, /^npm,ms,2\.0\.0,,side,side\r$/m);
});

test.run();
