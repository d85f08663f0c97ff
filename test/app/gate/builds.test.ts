import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gateBuilds, readResults, usualRegistry } from "../../../src/app/gate/builds.js";
import type { GatedChange } from "../../../src/app/gate/change.js";
import type { Context } from "../../../src/context.js";
import type { Settings } from "../../../src/model/catalogue.js";
import type { BuildResult } from "../../../src/model/plan.js";
import { RegistryError, type SizedRegistry } from "../../../src/model/registry.js";
import { digest, image, imageName } from "../../support/definitions.js";
import { desired } from "../../support/desired.js";
import { fakeKey, plan, step } from "../../support/plans.js";
import { removeTree } from "../../support/remove-tree.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("gate builds");

const NEW = digest("a");
const OLD = digest("b");

/** A change of two images that the branch has at 1.0. */
const CHANGE = {
  judgement: { before: { desired: desired([image("tool"), image("other")]) } },
  plan: plan([step("tool"), step("other")]),
} as unknown as GatedChange;

const result = (fields: Partial<BuildResult> = {}): BuildResult =>
  ({
    image: imageName("tool"),
    outcome: "built",
    seconds: 3,
    key: fakeKey("1"),
    imageId: NEW,
    bytes: 7,
    ...fields,
  }) as BuildResult;

/** A registry with one image in a size by tag; undefined bytes: it has none. */
function registry(bytes: (tag: string) => number | undefined, imageId = OLD): SizedRegistry {
  return {
    find: async () => ({ imageId, manifestDigest: imageId }),
    unpackedBytes: async (_name: string, tag: string) => bytes(tag),
  } as unknown as SizedRegistry;
}

const build = async (...[results, registries]: [readonly BuildResult[], Parameters<typeof gateBuilds>[2]]) =>
  (await gateBuilds(results, CHANGE, registries)).get("tool");

test("sizes are those of the two registries, by key and by the branch's version", async () => {
  const built = registry((tag) => (tag.startsWith("k-") ? 200 : undefined));
  const published = registry((tag) => (tag === "1.0" ? 100 : undefined));
  const found = await build([result()], { built, published });
  assert.equal(found, { outcome: "built", seconds: 3, bytes: 200, previousBytes: 100, error: null });
});

test("without a registry of what was built, the result has the size; without a published one there is no other", async () => {
  const found = await build([result()], { published: undefined });
  assert.is(found?.bytes, 7);
  assert.is(found?.previousBytes, null);
});

test("an image that an earlier gate run has built counts as built, the published one as unchanged", async () => {
  const unchanged = [result({ outcome: "unchanged" })];
  assert.is((await build(unchanged, { published: registry(() => 1, OLD) }))?.outcome, "built");
  assert.is((await build(unchanged, { published: registry(() => 1, NEW) }))?.outcome, "unchanged");
});

test("a registry that cannot be read costs the sizes only, and is asked once; a bug is not hidden", async () => {
  let questions = 0;
  const fail = (error: Error) => ({
    find: async () => {
      questions++;
      throw error;
    },
  });
  const unreadable = fail(new RegistryError("cannot be reached")) as unknown as SizedRegistry;
  const found = await gateBuilds([result(), result({ image: imageName("other") })], CHANGE, { published: unreadable });
  assert.is(found.get("tool")?.previousBytes, null);
  assert.is(found.get("other")?.previousBytes, null);
  assert.is(questions, 1);
  const broken = fail(new TypeError("bug")) as unknown as SizedRegistry;
  assert.match(String(await build([result()], { published: broken }).catch(String)), "TypeError: bug");
});

test("results of images that the plan does not have are left out", async () => {
  assert.equal([...(await gateBuilds([result({ image: imageName("stray") })], CHANGE, { published: undefined }))], []);
});

test("in a workflow no registry of the checkout is trusted", () => {
  const at = (env: Context["env"], registry: string) => usualRegistry({ env } as Context, { registry } as Settings);
  assert.is(at({}, "oci:.slipway/registry"), "oci:.slipway/registry");
  assert.is(at({ GITHUB_ACTIONS: "true" }, "oci:.slipway/registry"), undefined);
  assert.is(at({ GITHUB_ACTIONS: "true" }, "docker://ghcr.example/x"), "docker://ghcr.example/x");
});

test("results are read from files; anything else is a usage error", async () => {
  const directory = await mkdtemp(join(tmpdir(), "slipway-results-"));
  try {
    const write = async (name: string, value: unknown) => {
      await writeFile(join(directory, name), typeof value === "string" ? value : JSON.stringify(value));
      return join(directory, name);
    };
    const one = await write("one.json", { results: [result()] });
    const two = await write("two.json", { results: [result({ outcome: "failed" })] });
    assert.equal(
      (await readResults([one, two])).map(({ outcome }) => outcome),
      ["built", "failed"],
    );
    for (const value of ["{", "null", { results: 1 }, { results: [{ ...result(), outcome: "good" }] }]) {
      const file = await write("bad.json", value);
      assert.match(await readResults([one, file]).then(() => "read", String), `${file} holds no results`);
    }
    assert.match(await readResults([join(directory, "none")]).then(() => "read", String), "holds no results");
  } finally {
    await removeTree(directory);
  }
});

test.run();
