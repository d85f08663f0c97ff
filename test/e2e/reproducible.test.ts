import { lutimesSync, readdirSync, writeFileSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { RunOptions } from "../support/catalogue.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutContent } from "../support/layout.js";
import { programsWithout } from "../support/programs.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("reproducible");
let workspace: Workspace;
let catalogue: TestCatalogue;
let expected: Record<string, string>;

/** Features that the six images lack: defaults, a module, a build stage, files of another image, a health check, more tags. */
const MORE = {
  "slipway.yaml":
    "kind: Settings\nregistry: oci:.slipway/registry\ndefaults: { labels: { org.example.vendor: Example }, env: { B: b, A: a } }\n",
  "catalog/modules/pages/module.yaml": `kind: Module
name: pages
version: "1"
artifacts: [{ path: index.html, dest: /pages }]
env: { TEXT: "two\\nlines" }
setup: ['echo "$TEXT" > /pages/text']
`,
  "catalog/modules/pages/index.html": "<title>Pages</title>\n",
  "images/pages/image.yaml": `kind: BaseImage
name: pages
version: "1.0"
from: scratch
tags: [latest, stable]
stages:
  - { name: write, parent: base, modules: [pages] }
  - { name: add, parent: write, setup: ["cat /pages/* > /pages/all"] }
artifacts:
  - { image: add, path: /pages, target: /pages }
  - { image: base, path: /etc/passwd, target: /srv/users, owner: "7:8" }
labels: { org.example.text: "two\\nlines" }
run:
  shell: [/bin/sh, -c]
  healthcheck: { command: [/bin/true], interval: 10s }
`,
};

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace, "catalogue", MORE);
  await catalogue.expect(0, ["build"]);
  expected = layoutContent(catalogue.path(".slipway/registry"));
  assert.is(Object.keys(expected).length, 36);
});
test.after(() => workspace.remove());

/** Builds everything with a separate storage and registry, and checks for the same tags, image IDs and manifest digests. */
async function buildsTheSame(of: TestCatalogue, name: string, args: readonly string[], options: RunOptions = {}) {
  const env = { ...workspace.env, ...options.env, SLIPWAY_STATE: workspace.path(`state ${name}`) };
  const registry = workspace.path(`registry ${name}`);
  await of.expect(0, ["build", "--registry", `oci:${registry}`, ...args], { ...options, env });
  assert.equal(layoutContent(registry), expected);
}

test("from a Git ref of a clone under another path, called from elsewhere, with another umask and more jobs than images", async () => {
  const clone = await catalogue.clone("a clone with spaces/in it");
  const args = ["--catalogue", clone.directory, "--ref", "HEAD", "--jobs", "9"];
  await buildsTheSame(clone, "elsewhere", args, { cwd: "/", umask: "077" });
});

test("for another user on another machine: home, locale, time zone, proxies, a CA bundle, file times, permissions that Git does not record", async () => {
  const copy = await catalogue.copy("plain copy");
  // Not in Git, so only the file system says what a file is.
  touchAll(copy.path("images"));
  await chmod(copy.path("images/app/app.conf"), 0o600);
  await chmod(copy.path("images/base/rootfs/bin/busybox"), 0o700);
  const home = workspace.path("another home");
  await mkdir(home);
  const bundle = workspace.path("company-ca.pem");
  writeFileSync(bundle, "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n");
  writeFileSync(
    join(home, ".npmrc"),
    "registry=https://node.company.example/\n//node.company.example/:_authToken=s3cret\n",
  );
  const env = {
    ...workspace.env,
    HOME: home,
    USER: "somebody",
    LOGNAME: "somebody",
    TZ: "Pacific/Kiritimati",
    LANG: "tr_TR.UTF-8",
    LC_ALL: "tr_TR.UTF-8",
    http_proxy: "http://proxy.company.example:3128",
    https_proxy: "http://proxy.company.example:3128",
    HTTPS_PROXY: "http://proxy.company.example:3128",
    no_proxy: "localhost",
    SSL_CERT_FILE: bundle,
    SLIPWAY_CA_BUNDLE: bundle,
    PIP_INDEX_URL: "https://python.company.example/simple",
    SOURCE_DATE_EPOCH: "1700000000",
    TERM: "dumb",
    CI: "true",
  };
  await buildsTheSame(copy, "another-user", ["--jobs", "1"], { env, umask: "000" });
});

test("without an OCI runtime, with Buildah's chroot isolation", async () => {
  const env = { ...workspace.env, PATH: await programsWithout(workspace, "runc", "crun") };
  await buildsTheSame(catalogue, "chroot", ["--isolation", "chroot"], { env });
});

/** Gives every file and link a different time, in the past and in the future. */
function touchAll(directory: string): void {
  let seconds = 86_400;
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    seconds += 1e8;
    lutimesSync(join(directory, name), seconds % 4e9, seconds % 4e9);
  }
}

test.run();
