import { rm } from "node:fs/promises";
import { publishBase } from "../support/base-images.js";
import { TestCatalogue } from "../support/catalogue.js";
import { checkLayout, layoutContent } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/** The shared bases of other tests must be the same as Slipway would build now. */
const test = suite("base images of tests");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  process.env.SLIPWAY_TEST_CACHE = workspace.path("cache");
  catalogue = await TestCatalogue.create(workspace);
});
test.after(async () => {
  delete process.env.SLIPWAY_TEST_CACHE;
  await workspace.remove();
});

/** Publishes the base in a registry of this name; returns how often an image was built for it. */
async function published(name: string): Promise<{ registry: string; builds: number }> {
  const { path, calls } = await workspace.spy("buildah");
  const registry = workspace.path(name);
  await publishBase(catalogue, "base", { registry, env: { ...workspace.env, PATH: path } });
  return { registry, builds: (await calls()).filter((call) => / build /.test(call)).length };
}

test("each base is built once; every test gets its own copy, and builds can continue from it", async () => {
  const [first, second] = await Promise.all([published("first"), published("second")]);
  assert.is(first.builds + second.builds, 1);
  const content = layoutContent(first.registry);
  assert.equal(layoutContent(second.registry), content);
  await rm(first.registry, { recursive: true });
  checkLayout(second.registry);
  const { stdout } = await catalogue.expect(0, ["build", "side", "--registry", `oci:${second.registry}`]);
  assert.match(stdout, /^1 built, 1 unchanged in /m);
  const third = await published("third");
  assert.is(third.builds, 0);
  assert.equal(layoutContent(third.registry), content);
});

test("a different definition gives a different image", async () => {
  await catalogue.edit("images/base/rootfs/etc/passwd", "/root:/bin/sh", "/:/bin/sh");
  const { registry, builds } = await published("changed");
  assert.is(builds, 1);
  assert.is(Object.keys(layoutContent(registry)).length, Object.keys(layoutContent(workspace.path("third"))).length);
  assert.not.equal(layoutContent(registry), layoutContent(workspace.path("third")));
});

test.run();
