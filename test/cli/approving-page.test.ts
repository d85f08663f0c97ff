import { readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { assert, suite } from "../support/suite.js";
import { walkThrough } from "../support/walkthrough.js";
import { Workspace } from "../support/workspace.js";

const test = suite("docs/approving.md");

const PAGE = readFileSync(new URL("../../../docs/approving.md", import.meta.url), "utf8");
const CLI = fileURLToPath(new URL("../../bin/cli.js", import.meta.url));
let workspace: Workspace;
let env: NodeJS.ProcessEnv;

test.before(async () => {
  workspace = await Workspace.create();
  const bin = workspace.path("bin");
  await mkdir(bin);
  await writeFile(`${bin}/slipway`, `#!/bin/sh\nexec node '${CLI}' "$@"\n`);
  await chmod(`${bin}/slipway`, 0o755);
  const identity = { GIT_AUTHOR_NAME: "Alice", GIT_AUTHOR_EMAIL: "alice@example.org" };
  const committer = { GIT_COMMITTER_NAME: "Alice", GIT_COMMITTER_EMAIL: "alice@example.org" };
  env = { ...workspace.env, ...identity, ...committer, PATH: `${bin}:${process.env.PATH}` };
});
test.after(() => workspace.remove());

test("every command of the walk-through prints what the page says", async () => {
  const directory = workspace.path("walk");
  await mkdir(directory);
  assert.is(walkThrough(PAGE, directory, env), undefined);
});

test("a command that prints something else is detected", async () => {
  const page =
    "# A\n\n```console\n$ cd /\n$ pwd\n/\n$ printf 'a\\nb\\nc 1\\n'\na\n…\nc …\n$ echo other\nsomething\n```\n";
  assert.is(walkThrough(page, workspace.path("."), env), "A\n$ echo other\nother\n--- the page says\nsomething");
});

test.run();
