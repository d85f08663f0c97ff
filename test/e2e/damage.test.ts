import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BuildResult } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { flipByte } from "../support/flip-byte.js";
import { layoutContent } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

interface Results {
  readonly results: BuildResult[];
}

const test = suite("damage in the registry");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  await catalogue.expect(0, ["build"]);
});
test.after(() => workspace.remove());

const registry = () => catalogue.path(".slipway/registry");
const blobs = () => join(registry(), "blobs/sha256");
const outcomes = ({ results }: Results) => Object.fromEntries(results.map(({ image, outcome }) => [image, outcome]));

async function manifestOf(ref: string) {
  const { manifests } = JSON.parse(await readFile(join(registry(), "index.json"), "utf8"));
  const names = (entry: { annotations: Record<string, string> }) => Object.values(entry.annotations);
  const digest: string = manifests.find((entry: { annotations: Record<string, string> }) =>
    names(entry).includes(ref),
  ).digest;
  const path = join(blobs(), digest.slice("sha256:".length));
  return { path, ...JSON.parse(await readFile(path, "utf8")) };
}

async function assertWhole() {
  for (const name of await readdir(blobs())) {
    assert.is(
      createHash("sha256")
        .update(await readFile(join(blobs(), name)))
        .digest("hex"),
      name,
    );
  }
}

test("a damaged manifest: the next build makes the image again, and nothing else", async () => {
  const before = layoutContent(registry());
  await flipByte((await manifestOf("tools:latest")).path);
  const { stdout, stderr } = await catalogue.expect(0, ["build"]);
  assert.match(
    stderr,
    /tools:k-[0-9a-f]{64} in .* counts as missing: its manifest sha256:[0-9a-f]{64} has other bytes\./,
  );
  assert.match(stdout, /^1 built, 5 unchanged in /m);
  assert.equal(layoutContent(registry()), before);
  await assertWhole();
  assert.match((await catalogue.expect(0, ["build"])).stdout, /^Nothing to do/);
});

test("a damaged layer: a child that is to be built on it has it made again first", async () => {
  const { layers } = await manifestOf("tools:latest");
  await flipByte(join(blobs(), layers.at(-1).digest.slice("sha256:".length)));
  await catalogue.edit("images/app/image.yaml", "mkdir -p /srv", "mkdir -p /srv /opt/app");
  // As on another machine: the parent has to come from the registry.
  await workspace.clear(catalogue.path(".slipway"));
  await rm(catalogue.path(".slipway/storage"), { recursive: true, force: true });
  const { results } = await catalogue.json<Results>(["build"]);
  assert.equal(outcomes({ results }), {
    base: "unchanged",
    side: "unchanged",
    tools: "built",
    app: "built",
    blue: "built",
    green: "built",
  });
  await assertWhole();
});

test.run();
