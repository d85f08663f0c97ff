import { type ArtifactFile, expandArtifact } from "../../src/load/expand-artifact.js";
import { assert, suite } from "../support/suite.js";
import { type Content, loadFiles, places, removeTemporary } from "./temporary-catalogue.js";

const test = suite("load/expand-artifact");
test.after(removeTemporary);

const FILES: Readonly<Record<string, Content>> = {
  "images/a/conf": "x",
  "images/a/tree/run": { program: "x" },
  "images/a/tree/deep/y": "y",
  "images/a/tree/link": { link: "deep/y" },
  "images/a/tree-2/z": "z",
  "images/beside/s": "s",
  "images/a/to-beside": { link: "../beside" },
};

async function load(artifact: string, more: Readonly<Record<string, Content>> = {}) {
  const text = `name: a\nversion: 1\nparent: b\nartifacts:\n  - ${artifact}\n`;
  return loadFiles({ ...FILES, "images/a/image.yaml": text, ...more });
}

/** `from → path mode` for each file of the only artifact. */
async function expanded(artifact: string): Promise<string[]> {
  const { catalogue, diagnostics } = await load(artifact);
  assert.equal(diagnostics, []);
  const [image] = catalogue.images.values();
  const [first] = image?.artifacts ?? [];
  if (image === undefined || first?.type !== "path") throw new Error("no artifact");
  const expansion = expandArtifact(first, image.folder, catalogue.files);
  if (expansion.problem !== undefined) throw new Error(expansion.problem.message);
  return expansion.files.map(({ from, path, mode }: ArtifactFile) => `${from} → ${path} ${mode}`);
}

async function refused(artifact: string, more: Readonly<Record<string, Content>> = {}): Promise<string> {
  const loaded = await load(artifact, more);
  assert.is(loaded.diagnostics.length, 1, places(loaded).join());
  return loaded.diagnostics.map(({ line, column, code, hint }) => `${line}:${column} ${code} ${hint}`).join();
}

test("a file keeps its name in a directory, or gets another", async () => {
  assert.equal(await expanded("{path: conf, dest: /etc/}"), ["images/a/conf → /etc/conf 100644"]);
  assert.equal(await expanded("{path: conf, dest: /etc, target: b/c}"), ["images/a/conf → /etc/b/c 100644"]);
  assert.equal(await expanded("{path: ./tree/../conf, target: /etc/new}"), ["images/a/conf → /etc/new 100644"]);
  assert.equal(await expanded("{path: /images/beside/s, dest: /}"), ["images/beside/s → /s 100644"]);
  assert.equal(await expanded("{path: ../beside/s, dest: /x}"), ["images/beside/s → /x/s 100644"]);
});

test("a directory copies its whole tree and no other's", async () => {
  const tree = [
    "images/a/tree/deep/y → /opt/deep/y 100644",
    "images/a/tree/link → /opt/link 120000",
    "images/a/tree/run → /opt/run 100755",
  ];
  assert.equal(await expanded("{path: tree, dest: /opt}"), tree);
  assert.equal(await expanded("{path: tree/, target: /opt}"), tree);
  assert.equal(await expanded("{path: tree/deep, dest: /opt, target: x}"), ["images/a/tree/deep/y → /opt/x/y 100644"]);
  assert.equal(await expanded("{path: tree/deep, dest: /}"), ["images/a/tree/deep/y → /y 100644"]);
});

test("a link in the path is followed while it stays inside", async () => {
  assert.equal(await expanded("{path: to-beside/s, dest: /x}"), ["images/beside/s → /x/s 100644"]);
  assert.equal(await expanded("{path: tree/link, dest: /x}"), ["images/a/tree/deep/y → /x/link 100644"]);
  assert.equal(await expanded("{path: to-beside, dest: /x}"), ["images/beside/s → /x/s 100644"]);
});

test("what is not there is answered with the nearest name", async () => {
  assert.is(await refused("{path: cnof, dest: /x}"), "5:12 artifact-missing did you mean `conf`?");
  assert.is(await refused("{path: tree/dep, dest: /x}"), "5:12 artifact-missing did you mean `tree/deep`?");
  assert.is(
    await refused("{path: /images/besid/s, dest: /x}"),
    "5:12 artifact-missing did you mean `/images/beside/s`?",
  );
  assert.match(
    await refused("{path: nothing-like-it, dest: /x}"),
    /5:12 artifact-missing .*Git keeps no empty directories/,
  );
  assert.match(await refused("{path: 'con*', dest: /x}"), /5:12 artifact-missing .*there are no wildcards$/);
});

test("nothing outside the catalogue is reached", async () => {
  for (const path of ["../../../etc/passwd", "../../../x", "/../x", "//../x", "tree/../../../../x", "../../.."]) {
    const answer = await refused(`{path: "${path}", dest: /x}`);
    assert.match(answer, /^5:12 artifact-outside /, path);
  }
  assert.match(
    await refused("{path: etc/passwd, dest: /x}", { "images/a/etc": { link: "/etc" } }),
    /artifact-outside the symbolic link is images\/a\/etc/,
  );
  assert.match(await refused("{path: up/x, dest: /x}", { "images/a/up": { link: "../../.." } }), /artifact-outside /);
  assert.match(
    await refused("{path: more, dest: /x}", { "images/a/more/f": "", "images/a/more/bad": { link: "../../../../x" } }),
    /artifact-outside the symbolic link is images\/a\/more\/bad/,
  );
  assert.match(
    await refused("{path: more, dest: /x}", { "images/a/more/bad": { link: "/etc/passwd" } }),
    /artifact-outside /,
  );
});

test("links that never end are refused", async () => {
  const loop = { "images/a/p": { link: "q" }, "images/a/q": { link: "p" } };
  assert.match(await refused("{path: p/x, dest: /x}", loop), /artifact-loop/);
});

test("an empty directory is nothing", async () => {
  const loaded = await load("{path: /images/none, dest: /x}");
  assert.equal(places(loaded), ["images/a/image.yaml:5:12 artifact-missing"]);
});

test.run();
