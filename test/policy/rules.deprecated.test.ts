import { loadMemory, problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/deprecated");

const base = (deprecated: string) =>
  `kind: BaseImage\nname: base\nversion: 1\nfrom: scratch\nmetadata:\n  deprecated: ${deprecated}\n`;
const CHILD = "images/child/image.yaml";
const files = (deprecated: string, more: Readonly<Record<string, string>> = {}) => ({
  "images/base/image.yaml": base(deprecated),
  [CHILD]: "name: child\nversion: 1\nparent: base\n",
  ...more,
});

test("a warning at whoever derives from it, and not at what derives from that", async () => {
  const grandchild = { "images/grandchild/image.yaml": "name: grandchild\nversion: 1\nparent: child\n" };
  assert.equal(await problemsOf(files("{ reason: too old }", grandchild)), [
    `warning ${CHILD}:3:9 deprecated-image: base is deprecated: too old | derive from another image`,
  ]);
  assert.equal(
    await problemsOf(
      files("{ since: 2026-01-01, reason: too old, replacement: new }", {
        "images/new/image.yaml": "kind: BaseImage\nname: new\nversion: 1\nfrom: scratch\n",
      }),
    ),
    [`warning ${CHILD}:3:9 deprecated-image: base is deprecated since 2026-01-01: too old | derive from \`new\``],
  );
});

test("a build stage that starts from it counts as well, and may not where nothing may derive", async () => {
  const other = "kind: BaseImage\nname: other\nversion: 1\nfrom: scratch\nstages:\n  - { name: one, parent: base }\n";
  const stage = (metadata: string) => ({
    "images/base/image.yaml": `kind: BaseImage\nname: base\nversion: 1\nfrom: scratch\nmetadata: ${metadata}\n`,
    "images/other/image.yaml": other,
  });
  assert.equal(await problemsOf(stage("{ deprecated: { reason: too old } }")), [
    "warning images/other/image.yaml:6:26 deprecated-image: base is deprecated: too old | derive from another image",
  ]);
  assert.equal(await problemsOf(stage("{ extendable: false }")), [
    "images/other/image.yaml:6:26 not-extendable: nothing may derive from base | " +
      "images/base/image.yaml says `extendable: false`; choose another parent",
  ]);
});

test("it is a warning only: the images are there", async () => {
  const { desired } = await loadMemory(files("{ reason: too old }"));
  assert.equal([...desired.images.keys()], ["base", "child"]);
});

test("a replacement that there is not", async () => {
  const place = "images/base/image.yaml:6:47 unknown-image";
  const both = (await problemsOf(files("{ reason: too old, replacement: chidl }"))).filter(
    (text) => !text.startsWith("warning"),
  );
  assert.equal(both, [`${place}: no image is named "chidl" | did you mean \`child\`?`]);
});

test("the shape", async () => {
  const first = async (deprecated: string) =>
    (await problemsOf(files(deprecated))).map((text) => text.split(":").slice(1, 4).join(":"))[0];
  assert.match((await first("{ since: 2026-01-01 }")) ?? "", /^6:15 missing-key/);
  assert.match((await first("{ reason: x, since: yesterday }")) ?? "", /^6:35 invalid-value/);
  assert.match((await first("true")) ?? "", /^6:15 wrong-type/);
  assert.equal(await problemsOf(files("")), [], "a key without a value says nothing");
});

test.run();
