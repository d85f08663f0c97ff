import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { importText } from "../../../src/report/import-text.js";
import { assert, suite } from "../../support/suite.js";
import { CASES, caseNames, contentsOf, runCase } from "./cases.js";

const test = suite("load/import/formats");

/** UPDATE_GOLDEN=1 writes what comes out instead of comparing it; look at the difference before it is committed. */
const isUpdate = process.env.UPDATE_GOLDEN === "1";

test("there are cases of every format", () => {
  assert.ok(caseNames().length >= 12);
});

for (const name of caseNames()) {
  test(name, async () => {
    const { files, result } = await runCase(name);
    const notes = importText(result, false);
    const folder = join(CASES, name);
    if (isUpdate) update(folder, files, notes);
    assert.equal(files, contentsOf(join(folder, "expected")));
    assert.fixture(notes, readFileSync(join(folder, "notes.txt"), "utf8"));
    const before = Object.keys(contentsOf(join(folder, "catalogue")));
    const written = result.written.map(({ path }) => path);
    assert.equal([...new Set([...before, ...written])].sort(), Object.keys(files).sort());
  });
}

function update(folder: string, files: Readonly<Record<string, string>>, notes: string): void {
  rmSync(join(folder, "expected"), { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, "expected", path);
    mkdirSync(dirname(target), { recursive: true });
    const program = text.startsWith("(program) ");
    writeFileSync(target, program ? text.slice("(program) ".length) : text, { mode: program ? 0o755 : 0o644 });
  }
  writeFileSync(join(folder, "notes.txt"), notes);
}

test.run();
