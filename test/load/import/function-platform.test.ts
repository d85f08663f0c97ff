import { assert, suite } from "../../support/suite.js";
import { nearby, read } from "./read.js";

const test = suite("documents of the function platform");

const image = (more: string) => `kind: Image\nname: a\nbaseImageName: b\n${more}`;
const platform = (text: string, files: Readonly<Record<string, string>> = {}, outside: readonly string[] = []) =>
  read("all.yaml", text, { files: nearby(files, outside) });

for (const [text, note] of [
  ["kind: Function\nname: f\nimage: a\ndockerUrl: x\n", "1:7 error: the kind `Function` cannot be imported"],
  [
    "kind: Function\nname: f\nimage: a\n---\nkind: Secret\nname: s\n",
    "1:7 error: the kind `Function` cannot be imported",
  ],
  [`${image("")}---\nkind: Secret\nname: s\n`, "5:7 error: the kind `Secret` cannot be imported"],
  [
    image("runtimeDependencies: { manifest: '@../../etc/passwd' }\n"),
    "4:34 error: `@../../etc/passwd` leads out of the document's folder",
  ],
  [
    image("runtimeDependencies: { manifest: '@/etc/passwd' }\n"),
    "4:34 error: `@/etc/passwd` leads out of the document's folder",
  ],
  [image("runtimeDependencies: { manifest: '@link' }\n"), "4:34 error: `@link` leads out of the document's folder"],
  [
    image("runtimeDependencies: { manifest: '@none.txt' }\n"),
    "4:34 error: there is no file `none.txt` beside the document",
  ],
  [
    image("runtimeDependencies: { manifest: requests }\n"),
    "4:34 warning: the language is not known here; the manifest is taken for Python's",
  ],
  ["kind: BaseImage\nname: a\ndockerUrl: UPPER/x\n", "3:12 error: `UPPER/x` is not a reference to an image"],
  ["kind: BaseImage\nname: a\nlanguage: x\ndockerUrl:\n", "1:1 error: `dockerUrl` is missing"],
  ["kind: Image\nname: a\nruntimeDependencies: {}\n", "1:1 error: `baseImageName` is missing"],
  ["kind: Image\nbaseImageName: b\n", "1:1 error: `name` is missing"],
  ["kind: Image\nname: '***'\nbaseImageName: b\n", "2:7 error: `***` is not a name for an image"],
  [
    image("tags: [{ key: extendable, value: perhaps }]\n"),
    "4:15 warning: the tag `extendable` is not carried over: it cannot be metadata",
  ],
  [image("- x\n"), "4:1 error: not valid YAML: this does not fit the structure above it"],
] as const) {
  test(note, () => {
    const { notes } = platform(text, {}, ["link"]);
    assert.ok(notes.includes(note), notes.join("\n"));
  });
}

test("an image's manifest is in the language of its base", () => {
  const base = "kind: BaseImage\nname: b\ndockerUrl: x/y:1\nlanguage: java\n---\n";
  const { imported } = platform(base + image("runtimeDependencies: { manifest: '<project/>' }\n"));
  assert.equal(
    imported.texts.map(({ path, text }) => [path, text]),
    [["images/a/pom.xml", "<project/>\n"]],
  );
});

test("the tag of a base is its version, and its digest its pin", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  const { written, imported } = platform(`kind: BaseImage\nname: a\ndockerUrl: r.example/x:2.3@${digest}\n`);
  assert.match(written["images/a/image.yaml"] ?? "", /^version: "2.3"\nfrom: r.example\/x:2.3\n$/m);
  assert.equal(
    imported.bases.map(({ ref, digest: pinned }) => [ref, pinned]),
    [["r.example/x:2.3", digest]],
  );
});

test.run();
