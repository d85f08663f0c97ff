import { loadDesired } from "../../src/app/catalogue/desired.js";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { folder, removeTemporary } from "../load/temporary-catalogue.js";
import { assert, suite } from "../support/suite.js";

/** What people try who come from Dockerfiles, and what is said to them. */
const test = suite("golden/foreign-habits");
test.after(removeTemporary);

const HEAD = 'kind: BaseImage\nname: a\nversion: "1"\n';
const BASES = `bases: [{ ref: "r.example/os:1", digest: "sha256:${"0".repeat(64)}" }]\n`;

async function said(text: string): Promise<string[]> {
  const files = {
    "images/a/image.yaml": HEAD + text,
    "catalog/bases.yaml": BASES,
    "catalog/runtime/python3.yaml": "language: python3\npackages: [{ name: flask }]\n",
  };
  const tree = await openWorkingTree(folder(files));
  const { diagnostics } = await loadDesired(tree, builtInTemplates(), { today: "2026-01-01" });
  return diagnostics.map((each) => `${each.line}:${each.column} ${each.severity} ${each.code}: ${each.hint}`);
}

const OTHER = "say which one r.example/os:1 has: `os: …` at its entry of catalog/bases.yaml";

test("an external base may have an operating system that nobody has told of", async () => {
  const from = "from: r.example/os:1\n";
  assert.equal(await said(`${from}system-packages: [x]\n`), [`5:1 error no-os: ${OTHER}`]);
  assert.equal(await said(`${from}setup: [x]\n`), [`5:9 error no-shell: write the command as a list, or ${OTHER}`]);
  assert.equal(await said(`${from}language: python3\nruntime-packages: [flask]\n`), [`6:1 error no-os: ${OTHER}`]);
});

test("packages of a language need an operating system too", async () => {
  const hint = "derive from an image that has one";
  assert.equal(await said("from: scratch\nlanguage: python3\nruntime-packages: [flask]\n"), [
    `6:1 error no-os: ${hint}`,
  ]);
  assert.equal(await said("from: scratch\nos: debian\nlanguage: python3\nruntime-packages: [flask]\n"), []);
});

test("a variable that is to be made longer", async () => {
  for (const value of ["/opt/bin:$PATH", "/opt/bin:$" + "{PATH}", "$PATH", "$" + "{PATH:-/bin}", "$PATH:/x"])
    assert.equal(await said(`from: scratch\nenv: { PATH: "${value}" }\n`), [
      "5:14 warning env-reference: write the whole value",
    ]);
  for (const value of ["/bin", "$HOME/bin", "$PATHS", "$" + "{PATHS}", "PATH", "$", "$$"])
    assert.equal(await said(`from: scratch\nenv: { PATH: "${value}" }\n`), []);
});

test.run();
