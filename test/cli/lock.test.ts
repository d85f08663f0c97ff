import { existsSync } from "node:fs";
import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/*
 * Which entries are made, kept and removed. Images of this catalogue install nothing, so no package manager is asked;
 * e2e/lock.test.ts tests what package managers answer.
 */
const test = suite("lock");
let workspace: Workspace;

test.before(async () => {
  workspace = await Workspace.create();
});
test.after(() => workspace.remove());

interface Outcome {
  readonly images: readonly { readonly image: string; readonly outcome: string; readonly reason?: string }[];
  readonly changed: boolean;
}

/** The outcome of each image, as `image outcome`. */
async function lock(catalogue: TestCatalogue, args: readonly string[], code = 0) {
  const { images, changed } = await catalogue.json<Outcome>(["lock", ...args], code);
  return { images: images.map(({ image, outcome }) => `${image} ${outcome}`), changed };
}

async function entries(catalogue: TestCatalogue): Promise<string[]> {
  return [...(await catalogue.read("slipway.lock")).matchAll(/^ {2}(\S+):$/gm)].map(([, name]) => name as string);
}

const ALL = ["app", "base", "blue", "green", "side", "tools"];

test("without a lockfile everything is locked; a second run keeps every entry and does not touch the file", async () => {
  const catalogue = await TestCatalogue.create(workspace, "first");
  const { path, calls } = await workspace.spy("buildah", "mmdebstrap");
  const env = { ...workspace.env, PATH: path };
  const missing = await catalogue.expect(3, ["lock", "--check"], { env });
  assert.match(
    missing.stdout,
    /^ {2}missing {2}base\n[\s\S]*\n\nslipway\.lock is not up to date; run `slipway lock`\.\n$/,
  );
  const { stdout } = await catalogue.expect(0, ["lock"], { env });
  assert.is(stdout, "slipway.lock was written: 6 locked.\n");
  assert.equal(await entries(catalogue), ALL);
  const text = await catalogue.read("slipway.lock");
  const again = await catalogue.expect(0, ["lock"], { env });
  assert.is(again.stdout, "slipway.lock is unchanged: 6 kept.\n");
  assert.is(
    (await catalogue.expect(0, ["lock", "--check"], { env })).stdout,
    "slipway.lock is up to date: 6 images.\n",
  );
  assert.is(await catalogue.read("slipway.lock"), text);
  assert.equal(await calls(), []);
  await catalogue.expect(0, ["validate"], { env });
});

test("a lockfile keeps its selection: names add images, --remove removes them, --all adds all", async () => {
  const catalogue = await TestCatalogue.create(workspace, "selection");
  assert.equal((await lock(catalogue, ["side", "tools"])).images, ["side locked", "tools locked"]);
  // New images on a locked parent are added, in every generation; base has no locked parent.
  assert.equal((await lock(catalogue, ["--check"], 3)).images, [
    "side kept",
    "tools kept",
    "app missing",
    "blue missing",
    "green missing",
  ]);
  await catalogue.expect(0, ["lock"]);
  assert.equal(await entries(catalogue), ["app", "blue", "green", "side", "tools"]);
  // Parents that are not named but locked are checked, too.
  assert.equal((await lock(catalogue, ["side"])).images, ["side kept"]);
  assert.equal((await lock(catalogue, ["blue"])).images, ["tools kept", "app kept", "blue kept"]);
  assert.equal((await lock(catalogue, ["--remove", "app", "blue", "green"])).images, [
    "side kept",
    "tools kept",
    "app removed",
    "blue removed",
    "green removed",
  ]);
  assert.equal(await entries(catalogue), ["side", "tools"]);
  await catalogue.expect(0, ["lock", "--all"]);
  assert.equal(await entries(catalogue), ALL);
});

test("an image that cannot be locked stays open, with the reason, and loses its entry", async () => {
  const catalogue = await TestCatalogue.create(workspace, "open");
  await catalogue.expect(0, ["lock"]);
  await catalogue.write(
    "catalog/runtime/ruby.yaml",
    "kind: RuntimePackages\nlanguage: ruby\npackages: [{ name: rack }]\n",
  );
  await catalogue.edit("images/side/image.yaml", "labels:", "language: ruby\nruntime-packages: [rack]\nlabels:");
  const { stderr, stdout } = await catalogue.expect(0, ["lock"]);
  assert.is(stderr, "side stays open: packages of gem cannot be locked\n");
  assert.is(stdout, "slipway.lock was written: 5 kept, 1 open.\n");
  assert.not.ok((await entries(catalogue)).includes("side"));
  assert.is((await lock(catalogue, ["--check"])).changed, false);
});

test("entries of deleted images are removed; a lockfile with a merge conflict is rewritten from our side", async () => {
  const catalogue = await TestCatalogue.create(workspace, "conflict");
  await catalogue.expect(0, ["lock", "base", "side"]);
  const text = await catalogue.read("slipway.lock");
  const entry = /^ {2}side:\n(?: {4}.*\n)+/m.exec(text)?.[0] ?? "";
  const theirs = entry.replace("side", "tools");
  const conflict = `<<<<<<< HEAD\n${entry}||||||| 0123456\n=======\n${theirs}>>>>>>> branch\n`;
  await catalogue.write("slipway.lock", text.replace(entry, conflict));
  await catalogue.expect(3, ["validate"]);
  assert.ok((await lock(catalogue, [])).images.includes("side kept"));
  assert.ok((await entries(catalogue)).includes("tools"), "what the other side has is in it as well");
  await catalogue.delete("images/blue");
  assert.ok((await lock(catalogue, [])).images.includes("blue removed"));
  assert.not.ok((await entries(catalogue)).includes("blue"));
});

test("images that fail stay wanted; where all of them fail first, nothing is written", async () => {
  const catalogue = await TestCatalogue.create(workspace, "failing");
  await catalogue.edit("images/side/image.yaml", "labels:", "system-packages: [jq]\nlabels:");
  // On a machine without Buildah an image with packages cannot be resolved, as without a network.
  const { path } = await workspace.spy("git");
  const env = { ...workspace.env, PATH: path.split(":")[0] ?? "" };
  const first = await catalogue.expect(1, ["lock", "side"], { env });
  assert.match(first.stdout, /^side failed: [\s\S]*\n\nslipway\.lock was not written: 1 failed\. `slipway lock` tries/);
  assert.not.ok(existsSync(catalogue.path("slipway.lock")));
  await catalogue.expect(3, ["lock", "--check"]);
  const { stdout } = await catalogue.expect(1, ["lock"], { env });
  assert.match(stdout, /slipway\.lock was written: 5 locked, 1 failed\. `slipway lock` tries what failed again/);
  assert.match(await catalogue.read("slipway.lock"), /^bases: \[\]\nwanted: \[side\]\nimages:\n/m);
  await catalogue.expect(0, ["validate"]);
  assert.ok((await lock(catalogue, ["--check"], 3)).images.includes("side missing"));
  await catalogue.expect(0, ["lock", "base"], { env });
  assert.match(await catalogue.read("slipway.lock"), /^wanted: \[side\]$/m, "another image changes nothing");
  await catalogue.edit("images/side/image.yaml", "system-packages: [jq]\n", "");
  await catalogue.expect(0, ["lock"], { env });
  assert.equal(await entries(catalogue), ALL);
  assert.not.match(await catalogue.read("slipway.lock"), /wanted/);
});

test("arguments are checked: images, packages, and options that exclude each other", async () => {
  const catalogue = await TestCatalogue.create(workspace, "usage");
  const says = async (args: readonly string[]) => (await catalogue.expect(2, ["lock", ...args])).stderr;
  assert.match(await says(["sid"]), /no image is named "sid"\nhint: did you mean side\?/);
  assert.match(await says(["--remove", "side"]), /side is not in slipway\.lock/);
  assert.match(await says(["--update", "jq"]), /no package in slipway\.lock is named "jq"/);
  assert.match(await says(["--check", "--update"]), /--check and --update exclude each other/);
  assert.match(await says(["side", "--all"]), /--all and image names exclude each other/);
});

test.run();
