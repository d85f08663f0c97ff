import type { Plan } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("plan between two Git refs");
let workspace: Workspace;
let catalogue: TestCatalogue;

/** A catalogue as in a pull request: some images have system packages. Nothing here is ever built. */
const WITH_PACKAGES = {
  "images/side/image.yaml": "name: side\nversion: '1.0'\nparent: base\nsystem-packages: [jq]\n",
  "images/tools/image.yaml":
    "name: tools\nversion: '1.0'\nparent: base\nenv:\n  B: two\n  A: one\nsystem-packages:\n  - name: curl\n  - name: git\n",
};

test.before(async () => {
  workspace = await Workspace.create();
});
test.before.each(async () => {
  catalogue = await TestCatalogue.create(workspace, "catalogue", WITH_PACKAGES);
});
test.after.each(() => catalogue.delete("."));
test.after(() => workspace.remove());

const plan = (...args: readonly string[]) => catalogue.json<Plan>(["plan", ...args]);
const steps = (of: Plan) => of.steps.map(({ image, action }) => `${image} ${action}`);

test("comments, quotes, key order and flow style make no difference", async () => {
  await catalogue.write(
    "images/tools/image.yaml",
    `# The tools that everybody needs.
system-packages: ["git", {name: 'curl'}]   # another order as well
env: {A: one, B: "two"}
parent: "base"
version: "1.0"

name: 'tools'
`,
  );
  await catalogue.edit(
    "images/app/image.yaml",
    "run:\n  cmd: [cat, /srv/app]",
    "run:\n  cmd:\n    - cat\n    - '/srv/app'",
  );
  await catalogue.edit(
    "catalog/system/debian.yaml",
    "kind: SystemPackages\nos: debian\n",
    "# approved\nos: debian\nkind: SystemPackages\n",
  );
  await catalogue.edit("catalog/system/debian.yaml", '["1.6-2.1"]', "[ '1.6-2.1' ]");
  await catalogue.commit("Reformat");
  const reformatted = await plan("--base", "HEAD~1");
  assert.equal(reformatted.steps, []);
  assert.is(reformatted.unchanged, 6);
  const { stdout } = await catalogue.expect(0, ["plan", "--base", "HEAD~1"]);
  assert.match(stdout, /^Plan against HEAD~1 \([0-9a-f]{12}\): nothing to do, 6 images unchanged\.\n$/);
});

test("--since compares with the merge base, whatever came later on the branch", async () => {
  await catalogue.git.checkoutBranch("change", "main");
  await catalogue.edit("images/app/app.conf", "none", "red");
  await catalogue.commit("On the branch");
  await catalogue.git.checkout("main");
  await catalogue.edit("images/tools/image.yaml", "A: one", "A: another");
  await catalogue.commit("On main");
  await catalogue.git.checkout("change");
  assert.equal(steps(await plan("--since", "main")), ["app build", "blue pending", "green pending"]);
  assert.equal(steps(await plan("--since", "main", "--head", "change")), [
    "app build",
    "blue pending",
    "green pending",
  ]);
  assert.equal(steps(await plan("--base", "main"))[0], "tools build");
  const { stderr } = await catalogue.expect(2, ["plan", "--since", "main", "--base", "main"]);
  assert.match(stderr, /--base and --since exclude each other/);
});

test("--matrix spreads a plan over jobs, on one line", async () => {
  await catalogue.edit("images/side/image.yaml", "[jq]", "[jq, git]");
  await catalogue.edit("images/app/app.conf", "none", "red");
  await catalogue.commit("Change");
  const { stdout } = await catalogue.expect(0, ["plan", "--base", "HEAD~1", "--matrix", "4"]);
  assert.is(stdout.split("\n").length, 2);
  const jobs = [
    { job: "1", images: "app blue green" },
    { job: "2", images: "side" },
  ];
  assert.equal(JSON.parse(stdout), { stages: [{ include: jobs }] });
  await catalogue.expect(2, ["plan", "--matrix", "257"]);
  const nothing = await catalogue.expect(0, ["plan", "--base", "HEAD", "--matrix", "4"]);
  assert.equal(JSON.parse(nothing.stdout), { stages: [{ include: [] }] });
});

test("a changed description or metadata makes no difference either", async () => {
  await catalogue.edit(
    "images/app/image.yaml",
    "parent: tools",
    "parent: tools\ndescription: an app\nmetadata: { author: me }",
  );
  assert.equal((await plan("--base", "HEAD")).steps, []);
});

test("a package added to a mid-level image: that image and its descendants, each with its path", async () => {
  await catalogue.edit("images/app/image.yaml", "parent: tools", "parent: tools\nsystem-packages: [jq]");
  const found = await plan("--base", "HEAD");
  assert.equal(steps(found), ["app build", "blue pending", "green pending"]);
  assert.is(found.unchanged, 3);
  const [app, blue] = found.steps;
  assert.equal(app?.reasons, [{ code: "PACKAGE", detail: "jq 1.6-2.1 added", via: [] }]);
  assert.equal(blue?.reasons, [{ code: "PARENT", detail: "app: PACKAGE jq 1.6-2.1 added", via: ["app"] }]);
});

test("another approved version: exactly the images that use the package, and their descendants", async () => {
  await catalogue.edit("catalog/system/debian.yaml", "7.88.*", "8.1.*");
  await catalogue.commit("Approve curl 8.1");
  const found = await plan("--base", "HEAD~1");
  assert.equal(steps(found), ["tools build", "app pending", "blue pending", "green pending"]);
  assert.is(found.unchanged, 2);
  assert.equal(found.steps[0]?.reasons, [{ code: "PACKAGE", detail: "curl 7.88.* → 8.1.*", via: [] }]);
  assert.equal(found.steps[3]?.reasons, [
    { code: "PARENT", detail: "tools: PACKAGE curl 7.88.* → 8.1.*", via: ["tools", "app"] },
  ]);
  const { stdout } = await catalogue.expect(0, ["why", "green", "--base", "HEAD~1"]);
  assert.match(stdout, /^green 2\.1: pending, against HEAD~1 /);
  assert.match(stdout, /\n {2}PARENT {6}tools: PACKAGE curl 7\.88\.\* → 8\.1\.\*\n {4}tools → app → green\n$/);
});

test("a package that no image uses is approved: nothing to do", async () => {
  await catalogue.edit(
    "catalog/system/debian.yaml",
    "packages:\n",
    "packages:\n  - { name: zip, license: Info-ZIP }\n",
  );
  assert.equal((await plan("--base", "HEAD")).steps, []);
});

test("an exact version in the list is the one requested", async () => {
  const { stdout } = await catalogue.expect(0, ["render", "side"]);
  assert.match(stdout, /'jq=1\.6-2\.1'/);
});

test("artifact content and mode, a new image, a removed image", async () => {
  await catalogue.write("images/app/app.conf", "colour = some\n");
  await catalogue.delete("images/blue");
  await catalogue.write("images/grey/image.yaml", "name: grey\nversion: '1'\nparent: app\n");
  const found = await plan("--base", "HEAD");
  const reasons = Object.fromEntries(
    found.steps.map(({ image, action, reasons: list }) => [image, [action, ...list.map(({ code }) => code)]]),
  );
  assert.equal(reasons, {
    app: ["build", "ARTIFACT"],
    green: ["pending", "PARENT"],
    grey: ["build", "NEW"],
    blue: ["delete", "REMOVED"],
  });
});

test("changed tests and version only: retag", async () => {
  await catalogue.edit("images/tools/image.yaml", "'1.0'", "'1.10'");
  await catalogue.edit("images/green/image.yaml", "equals: green", "contains: gree");
  const found = await plan("--base", "HEAD");
  assert.equal(steps(found), ["tools retag", "green retag"]);
  assert.equal(found.steps[0]?.reasons, [{ code: "VERSION", detail: "1.0 → 1.10", via: [] }]);
  assert.equal(found.steps[1]?.reasons, [{ code: "TESTS", detail: "tests changed", via: [] }]);
});

test("the working tree, a ref and a clone give the same digest", async () => {
  await catalogue.edit("catalog/system/debian.yaml", "7.88.*", "8.1.*");
  const fromTree = await plan("--base", "HEAD");
  const head = await catalogue.commit("Approve curl 8.1");
  const fromRef = await plan("--base", "HEAD~1", "--head", "HEAD");
  assert.is(fromRef.head, head);
  assert.is(fromRef.digest, fromTree.digest);
  const clone = await catalogue.clone("clone-of-it");
  const fromClone = await clone.json<Plan>(["plan", "--base", "HEAD~1", "--head", "HEAD"]);
  assert.equal(fromClone, fromRef);
  // A different change has a different digest.
  await catalogue.edit("catalog/system/debian.yaml", "8.1.*", "8.2.*");
  assert.is.not((await plan("--base", "HEAD~1")).digest, fromRef.digest);
});

test("a working tree with uncommitted, ignored and deleted files is planned as it is", async () => {
  await catalogue.write("images/.gitignore", "scratch\n");
  await catalogue.write("images/scratch/image.yaml", "name: scratch-work\nversion: '1'\nparent: base\n");
  await catalogue.delete("images/green");
  assert.equal(steps(await plan("--base", "HEAD")), ["green delete"]);
});

test("a directory without Git can be planned against a registry, not against a ref", async () => {
  const copy = await catalogue.copy("plain-directory");
  assert.is((await copy.json<Plan>(["plan"])).digest, (await plan()).digest);
  const { stderr } = await copy.expect(2, ["plan", "--base", "HEAD"]);
  assert.match(stderr, /^slipway: .* is not in a Git repository\nhint: /);
});

test.run();
