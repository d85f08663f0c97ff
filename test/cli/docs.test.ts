import { readFileSync } from "node:fs";
import { cliPage, diagnosticsPage } from "../../scripts/docs.js";
import { assert, suite } from "../support/suite.js";

const test = suite("generated docs");

const page = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");

test("docs/cli.md is what npm run docs makes", () => assert.fixture(page("cli.md"), cliPage()));
test("docs/diagnostics.md is what npm run docs makes", () => assert.fixture(page("diagnostics.md"), diagnosticsPage()));

test.run();
