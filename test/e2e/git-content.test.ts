import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BuildResult, Plan } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("what Git keeps in other ways");
let workspace: Workspace;
let catalogue: TestCatalogue;

interface Results {
  readonly results: readonly BuildResult[];
}

const CONTENT = "the model itself\n".repeat(20);
const OID = createHash("sha256").update(CONTENT).digest("hex");
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${OID}\nsize ${CONTENT.length}\n`;
const MODEL = "images/model/files/model.bin";

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace, "catalogue", {
    ".gitattributes": "*.bin filter=lfs -text\n",
    [MODEL]: POINTER,
    "images/model/image.yaml": `name: model
version: "1"
parent: base
artifacts: [{ path: files, dest: /srv/ }]
tests: [{ file: /srv/model.bin, contains: the model itself }]
`,
  });
});
test.after(() => workspace.remove());

const outcome = ({ results }: Results, name: string) => results.find(({ image }) => image === name);

test("a pointer of Git LFS is no content: it is named, with the command", async () => {
  const { stdout } = await catalogue.expect(0, ["validate"]);
  assert.match(stdout, /images\/model\/files\/model\.bin:1:1/);
  assert.match(stdout, /pointer of Git LFS[\s\S]*git lfs pull/);
  const found = outcome(await catalogue.json<Results>(["build", "model"], 1), "model");
  assert.is(found?.outcome, "failed");
  assert.match(found?.error?.message ?? "", /^images\/model\/files\/model\.bin is a pointer of Git LFS.*git lfs pull$/);
});

test("its content goes into the image, under the key that the pointer had", async () => {
  const { steps } = await catalogue.json<Plan>(["plan"], 0);
  const planned = steps.find(({ image }) => image === "model")?.key;
  assert.ok(planned);
  const stored = join(catalogue.directory, ".git/lfs/objects", OID.slice(0, 2), OID.slice(2, 4), OID);
  await mkdir(dirname(stored), { recursive: true });
  await writeFile(stored, CONTENT);
  const found = outcome(await catalogue.json<Results>(["build", "model", "--ref", "HEAD"], 0), "model");
  assert.equal([found?.outcome, found?.key], ["built", planned]);
  await rm(stored);
  await writeFile(join(catalogue.directory, MODEL), CONTENT);
  const { results } = await catalogue.json<Results>(["build", "model"], 0);
  assert.equal(
    results.map((result) => result.outcome),
    ["unchanged", "unchanged"],
  );
});

test("a clone with other line ends has the same images", async () => {
  const clone = await catalogue.clone("crlf");
  await clone.git.addConfig("core.autocrlf", "true");
  await clone.git.raw("rm", "-r", "--quiet", "--cached", ".");
  await clone.git.reset(["--hard"]);
  const registry = ["--registry", `oci:${catalogue.path(".slipway/registry")}`];
  await catalogue.expect(0, ["build", "app"]);
  const env = { ...workspace.env, SLIPWAY_STATE: workspace.path("crlf-state") };
  const { results } = await clone.json<Results>(["build", "app", ...registry], 0, { env });
  assert.ok(results.every((result) => result.outcome === "unchanged"));
});

test("a state directory at which Buildah would cut off its own arguments is refused with what to do", async () => {
  for (const name of ["a,b", 'a"b', "a:b", "a\nb"]) {
    const env = { ...workspace.env, SLIPWAY_STATE: workspace.path(name) };
    const { stderr } = await catalogue.expect(2, ["build", "app", "--registry", `oci:${workspace.path("odd")}`], {
      env,
    });
    assert.match(stderr, /^slipway: the state directory ".*" has .* in its path/m);
    assert.match(stderr, /^hint: set SLIPWAY_STATE to another directory$/m);
  }
});

test.run();
