import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadCatalogue } from "../../src/load/load.js";
import { openWorkingTree } from "../../src/load/working-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("README");

const project = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

/** The fenced blocks of a page in one language. */
function blocks(page: string, language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, tag, text]) =>
    tag === language ? [text ?? ""] : [],
  );
}

/** Where a file that is no definition belongs, by its kind. */
const PLACES: Readonly<Record<string, string>> = {
  Exceptions: "policies/exceptions.yaml",
  Settings: "slipway.yaml",
};

test("every YAML block loads as it stands", async () => {
  const found = blocks(project("README.md"), "yaml");
  assert.ok(found.length > 2);
  const directory = await mkdtemp(join(tmpdir(), "slipway-readme-"));
  try {
    for (const [at, text] of found.entries()) {
      const place = PLACES[/^kind: (\w+)/.exec(text)?.[1] ?? ""] ?? `images/block-${at}/image.yaml`;
      const files = { [place]: text, [`images/block-${at}/app/start`]: "#!/bin/sh\n" };
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), content);
      }
    }
    const { catalogue, diagnostics } = await loadCatalogue(await openWorkingTree(directory));
    assert.equal(diagnostics, []);
    const others = Object.keys(PLACES).filter((kind) => found.some((text) => text.startsWith(`kind: ${kind}\n`)));
    assert.is(catalogue.images.size, found.length - others.length);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test("the definition on its first screen is the one of the catalogue", () => {
  assert.is(blocks(project("README.md"), "yaml")[0], project("images/python3-web/image.yaml"));
});

test("every page and command it names is there", () => {
  const readme = project("README.md");
  for (const [, path] of readme.matchAll(/\]\(([a-zA-Z/.-]+)\)/g)) assert.ok(project(path ?? "").length > 0, path);
  const documented = project("docs/cli.md");
  for (const [, verb] of readme.matchAll(/`slipway ([a-z]+)/g)) assert.match(documented, `## slipway ${verb}\n`);
});

test.run();
