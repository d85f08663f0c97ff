import { readFile, writeFile } from "node:fs/promises";
import type { BuildResult, Plan } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutContent, layoutTags } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

interface Results {
  readonly results: BuildResult[];
}

const test = suite("retag");
let workspace: Workspace;
let catalogue: TestCatalogue;
const registry = () => catalogue.path(".slipway/registry");

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  await catalogue.expect(0, ["build"]);
});
test.after(() => workspace.remove());

const steps = async () =>
  (await catalogue.json<Plan>(["plan"])).steps.map(({ image, action, reasons }) => [image, action, reasons[0]?.code]);
const changed = ({ results }: Results) =>
  results.filter(({ outcome }) => outcome !== "unchanged").map(({ image, outcome }) => `${image} ${outcome}`);

test("changed tests run again on the existing image; nothing is built", async () => {
  const before = layoutTags(registry());
  await catalogue.edit("images/tools/image.yaml", "contains: tools", "contains: tool");
  // Children run their ancestors' tests too.
  assert.equal(
    await steps(),
    ["tools", "app", "blue", "green"].map((image) => [image, "retag", "TESTS"]),
  );
  const { path, calls } = await workspace.spy("buildah");
  const document = await catalogue.json<Results>(["build"], 0, { env: { ...workspace.env, PATH: path } });
  assert.equal(
    changed(document),
    ["tools", "app", "blue", "green"].map((image) => `${image} retagged`),
  );
  const commands = await calls();
  assert.equal(
    commands.filter((line) => / (build|push|pull|commit) /.test(line)),
    [],
  );
  assert.ok(
    commands.some((line) => / mount slipway-[0-9a-f]+$/.test(line)),
    commands.join("\n"),
  );
  const after = layoutTags(registry());
  for (const [name, image] of before) assert.equal(after.get(name), image);
  assert.is(after.size, before.size + 4, "a tested tag for each");
});

test("renaming a test does not change it", async () => {
  await catalogue.edit("images/base/image.yaml", "name: runs as root", "name: is root");
  assert.equal(await steps(), []);
});

test("a changed test that fails leaves every tag where it was", async () => {
  const before = layoutContent(registry());
  await catalogue.edit("images/green/image.yaml", "equals: green", "equals: red");
  const { results } = await catalogue.json<Results>(["build"], 1);
  assert.equal(changed({ results }), ["green failed"]);
  const error = results.find(({ image }) => image === "green")?.error;
  assert.is(error?.code, "TEST_FAILED");
  assert.is(error?.message, 'test "it is green": stdout is not "red"');
  assert.equal(error?.tail, ["green"]);
  assert.equal(layoutContent(registry()), before);
  const status = await catalogue.expect(0, ["status"]);
  assert.match(status.stdout, /^ {2}ERROR +green 2\.1 +test "it is green": stdout is not "red"$/m);
  await catalogue.edit("images/green/image.yaml", "equals: red", "equals: green");
  assert.match((await catalogue.expect(0, ["build"])).stdout, /^Nothing to do/);
});

test("a new version of the same image: it is retagged, and the old version's tag stays", async () => {
  const before = layoutTags(registry());
  await catalogue.edit("images/app/image.yaml", '"2.0"', '"2.10"');
  assert.equal(await steps(), [["app", "retag", "TAGS"]]);
  const { stdout } = await catalogue.expect(0, ["build"]);
  assert.match(stdout, /^ {2}retagged {4}app 2\.10 .*TAGS 2\.10-[0-9a-f]{8}, 2\.10 to be moved$/m);
  const after = layoutTags(registry());
  assert.equal(after.get("app:2.10"), before.get("app:2.0"));
  assert.equal(after.get("app:2.0"), before.get("app:2.0"));
  assert.equal(after.get("app:latest"), before.get("app:latest"));
});

test("a pointer that someone else moved is moved back", async () => {
  const file = `${registry()}/index.json`;
  const before = layoutContent(registry());
  const other = before["side:latest"]?.split(" ")[1] ?? "";
  const lines = (await readFile(file, "utf8")).split("\n");
  const at = lines.findIndex((line) => line.includes('"green:latest"'));
  const size = /"size":\d+/.exec(lines.find((line) => line.includes('"side:latest"')) ?? "")?.[0] ?? "";
  lines[at] = (lines[at] ?? "").replace(/sha256:[0-9a-f]{64}/, other).replace(/"size":\d+/, size);
  await writeFile(file, lines.join("\n"));
  assert.equal(await steps(), [["green", "retag", "TAGS"]]);
  await catalogue.expect(0, ["build"]);
  assert.equal(layoutContent(registry()), before);
});

test.run();
