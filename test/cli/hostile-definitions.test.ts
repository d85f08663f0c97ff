import type { Diagnostic } from "../../src/model/diagnostic.js";
import { TestCatalogue } from "../support/catalogue.js";
import { definitionRows } from "../support/hostile/definition-rows.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("hostile definitions");
let workspace: Workspace;
let diagnostics: readonly Diagnostic[];

test.before(async () => {
  workspace = await Workspace.create();
  const files: Record<string, string> = {
    "catalog/system/debian.yaml": "kind: SystemPackages\nos: debian\npackages: [{ name: tool }]\n",
    "images/python/image.yaml": "kind: BaseImage\nname: python\nversion: 1\nfrom: scratch\nos: debian\n",
  };
  for (const { name, image, more = {} } of definitionRows)
    for (const [each, keys] of Object.entries({ ...more, [name]: image }))
      files[`images/${each}/image.yaml`] = JSON.stringify({ name: each, version: "1", parent: "python", ...keys });
  const catalogue = await TestCatalogue.empty(workspace, "catalogue", files);
  ({ diagnostics } = await catalogue.json<{ diagnostics: Diagnostic[] }>(["validate"], 3));
});
test.after(() => workspace.remove());

for (const { name, expect } of definitionRows)
  test(name, () => {
    const own = diagnostics.filter(({ file }) => file === `images/${name}/image.yaml`);
    assert.equal(
      own.map(({ severity, code, file }) => `${severity} ${code} ${file}`),
      typeof expect === "object" && "says" in expect ? expect.says : expect,
    );
  });

test("nothing else is said", () => {
  assert.is(diagnostics.length, definitionRows.length);
});

test.run();
