import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadDesired } from "../../src/app/catalogue/desired.js";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import { BUILT_IN_LANGUAGES } from "../../src/packages/built-in-languages.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { assert, suite } from "../support/suite.js";

const test = suite("docs/languages.md");

const PAGE = readFileSync(new URL("../../../docs/languages.md", import.meta.url), "utf8");

test("the language on the page is valid as printed", async () => {
  // The page has a file's name in backquotes, then its text.
  const blocks = [...PAGE.matchAll(/^`(catalog\/[^`]+)`:\n\n```\w+\n([\s\S]*?)^```$/gm)];
  const files = Object.fromEntries(blocks.map(([, path = "", text = ""]) => [path, text]));
  assert.equal(Object.keys(files).sort(), [
    "catalog/languages/perl/install.hbs",
    "catalog/languages/perl/language.yaml",
    "catalog/runtime/perl.yaml",
  ]);
  files["images/app/image.yaml"] =
    "kind: BaseImage\nname: app\nversion: '1'\nfrom: scratch\nos: debian\nlanguage: perl\nruntime-packages: [Try-Tiny]\n";
  const directory = await mkdtemp(join(tmpdir(), "slipway-languages-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    }
    const { diagnostics, desired } = await loadDesired(await openWorkingTree(directory), builtInTemplates(), {
      today: "2026-01-01",
    });
    assert.equal(diagnostics, []);
    const [image] = desired.images.values();
    assert.match(
      image?.recipe.containerfile.text ?? "",
      "cpanm --notest --no-man-pages \\\n        'Try-Tiny@0.31' \\\n",
    );
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("every language and package manifest of Slipway is in the table", () => {
  for (const { scopes, manifests } of BUILT_IN_LANGUAGES) {
    const row = PAGE.split("\n").find((line) => line.startsWith(`| \`${scopes[0]}\``));
    for (const name of [...scopes, ...manifests.flatMap(({ file, lock }) => (lock ? [file, lock] : [file]))])
      assert.match(row ?? "", `\`${name}\``);
  }
});

test.run();
