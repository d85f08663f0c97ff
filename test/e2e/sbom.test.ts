import { readFile } from "node:fs/promises";
import { attachSbom } from "../../src/app/contents/attachment.js";
import type { DesiredImage } from "../../src/model/desired.js";
import type { ImageName } from "../../src/model/names.js";
import type { BuildResult } from "../../src/model/plan.js";
import { openRegistry } from "../../src/registry/open.js";
import { contentsOf, owned } from "../report/sbom/contents.js";
import { TestCatalogue } from "../support/catalogue.js";
import { image } from "../support/definitions.js";
import { desired, desiredImage } from "../support/desired.js";
import { checkLayout, layoutTags } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("slipway sbom");
const signal = new AbortController().signal;
let workspace: Workspace;
let catalogue: TestCatalogue;
let built: BuildResult;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  const { results } = await catalogue.json<{ results: BuildResult[] }>(["build", "tools"]);
  built = results.find((result) => result.image === "tools") as BuildResult;
});
test.after(() => workspace.remove());

test("nothing is known about an image that was never built", async () => {
  const { stderr } = await catalogue.expect(1, ["sbom", "green"]);
  assert.match(stderr, "the contents of green are unknown: it is neither built nor in slipway.lock");
  assert.match((await catalogue.expect(2, ["sbom", "tool"])).stderr, "did you mean tools?");
  assert.match((await catalogue.expect(2, ["sbom", "tools", "--format", "text"])).stderr, "one of cyclonedx, spdx");
});

/** Removes what is attached to images; their own tags stay. */
async function detach(): Promise<void> {
  const file = ".slipway/registry/index.json";
  const { manifests, ...rest } = JSON.parse(await catalogue.read(file));
  const kept = manifests.filter((entry: object) => !/"[a-z]+:sha256-/.test(JSON.stringify(entry)));
  assert.ok(kept.length < manifests.length, "the build has attached something");
  await catalogue.write(file, JSON.stringify({ ...rest, manifests: kept }));
}

test("the SBOM attached by the build is shown; without it the image is inspected, with the same bytes", async () => {
  const made = (await catalogue.expect(0, ["sbom", "tools"])).stdout;
  const { metadata } = JSON.parse(made);
  assert.is(metadata.component.version, built.digest);
  assert.equal(metadata.component.properties[0], { name: "slipway:from", value: "image" });
  await detach();
  assert.is((await catalogue.expect(0, ["sbom", "tools"])).stdout, made);
  await catalogue.delete(".slipway/cache/inventory");
  assert.is((await catalogue.expect(0, ["sbom", "tools"])).stdout, made);
});

test("the attached document is shown unchanged, and nothing else changes", async () => {
  const layout = catalogue.path(".slipway/registry");
  const before = layoutTags(layout);
  const { digest } = built;
  if (digest === null) throw new Error("tools has no digest");
  const registry = openRegistry(`oci:${layout}`, { tlsVerify: true, cwd: "/", buildah: async () => "", env: {} });
  const tools = desiredImage(desired([image("tools")]), "tools");
  const images = new Map<ImageName, DesiredImage>([[tools.node.name, tools]]);
  const contents = contentsOf([owned({ name: "seen-nowhere" })], { image: tools.node.name });
  await attachSbom(registry, { image: tools, images, contents, digest }, signal);
  assert.equal(layoutTags(layout), before);
  checkLayout(layout);

  const { stdout } = await catalogue.expect(0, ["sbom", "tools"]);
  assert.is(JSON.parse(stdout).metadata.component.version, digest);
  assert.is(JSON.parse(stdout).components.at(-1).name, "seen-nowhere");
  assert.is((await catalogue.expect(0, ["sbom", "tools", "--json"])).stdout, stdout);
  const out = catalogue.path("out/tools.cdx.json");
  assert.is((await catalogue.expect(0, ["sbom", "tools", "--out", out])).stdout, "");
  assert.is(await readFile(out, "utf8"), stdout);
  const spdx = JSON.parse((await catalogue.expect(0, ["sbom", "tools", "--format", "spdx"])).stdout);
  assert.is(spdx.spdxVersion, "SPDX-2.3");
  assert.is(spdx.packages[0].versionInfo, digest);
  assert.equal(
    (await catalogue.json<{ steps: unknown[] }>(["plan"])).steps.length,
    4,
    "tools and base are as they were",
  );
});

test.run();
