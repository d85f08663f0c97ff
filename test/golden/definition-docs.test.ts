import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type LoadedCatalogue, loadDesired } from "../../src/app/catalogue/desired.js";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import type { ImageName } from "../../src/model/names.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { diagnosticsText } from "../../src/report/diagnostics.js";
import { GRAPH_FORMATS } from "../../src/report/graph-formats.js";
import { additionsFor } from "../../src/run/image-config.js";
import { type Content, folder, removeTemporary } from "../load/temporary-catalogue.js";
import { parseContainerfile } from "../support/containerfile.js";
import { blocksOf, type PageBlock, withTexts } from "../support/page-blocks.js";
import { assert, suite } from "../support/suite.js";

/*
 * The YAML of docs/definitions.md is one catalogue. A block that is followed by text is not part of it: the text shows the diagnostics
 * when the block is added. `npm run golden` rewrites these texts.
 */
const test = suite("golden/definition-docs");
test.after(removeTemporary);
const PAGE = fileURLToPath(new URL("../../../docs/definitions.md", import.meta.url));
const page = readFileSync(PAGE, "utf8");
const blocks = blocksOf(page);
const files = blocks.filter(({ language }) => language === "yml");

/** Files beside the definitions. */
const BESIDE: Readonly<Record<string, Content>> = {
  "images/hello/src/hello.c": "int main(void) { return 0; }\n",
  "images/pages/www/index.html": "hello\n",
};

const answerTo = (block: PageBlock) => {
  const next = blocks[blocks.indexOf(block) + 1];
  return next?.language === "text" ? next : undefined;
};

/** The path in the first line of a block. */
const asFile = ({ text }: PageBlock): [string, string] => [/^# (\S+)\n/.exec(text)?.[1] ?? "", text];

const SOUND = Object.fromEntries(files.filter((block) => answerTo(block) === undefined).map(asFile));

async function load(added: Readonly<Record<string, string>> = {}): Promise<LoadedCatalogue> {
  const tree = await openWorkingTree(folder({ ...BESIDE, ...SOUND, ...added }));
  return loadDesired(tree, builtInTemplates(), { today: "2026-11-01" });
}

test("every block names its file", () => {
  for (const block of files) assert.match(asFile(block)[0], /^(?:images|catalog|policies)\/.+\.yaml$|^slipway\.yaml$/);
});

test("the page is a valid catalogue, and all of it is rendered", async () => {
  const { desired, catalogue, diagnostics } = await load();
  assert.is(diagnosticsText(diagnostics), "");
  const images = Object.values(SOUND).filter((text) => text.startsWith("# images/"));
  assert.ok(images.length > 7);
  // A matrix makes four images from one definition.
  assert.is(desired.images.size, images.length + 3);
  assert.is(desired.images.size, catalogue.images.size);
  assert.is(catalogue.modules.size, 2);
  for (const { recipe } of desired.images.values()) parseContainerfile(recipe.containerfile.text);
});

test("the page shows the diagnostics of the blocks that are added", async () => {
  const texts = new Map<PageBlock, string>();
  for (const block of files) {
    const answer = answerTo(block);
    if (answer === undefined) continue;
    const [path, text] = asFile(block);
    const { diagnostics } = await load({ [path]: text });
    assert.ok(diagnostics.length > 0, `nothing is wrong with ${path}`);
    texts.set(answer, `${diagnosticsText(diagnostics)}\n`);
  }
  assert.ok(texts.size > 4);
  const wanted = withTexts(page, texts);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(PAGE, wanted);
  else assert.fixture(page, wanted, "docs/definitions.md");
});

test("its links, and those of the page about Dockerfiles, lead somewhere", () => {
  const folderOfPage = new URL("../../../docs/", import.meta.url);
  for (const name of ["definitions.md", "dockerfile.md"]) {
    const links = [...readFileSync(new URL(name, folderOfPage), "utf8").matchAll(/\]\(([^)#]+)\)/g)];
    assert.ok(links.length > 2, name);
    for (const [, path = ""] of links) assert.ok(existsSync(new URL(path, folderOfPage)), `${name}: ${path}`);
  }
});

/** The output of a command on the page, by the beginning of its block. */
const answerOf = (command: string) => {
  const prompt = `$ ${command}`;
  const block = blocks.find(({ language, text }) => language === "console" && text.startsWith(prompt));
  return block?.text.slice(block.text.indexOf("\n") + 1);
};

test("the graph is the page's", async () => {
  const { graph } = await load();
  assert.is(answerOf("slipway graph"), GRAPH_FORMATS.get("text")?.([...graph.nodes.values()]));
});

test("the image configuration is the page's", async () => {
  const { desired } = await load();
  const image = desired.images.get("checked" as ImageName)?.recipe.containerfile.stages.at(-1);
  const additions = additionsFor(image?.instructions ?? [], undefined);
  assert.is(answerOf("skopeo inspect"), `${JSON.stringify(additions)}\n`);
});

test.run();
