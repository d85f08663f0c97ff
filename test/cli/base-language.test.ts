import type { GateReport } from "../../src/model/gate.js";
import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("the language of a base image");
let workspace: Workspace;

test.before(async () => {
  workspace = await Workspace.create();
});
test.after(() => workspace.remove());

test("a change of it names the images that state none: in a plan between commits, and at the gate", async () => {
  const catalogue = await TestCatalogue.create(workspace);
  await catalogue.edit("images/base/image.yaml", "os: debian", "os: debian\nlanguage: python3");
  await catalogue.edit("images/side/image.yaml", "parent: base", "parent: base\nlanguage: python3");
  await catalogue.commit("Python");
  await catalogue.git.checkoutLocalBranch("change");
  await catalogue.edit("images/base/image.yaml", "language: python3", "language: nodejs");
  await catalogue.edit("images/side/image.yaml", "language: python3", "language: nodejs");
  await catalogue.commit("Node.js");
  const said =
    "images/base/image.yaml:5:11: warning inherited-change: the language of base changes from python3 to nodejs, " +
    "and with it that of images that state none: tools, app, blue, green";
  for (const head of [["--head", "HEAD"], []])
    assert.ok((await catalogue.expect(0, ["plan", "--base", "main", ...head])).stderr.includes(said));
  // Once more with the snapshot that the first plan has left.
  assert.ok((await catalogue.expect(0, ["plan", "--base", "main", "--head", "HEAD"])).stderr.includes(said));
  const { diagnostics } = await catalogue.json<GateReport>(["gate", "--base", "main"]);
  assert.equal(
    diagnostics.map(({ code, severity }) => [code, severity]),
    [["inherited-change", "warning"]],
  );
});

test.run();
