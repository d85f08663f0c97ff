import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { EXAMPLES } from "../../scripts/reference-examples.js";
import { formatYaml } from "../../src/load/format/format.js";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import { fileKind, KIND_NAMES, kindAt } from "../../src/load/kinds/schema/kinds.js";
import { loadCatalogue } from "../../src/load/load.js";
import { parseYaml } from "../../src/load/yaml/parse.js";
import { folder, removeTemporary } from "../load/temporary-catalogue.js";
import { blocksOf } from "../support/page-blocks.js";
import { assert, suite } from "../support/suite.js";

const test = suite("YAML of the documentation");
test.after(removeTemporary);

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const PAGES = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  ...readdirSync(`${ROOT}docs`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
].sort();

/** Blocks that are not files of Slipway, by their page and their beginning. */
const OTHERS: readonly (readonly [page: string, start: string, what: string])[] = [
  ["docs/install.md", "apiVersion: batch/v1\nkind: Job", "a job of Kubernetes"],
  ["docs/install.md", "images:\n  image: REGISTRY/", "a pipeline of GitLab"],
  ["docs/use-on-your-own.md", "name: images\non: [pull_request", "a workflow"],
];

const other = (page: string, text: string) => OTHERS.find(([where, start]) => where === page && text.startsWith(start));

const FOUND = PAGES.flatMap((page) =>
  blocksOf(readFileSync(ROOT + page, "utf8")).flatMap(({ language, text }) =>
    language === "yaml" ? [{ page, text }] : [],
  ),
);

/** The file's path: from a comment in the first line, otherwise from its `kind`; otherwise it is an image. */
function placeOf(text: string): string {
  const path = /^# (\S+\.ya?ml)\n/.exec(text)?.[1];
  if (path !== undefined) return path;
  const said = /^kind: (\w+)/m.exec(text)?.[1] ?? "Image";
  const kind = KIND_NAMES.find((name) => fileKind(name).schema.properties?.kind?.enum?.includes(said));
  assert.ok(kind, `no kind of file is a ${said}`);
  return fileKind(kind).place.replace(/<\w+>/, "block");
}

/** Files that definitions in the documentation expect beside them. */
function filesBeside(folderOf: string): Record<string, string> {
  if (folderOf.startsWith("catalog/languages/")) return { [`${folderOf}install.hbs`]: "RUN {{prologue}} cpanm\n" };
  if (!/^images\/|^catalog\/modules\//.test(folderOf)) return {};
  return {
    [`${folderOf}files/course`]: "x\n",
    [`${folderOf}app/start`]: "#!/bin/sh\n",
    [`${folderOf}runner.mjs`]: "export {};\n",
    [`${folderOf}requirements.txt`]: "flask==2.2.2\n",
  };
}

for (const { page, text } of FOUND) {
  if (other(page, text)) continue;
  const path = placeOf(text);
  test(`${page}: ${path} loads as printed (${text.split("\n").slice(0, 3).join(" ")} …)`, async () => {
    assert.ok(kindAt(path), `nothing is read at ${path}`);
    const folderOf = path.slice(0, path.lastIndexOf("/") + 1);
    const directory = folder({ [path]: text, ...filesBeside(folderOf) });
    const { catalogue, diagnostics } = await loadCatalogue(await openWorkingTree(directory));
    assert.equal(diagnostics, []);
    assert.is(catalogue.images.size > 0, path.startsWith("images/"));
  });
}

for (const kind of KIND_NAMES) {
  const { schema } = fileKind(kind);
  const { text, path } = EXAMPLES[kind];

  test(`the example of ${kind} is formatted as by slipway fmt, at its place`, () => {
    assert.is(formatYaml(text, schema), text);
    assert.is(kindAt(path), kind);
  });

  test(`the example of ${kind} is complete: it has every key, and one of each set that excludes the others`, () => {
    const used = new Set(Object.keys(parseYaml(text).value ?? {}));
    const alternatives = [...(schema.oneOf ?? []).flatMap(({ required }) => required), ...(schema.not?.required ?? [])];
    const missing = Object.keys(schema.properties ?? {}).filter((key) => !used.has(key) && !alternatives.includes(key));
    assert.equal(missing, []);
  });
}

test("such blocks exist, and so does each excluded one", () => {
  assert.ok(FOUND.length > 8, `${FOUND.length}`);
  for (const [page, start, what] of OTHERS)
    assert.ok(
      FOUND.some((block) => other(block.page, block.text)?.[1] === start),
      `${page} no longer has ${what}`,
    );
});

test.run();
