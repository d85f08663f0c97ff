import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startSlipway } from "../support/slipway-process.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("docs/import.md");
let workspace: Workspace;
let folder: string;

const project = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const page = readFileSync(project("docs/import.md"), "utf8");

function blocks(language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, tag, text]) =>
    tag === language ? [text ?? ""] : [],
  );
}

test.before(async () => {
  workspace = await Workspace.create();
  folder = workspace.path("documents");
  cpSync(project("test/fixtures/import/dockerfile-course/input"), folder, { recursive: true });
  mkdirSync(`${folder}/reports`);
  writeFileSync(`${folder}/reports/requirements.txt`, "flask==2.2.2\n");
});
test.after(() => workspace.remove());

test("the page's Dockerfile is the fixture's", () => {
  assert.is(blocks("dockerfile")[0], readFileSync(`${folder}/course/Dockerfile`, "utf8"));
});

for (const [index, path] of ["course", "reports"].entries()) {
  test(`the command for ${path} prints what the page says, and writes the definition shown there`, async () => {
    const [command = "", ...output] = (blocks("console")[index] ?? "").split("\n");
    const args = command.replace(/^\$ slipway /, "").split(" ");
    const { code, stdout } = await startSlipway(args, { cwd: folder, env: workspace.env }).ended;
    assert.is(code, 0);
    assert.fixture(stdout, output.join("\n"));
    assert.fixture(readFileSync(`${folder}/images/${path}/image.yaml`, "utf8"), blocks("yaml")[index] ?? "");
  });
}

test.run();
