import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PROGRAM_TEXTS } from "../../src/packages/program-texts.js";
import { assert, suite } from "../support/suite.js";

const test = suite("integration/programs");
const execute = promisify(execFile);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const programs = `${root}src/packages/programs/`;
const names = readdirSync(programs).filter((name) => name !== "tsconfig.json");

/** How each language only reads a program. */
const READERS: Readonly<Record<string, (path: string) => readonly [string, ...string[]]>> = {
  sh: (path) => ["/bin/sh", "-n", path],
  cjs: (path) => [process.execPath, "--check", path],
  py: (path) => ["python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", path],
};

for (const name of names)
  test(`${name} is a program of its language`, async () => {
    const reader = READERS[name.replace(/.*\./, "")];
    assert.ok(reader, `nothing here reads ${name}`);
    const [program, ...words] = reader(programs + name);
    await execute(program, words);
  });

test("the build has the text of each", () => assert.equal(Object.keys(PROGRAM_TEXTS).sort(), names.sort()));

test("the types of those in JavaScript are right", async () => {
  const { stdout } = await execute(`${root}node_modules/.bin/tsc`, ["-p", programs]).catch((error) => error);
  assert.is(stdout, "");
});

test.run();
