import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import { locked } from "./lock.js";
import { freshLock } from "./lock-catalogue.js";

const BASE = `kind: BaseImage
name: debian-base
version: "1.0"
os: debian
bootstrap: { manager: apt, suite: bookworm, variant: minbase, packages: [ca-certificates, npm] }
`;

const FILES: Readonly<Record<string, string>> = {
  "slipway.yaml": "kind: Settings\nregistry: oci:.slipway/registry\n",
  "catalog/system/debian.yaml": `kind: SystemPackages
os: debian
packages:
  - { name: ca-certificates, license: MPL-2.0 }
  - { name: postgresql-client, license: PostgreSQL }
  - { name: libpq5, versions: ["15.17-0+deb12u1"], license: PostgreSQL }
  - { name: jq, license: MIT }
  - { name: npm, license: Artistic-2.0 }
`,
  "catalog/runtime/nodejs.yaml": `kind: RuntimePackages
language: nodejs
packages:
  - { name: lodash, versions: ["4.*"], license: MIT }
  - { name: "@acme/log", license: Apache-2.0 }
`,
  "images/debian-base/image.yaml": BASE,
  "images/postgres-client/image.yaml": `name: postgres-client
version: "1.2"
parent: debian-base
system-packages:
  - postgresql-client
`,
  "images/web/image.yaml": `name: web
version: "2.0"
parent: postgres-client
language: nodejs
runtime-packages:
  - lodash
  - "@acme/log"
`,
  "images/worker/image.yaml": `name: worker
version: "2.1"
parent: web
runtime-packages: [{ name: lodash, version: 4.17.21 }]
`,
  "images/tools/image.yaml": `name: tools
version: "0.9"
parent: debian-base
system-packages: [jq]
`,
  "policies/vulnerabilities.yaml": `kind: VulnerabilityPolicy
advisories: { directory: advisories }
severity: { enforce: high, warn: medium }
`,
};

const npm = (name: string, version: string, why: readonly string[] = []) =>
  locked(name, version, { manager: "npm", file: `${name.replace(/.*\//, "")}-${version}.tgz`, why });

/** The lockfile's packages of each image; `tools` is not locked. */
const LOCKED = {
  "debian-base": [
    locked("ca-certificates", "20230311+deb12u1", { bootstrap: true }),
    locked("libssl3", "3.0.15-1~deb12u1", { source: "openssl", why: ["ca-certificates"], bootstrap: true }),
    locked("npm", "9.2.0~ds1-1", { bootstrap: true }),
    locked("openssl", "3.0.15-1~deb12u1", { why: ["ca-certificates"], bootstrap: true }),
  ],
  "postgres-client": [
    locked("libpq5", "15.17-0+deb12u1", { source: "postgresql-15", why: ["postgresql-client-15"] }),
    locked("postgresql-client", "15+248", { source: "postgresql-common 248" }),
    locked("postgresql-client-15", "15.17-0+deb12u1", { source: "postgresql-15", why: ["postgresql-client"] }),
  ],
  web: [npm("@acme/log", "1.0.0"), npm("lodash", "4.17.15"), npm("ms", "2.0.0", ["@acme/log"])],
  worker: [npm("lodash", "4.17.21")],
};

const record = (id: string, fields: object) =>
  JSON.stringify({ schema_version: "1.7.0", id, modified: "2026-11-01T00:00:00Z", ...fields });

const debian = (name: string, fixed?: string) => ({
  package: { ecosystem: "Debian:12", name },
  ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, ...(fixed ? [{ fixed }] : [])] }],
});

/** Advisories by the path of their file. */
export const ADVISORIES: Readonly<Record<string, string>> = {
  "Debian/DSA-9001-1.json": record("DSA-9001-1", {
    summary: "postgresql-15 - security update",
    upstream: ["CVE-2026-1001", "CVE-2026-1002"],
    affected: [debian("postgresql-15", "15.18-0+deb12u1")],
  }),
  "Debian/CVE-2026-1001.json": record("DEBIAN-CVE-2026-1001", {
    details: "Buffer over-read in libpq.",
    severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
    affected: [debian("postgresql-15", "15.18-0+deb12u1")],
  }),
  "Debian/openssl.json": record("DEBIAN-CVE-2026-2000", {
    details: "A slow path.",
    upstream: ["CVE-2026-2000"],
    severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L" }],
    affected: [debian("openssl")],
  }),
  "npm/GHSA-aaaa-bbbb-cccc.json": record("GHSA-aaaa-bbbb-cccc", {
    summary: "Prototype pollution in lodash",
    aliases: ["CVE-2026-3000"],
    database_specific: { severity: "HIGH" },
    affected: [
      {
        package: { ecosystem: "npm", name: "lodash" },
        ranges: [{ type: "SEMVER", events: [{ introduced: "4.0.0" }, { fixed: "4.17.21" }] }],
      },
    ],
  }),
};

/** A catalogue with a lockfile, and advisories about its packages. Nothing needs to be built. */
export async function writeAuditCatalogue(
  directory: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const advisories = Object.entries(ADVISORIES).map(([path, text]) => [`advisories/${path}`, text] as const);
  for (const [path, text] of [...Object.entries(FILES), ...advisories, ...Object.entries(more)]) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  const tree = await openWorkingTree(directory);
  const packagesOf = (image: string) => LOCKED[image as keyof typeof LOCKED];
  await writeFile(join(directory, "slipway.lock"), await freshLock(tree, packagesOf));
}
