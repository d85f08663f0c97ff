import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { pagerOf } from "../../src/commands/pager.js";
import { IMAGES, TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("paging");
const CLI = fileURLToPath(new URL("../../bin/cli.js", import.meta.url));
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  await writeFile(workspace.path("pager"), "#!/bin/sh\nsed 's/^/PAGED /'\n", { mode: 0o755 });
});
test.after(() => workspace.remove());

/** The lines of a call on a terminal. */
function onTerminal(call: string, more: Readonly<Record<string, string>>): readonly string[] {
  const env = { ...workspace.env, TERM: "xterm", ...more };
  const args = ["--quiet", "--return", "--command", `'${process.execPath}' '${CLI}' ${call}`, "/dev/null"];
  const output = execFileSync("script", args, { cwd: catalogue.directory, env, encoding: "utf8", input: "" });
  return output.split(/\r?\n/).filter((line) => line !== "");
}

const paged = (lines: readonly string[]) => lines.filter((line) => line.includes("PAGED ")).length;

test("on a terminal, $SLIPWAY_PAGER or $PAGER shows what may be long", () => {
  const pager = workspace.path("pager");
  assert.is(paged(onTerminal("status", { SLIPWAY_PAGER: pager, PAGER: "false" })), IMAGES.length);
  assert.is(paged(onTerminal("graph", { PAGER: `${pager} | cat` })), IMAGES.length);
});

test("JSON, short commands and --no-pager are not paged", () => {
  const env = { PAGER: workspace.path("pager") };
  for (const call of ["status --json", "--version", "", "status --no-pager", "--no-pager status", "completion bash"]) {
    const lines = onTerminal(call, env);
    assert.ok(lines.length > 0, call);
    assert.is(paged(lines), 0, call);
  }
});

test("a pager that is not there hides nothing", () => {
  assert.ok(onTerminal("graph", { PAGER: "no-such-pager" }).includes("base 1.0"));
});

test("elsewhere than on a terminal nothing is paged", async () => {
  const env = { ...workspace.env, PAGER: workspace.path("pager") };
  assert.match((await catalogue.expect(0, ["graph"], { env })).stdout, /^base 1\.0\n/);
  assert.is(pagerOf({ PAGER: "more" }, { stdin: { isTTY: true }, stdout: {} }), undefined);
});

test("which program: as Git chooses it", () => {
  const terminal = { stdin: { isTTY: true }, stdout: { isTTY: true } };
  assert.is(pagerOf({}, terminal), "less");
  assert.is(pagerOf({ PAGER: "more", SLIPWAY_PAGER: "most" }, terminal), "most");
  assert.is(pagerOf({ PAGER: "more" }, terminal), "more");
  assert.is(pagerOf({ PAGER: "more", SLIPWAY_PAGER: "" }, terminal), undefined);
  assert.is(pagerOf({ PAGER: " cat " }, terminal), undefined);
  assert.is(pagerOf({ PAGER: "more", TERM: "dumb" }, terminal), undefined);
  assert.is(pagerOf({ PAGER: "more", CI: "true" }, terminal), undefined);
  assert.is(pagerOf({ PAGER: "more" }, { ...terminal, stdin: {} }), undefined);
});

test.run();
