import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openWorkingTree } from "../../../src/load/git/working-tree.js";
import { loadCatalogue } from "../../../src/load/load.js";
import { assert, suite } from "../../support/suite.js";
import { CASES, caseNames, inCatalogue } from "./cases.js";

const test = suite("load/import/check");

for (const name of caseNames()) {
  test(`${name}: the loader finds nothing wrong`, async () => {
    await inCatalogue(async (catalogue) => {
      cpSync(join(CASES, name, "expected"), catalogue, { recursive: true });
      const { diagnostics, catalogue: loaded } = await loadCatalogue(await openWorkingTree(catalogue));
      assert.equal(
        diagnostics.map(({ file, line, column, code, message }) => `${file}:${line}:${column} ${code} ${message}`),
        [],
      );
      assert.ok(loaded.images.size > 0);
    });
  });
}

test("the test can fail", async () => {
  await inCatalogue(async (catalogue) => {
    cpSync(join(CASES, "native", "expected"), catalogue, { recursive: true });
    writeFileSync(join(catalogue, "images/python3-postgres/image.yaml"), "name: a\nversion: 1\n");
    const { diagnostics } = await loadCatalogue(await openWorkingTree(catalogue));
    assert.ok(diagnostics.length > 0);
  });
});

test.run();
