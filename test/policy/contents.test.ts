import type { AddedPackage, Why } from "../../src/model/inventory.js";
import { managersOf } from "../../src/packages/managers.js";
import { checkContents } from "../../src/policy/contents.js";
import { NO_EXCEPTIONS } from "../../src/policy/exception-ledger.js";
import { imageName } from "../support/definitions.js";
import { loadMemory } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/contents");

const FILES = {
  "catalog/system/debian.yaml": `kind: SystemPackages
os: debian
packages:
  - { name: jq, versions: ["1.6-*"] }
  - { name: libonig5, withdrawn: { reason: a hole } }
  - { name: curl, withdrawn: { reason: chatty, dependents: deprecate } }
`,
  "images/base/image.yaml":
    "kind: BaseImage\nname: base\nversion: 1\nos: debian\nbootstrap: { manager: apt, suite: bookworm }\n",
  "images/app/image.yaml": "name: app\nversion: 1\nparent: base\nsystem-packages: [jq]\nsetup:\n  - sh install.sh\n",
};

const added = (name: string, version: string, why: Why): AddedPackage => ({
  type: "deb",
  kind: "system",
  name,
  version,
  place: "/var/lib/dpkg/status",
  requires: [],
  provides: [],
  why,
});

async function problems(...packages: readonly AddedPackage[]): Promise<string[]> {
  const { catalogue, graph } = await loadMemory(FILES);
  const node = graph.nodes.get(imageName("app"));
  assert.ok(node);
  const context = { catalogue, node, managers: managersOf(catalogue), when: "image" as const, added: packages };
  return checkContents(context, NO_EXCEPTIONS).map(
    ({ severity, file, line, code, message }) => `${severity} ${file}:${line} ${code}: ${message}`,
  );
}

const ASKED = added("jq", "1.6-2.1", { type: "asked" });

test("a withdrawn package that another one brought is told where that one is asked for", async () => {
  const needed = (name: string, version: string) => added(name, version, { type: "needed", by: ["jq"] });
  assert.equal(await problems(ASKED, needed("libonig5", "6.9"), needed("curl", "7")), [
    "error images/app/image.yaml:4 package-withdrawn: the package libonig5 6.9 was withdrawn: a hole; jq needs it",
    "warning images/app/image.yaml:4 package-withdrawn: the package curl 7 was withdrawn: chatty; jq needs it",
  ]);
});

test("what setup brings passes where it is approved, in a version that is", async () => {
  const smuggled = (version: string) => added("jq", version, { type: "unasked" });
  assert.equal(await problems(smuggled("1.6-2.1")), []);
  assert.equal(await problems(smuggled("1.7-1")), [
    "error images/app/image.yaml:5 version-not-approved: app has jq 1.7-1, and that version is not approved; nothing requests it",
  ]);
  assert.equal(await problems(added("nmap", "7", { type: "unasked" })), [
    "error images/app/image.yaml:5 package-unasked: nmap 7 (deb, /var/lib/dpkg/status) is in app, and nothing requests it",
  ]);
});

test.run();
