import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { ActionClient } from "../support/action-client.js";
import { startActionProxy } from "../support/action-runtime.js";
import { blocksOf } from "../support/page-blocks.js";
import { MODULES, runtimeDirectory } from "../support/runtime-process.js";
import { assert, suite } from "../support/suite.js";
import { walkThrough } from "../support/walkthrough.js";
import { Workspace } from "../support/workspace.js";

const test = suite("docs/your-own-runtime.md");

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PAGE = readFileSync(`${ROOT}docs/your-own-runtime.md`, "utf8");
let workspace: Workspace;
let catalogue: string;

/** The files of the page: blocks whose first line is a comment with a path. */
const files = () =>
  blocksOf(PAGE).flatMap(({ text }) => {
    const [, path] = /^(?:#|\/\/) ((?:images|policies)\/\S+)\n/.exec(text) ?? [];
    return path === undefined ? [] : [{ path, text }];
  });

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = workspace.path("catalogue");
  for (const name of ["catalog", "images", "policies", "slipway.yaml"])
    cpSync(ROOT + name, join(catalogue, name), { recursive: true });
  for (const { path, text } of files()) {
    mkdirSync(dirname(join(catalogue, path)), { recursive: true });
    writeFileSync(join(catalogue, path), text);
  }
  mkdirSync(workspace.path("bin"));
  const cli = `#!/bin/sh\nexec '${process.execPath}' '${ROOT}build/bin/cli.js' "$@"\n`;
  writeFileSync(workspace.path("bin/slipway"), cli, { mode: 0o755 });
});
test.after(() => workspace.remove());

test("its commands print what the page says", () => {
  assert.is(files().length, 3);
  const env = { ...workspace.env, PATH: `${workspace.path("bin")}:${process.env.PATH}` };
  assert.is(walkThrough(PAGE, catalogue, env), undefined);
});

test("it goes in by the two pull requests that the page names, in their order", async () => {
  const repository = workspace.path("repository");
  for (const name of ["catalog", "images", "policies", "slipway.yaml", ".github", ".gitignore"])
    cpSync(ROOT + name, join(repository, name), { recursive: true });
  const env = { ...workspace.env, PATH: `${workspace.path("bin")}:${process.env.PATH}` };
  const sh = (script: string) => execa("sh", ["-c", script], { cwd: repository, env, extendEnv: false, reject: false });
  const commit = "git add --all && git -c user.name=T -c user.email=t@example.org commit --quiet --message x";
  await sh(`git init --quiet --initial-branch=main && ${commit}`);
  const add = async (branch: string, folder: string, more = "true") => {
    for (const { path, text } of files().filter((file) => file.path.startsWith(folder))) {
      mkdirSync(dirname(join(repository, path)), { recursive: true });
      writeFileSync(join(repository, path), text);
    }
    return sh(`git switch --quiet --create ${branch} && ${more} && ${commit} && slipway gate --base main`);
  };
  const together = await add("together", "", "slipway gate --codeowners > .github/CODEOWNERS");
  assert.is(together.exitCode, 3);
  assert.match(together.stdout, /package-forbidden: .* is forbidden/);
  await sh("git switch --quiet main");
  const first = await add("exceptions", "policies");
  assert.is(first.exitCode, 0, first.stdout);
  assert.match(first.stdout, /warning exception-unknown-image/);
  await sh("git switch --quiet main && git merge --quiet exceptions");
  const stale = await add("stale", "images");
  assert.is(stale.exitCode, 3);
  assert.match(stale.stdout, /codeowners-stale/);
  await sh("git switch --quiet main");
  const second = await add("image", "images", "slipway gate --codeowners > .github/CODEOWNERS");
  assert.is(second.exitCode, 0, second.stdout);
});

test("its runner compiles code that arrives at init, and reports errors in it", async () => {
  // Only this user can read the workspace.
  const modules = runtimeDirectory();
  cpSync(MODULES, modules, { recursive: true });
  cpSync(join(catalogue, "images/action-c-source/runner.mjs"), join(modules, "action-proxy/runner.mjs"));
  const client = new ActionClient(await startActionProxy({ main: join(modules, "action-proxy/proxy/main.mjs") }));
  try {
    const broken = await client.logged(() => client.init({ code: "nonsense" }));
    assert.is(broken.status, 502);
    assert.match(broken.err, /action\.c:1/);
    const code = "#include <stdio.h>\nvoid action(const char *json) { puts(json); }";
    assert.is((await client.init({ code })).text, "OK");
    assert.equal((await client.run({ value: { a: 1 } })).json, { a: 1 });
  } finally {
    await client.runtime.stop();
    await rm(modules, { recursive: true });
  }
});

test.run();
