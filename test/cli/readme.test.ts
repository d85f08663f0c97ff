import { readFileSync } from "node:fs";
import { blocksOf } from "../support/page-blocks.js";
import { assert, suite } from "../support/suite.js";

const test = suite("README");

const project = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

test("the definition on its first screen is the catalogue's", () => {
  assert.is(
    blocksOf(project("README.md")).find(({ language }) => language === "yaml")?.text,
    project("images/python3-web/image.yaml"),
  );
});

test("every page and command it names exists", () => {
  const readme = project("README.md");
  for (const [, path] of readme.matchAll(/\]\(([a-zA-Z/.-]+)\)/g)) assert.ok(project(path ?? "").length > 0, path);
  const documented = project("docs/cli.md");
  for (const [, verb] of readme.matchAll(/`slipway ([a-z]+)/g)) assert.match(documented, `## slipway ${verb}\n`);
});

test.run();
