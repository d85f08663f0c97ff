import { readdirSync, readFileSync } from "node:fs";
import { cliPage, diagnosticsPage } from "../../scripts/docs.js";
import { referencePage } from "../../scripts/reference.js";
import { KIND_NAMES } from "../../src/load/kinds/schema/kinds.js";
import { assert, suite } from "../support/suite.js";

const test = suite("generated docs");

const page = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");

test("docs/cli.md is what npm run docs writes", () => assert.fixture(page("cli.md"), cliPage()));
test("docs/diagnostics.md is what npm run docs writes", () =>
  assert.fixture(page("diagnostics.md"), diagnosticsPage()));

for (const kind of KIND_NAMES) {
  test(`docs/reference/${kind}.md is what npm run docs writes`, () => {
    assert.fixture(page(`reference/${kind}.md`), referencePage(kind));
  });
}

test("docs/reference has no page of a kind that no longer exists", () => {
  const pages = readdirSync(new URL("../../../docs/reference/", import.meta.url)).sort();
  assert.equal(pages, KIND_NAMES.map((kind) => `${kind}.md`).sort());
});

test.run();
