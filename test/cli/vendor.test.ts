import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import type { VendorOutcome } from "../../src/app/lock/vendor.js";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import { TestCatalogue } from "../support/catalogue.js";
import { checkLayout, layoutTags } from "../support/layout.js";
import { locked } from "../support/lock.js";
import { freshLock } from "../support/lock-catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("slipway vendor");
let workspace: Workspace;
let catalogue: TestCatalogue;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const PACKAGES = {
  tools: [locked("jq", "1.6-2.1", { size: 2, sha256: sha256("jq") })],
  side: [locked("curl", "7.88.1", { size: 4, sha256: sha256("curl") })],
};
const IMAGES = {
  "images/tools/image.yaml": 'name: tools\nversion: "1.0"\nparent: base\nsystem-packages: [jq]\n',
  "images/side/image.yaml": 'name: side\nversion: "1.0"\nparent: base\nsystem-packages: [curl]\n',
};

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace, "catalogue", IMAGES);
});
test.after(() => workspace.remove());

const writeLock = async () => {
  const tree = await openWorkingTree(catalogue.directory);
  const packages: Record<string, typeof PACKAGES.tools> = PACKAGES;
  await catalogue.write(
    "slipway.lock",
    await freshLock(tree, (name) => (name === "base" ? undefined : packages[name])),
  );
};
const keep = (text: string) => {
  mkdirSync(catalogue.path(".slipway/cache/packages/sha256"), { recursive: true });
  writeFileSync(catalogue.path(".slipway/cache/packages/sha256", sha256(text)), text);
};
const counts = ({ stored, present, missing }: VendorOutcome) => [stored.length, present.length, missing.length];

test("without a lockfile, or for an image that is not in it, there is nothing to store", async () => {
  const { stderr } = await catalogue.expect(2, ["vendor"]);
  assert.match(stderr, "there is no slipway.lock\nhint: slipway lock writes it");
  await writeLock();
  assert.match((await catalogue.expect(2, ["vendor", "base"])).stderr, "base is not in slipway.lock");
  assert.match((await catalogue.expect(2, ["vendor", "tool"])).stderr, "did you mean tools?");
});

test("packages go into the registry once; missing files are reported", async () => {
  keep("jq");
  const { stdout, stderr } = await catalogue.expect(1, ["vendor"]);
  assert.is(
    stdout,
    "1 package stored in oci:.slipway/registry (1 kB), 0 already there\n" +
      "1 package neither there nor on this machine:\n  curl  7.88.1  curl_7.88.1_amd64.deb  for side\n",
  );
  assert.match(stderr, "hint: slipway lock and slipway build download them to this machine");
  assert.equal(counts(await catalogue.json<VendorOutcome>(["vendor", "tools"])), [0, 1, 0]);
  keep("curl");
  assert.equal(counts(await catalogue.json<VendorOutcome>(["vendor"])), [1, 1, 0]);
  const layout = catalogue.path(".slipway/registry");
  assert.is(checkLayout(layout), 5, "two files, their manifests, one configuration");
  assert.is(layoutTags(layout).size, 0, "none of them is an image");
});

test.run();
