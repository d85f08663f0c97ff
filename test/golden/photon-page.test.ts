import { readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { writeFiles } from "../load/temporary-catalogue.js";
import { blocksOf, headingsOf, type PageBlock, withTexts } from "../support/page-blocks.js";
import { copyExample, EXAMPLE } from "../support/photon-example.js";
import { startSlipway } from "../support/slipway-process.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/*
 * The README of examples/photon. Each section starts from the unchanged example. A block with a path in its first line is written to
 * that path, and a block with a command is run. `npm run golden` rewrites the output.
 */
const test = suite("golden/photon-page");
const PAGE = `${EXAMPLE}/README.md`;
const page = readFileSync(PAGE, "utf8");
const blocks = blocksOf(page);
const texts = new Map<PageBlock, string>();
let workspace: Workspace;

test.before(async () => {
  workspace = await Workspace.create();
});
test.after(() => workspace.remove());

async function follow({ language, text }: PageBlock, folder: string): Promise<string> {
  if (language !== "console") {
    const path = /^# (\S+\.\w+)\n/.exec(text)?.[1];
    if (path === undefined) throw new Error(`the block does not say where it stands:\n${text}`);
    writeFiles(folder, { [path]: text });
    return text;
  }
  const [prompt = ""] = text.split("\n");
  assert.match(prompt, /^\$ slipway /);
  const args = prompt.replace(/^\$ slipway /, "").split(" ");
  const { stdout, stderr } = await startSlipway(args, { cwd: folder, env: workspace.env }).ended;
  assert.is(stderr, "", prompt);
  return `${prompt}\n${stdout}`;
}

for (const heading of headingsOf(page)) {
  const section = blocks.filter((block) => block.heading === heading);
  if (section.length === 0) continue;
  test(heading, async () => {
    const folder = dirname(dirname(copyExample(workspace)));
    for (const block of section) {
      const wanted = await follow(block, folder);
      texts.set(block, wanted);
      if (process.env.UPDATE_GOLDEN !== "1") assert.fixture(block.text, wanted, "examples/photon/README.md");
    }
  });
}

test("every block was written or run", () => {
  assert.is(texts.size, blocks.length);
  assert.ok(texts.size > 10);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(PAGE, withTexts(page, texts));
});

test("every file it names exists", () => {
  for (const [, path] of page.matchAll(/\]\(([a-zA-Z0-9/.-]+)\)/g))
    assert.ok(readFileSync(`${EXAMPLE}/${path}`).length > 0, path);
});

/** From the design of the image manager, in its own layout, whatever layout Slipway would use. */
const DESIGNED = `name: python3-postgres
version: 1.1
parent: photon-python3
language: python3
metadata:
    role: x-labs-admins
    extendable: true
    author: bjung@vmware.com
photon-packages:
    - name: libpq-dev
      version: 9.6.4-1
    - name: python2-dev
      version: 3.5.3-3
runtime-packages:
    - name: psycopg2
      version: 2.7.3.1
`;

test("the example contains the design document's definition unchanged", () => {
  assert.is(readFileSync(`${EXAMPLE}/images/python3-postgres/python3-postgres.yaml`, "utf8"), DESIGNED);
});

test.run();
