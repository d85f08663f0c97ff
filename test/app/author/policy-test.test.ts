import { fileURLToPath } from "node:url";
import { runPolicyTest } from "../../../src/app/author/policy-test.js";
import { type LoadedCatalogue, loadDesired } from "../../../src/app/catalogue/desired.js";
import { openWorkingTree } from "../../../src/load/git/working-tree.js";
import { builtInTemplates } from "../../../src/render/templates.js";
import { loadMemory } from "../../support/memory-tree.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("policy-testing");
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const today = "2026-06-01";

/** Names of the cases that are not as expected. */
async function failing({
  catalogue,
  tree,
  diagnostics,
}: Pick<LoadedCatalogue, "catalogue" | "tree" | "diagnostics">): Promise<string[]> {
  const failed: string[] = [];
  for (const each of catalogue.policyTests ?? []) {
    const { ok } = await runPolicyTest(each, { catalogue, tree, diagnostics, today });
    if (!ok) failed.push(each.name);
  }
  return failed;
}

test("the policies of the reference catalogue say what its cases expect; each of them is needed for that", async () => {
  const loaded = await loadDesired(await openWorkingTree(ROOT), builtInTemplates(), { today });
  const { catalogue } = loaded;
  assert.ok((catalogue.policyTests ?? []).length > 5);
  assert.equal(await failing(loaded), []);
  for (const name of ["packages", "licenses", "bases", "images"] as const) {
    const { [name]: _, ...policies } = catalogue.policies ?? {};
    assert.ok((await failing({ ...loaded, catalogue: { ...catalogue, policies } })).length > 0, name);
  }
});

const BASE = "kind: BaseImage\nname: base\nversion: 1\nos: debian\nfrom: scratch\n";
const FILES = {
  "images/base/image.yaml": BASE,
  "images/app/image.yaml": "name: app\nversion: 1\nparent: base\n",
  "policies/images.yaml": "user: { root: deny }\n",
};
const one = (image: string, expect: string, more = "") =>
  `tests: [{ name: it, image: ${image}, expect: ${expect}${more} }]\n`;
const fails = async (tests: string, files: Readonly<Record<string, string>> = {}) =>
  (await failing(await loadMemory({ ...FILES, "policies/tests/a.yaml": tests, ...files }, today))).length;

test("both ways: what is expected and not found, what is found and not expected", async () => {
  assert.is(await fails(one("app", "[root-user]")), 0);
  assert.is(await fails(one("app", "allowed")), 1);
  assert.is(await fails(one("app", "[root-user, label-missing]")), 1);
  assert.is(await fails(one("{ parent: base, run: { user: app } }", "[root-user]")), 1);
  assert.is(await fails(one("{ parent: base, run: { user: app } }", "allowed", ", warn: [root-user]")), 1);
});

test("a definition takes the place of the catalogue's image of that name, and stands on the others", async () => {
  assert.is(await fails(one("{ name: base, kind: BaseImage, from: scratch }", "allowed")), 0);
  assert.is(await fails(one("{ name: app, parent: base, run: { user: app } }", "allowed")), 0);
  assert.is(await fails(one("{ parent: app }", "[root-user]")), 0);
});

test("exceptions of the catalogue hold for its images", async () => {
  const text = `exceptions: [{ rule: root-user, image: app, owner: "@a", reason: b, expires: 2027-01-01 }]\n`;
  assert.is(await fails(one("app", "allowed"), { "policies/exceptions.yaml": text }), 0);
  assert.is(await fails(one("{ parent: base }", "allowed"), { "policies/exceptions.yaml": text }), 1);
});

test("what cannot be judged is not allowed", async () => {
  const broken = { "images/base/image.yaml": `${BASE}colour: red\n` };
  assert.is(await fails(one("app", "allowed"), broken), 1);
  assert.is(await fails(one("{ parent: base }", "allowed"), broken), 1);
  assert.is(await fails(one("base", "allowed"), broken), 1);
  assert.is(await fails(one("{ parent: nobody }", "[unknown-parent]")), 0);
});

test.run();
