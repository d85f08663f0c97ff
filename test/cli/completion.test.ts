import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { STATUSES } from "../../src/model/image-status.js";
import { IMAGES, TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/** Completion in bash, zsh and fish themselves: keys are typed on a terminal, and what is called in the end counts. */
const test = suite("completion");
const CLI = fileURLToPath(new URL("../../bin/cli.js", import.meta.url));
let workspace: Workspace;
let catalogue: TestCatalogue;
let env: Record<string, string>;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  await catalogue.git.addTag("v1");
  // What is completed is only shown, but completion itself is the real one.
  const stub = `#!/bin/sh
case "$1" in
  __complete | completion) exec '${process.execPath}' '${CLI}' "$@" ;;
  *) echo "CALLED: $*" ;;
esac
`;
  await mkdir(workspace.path("bin"));
  await writeFile(workspace.path("bin/slipway"), stub, { mode: 0o755 });
  env = { ...workspace.env, PATH: `${workspace.path("bin")}:${workspace.env.PATH}`, TERM: "xterm" };
});
test.after(() => workspace.remove());

/** The candidates for the last word, without their descriptions. */
async function candidates(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr } = await catalogue.expect(0, ["__complete", ...words]);
  assert.is(stderr, "");
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => line.replace(/\t.*/, ""));
}

/** Types lines into a shell on a terminal; gives what `slipway` was called with, line by line. */
async function typed(shell: string, lines: readonly string[]): Promise<readonly string[]> {
  const child = spawn("script", ["--quiet", "--return", "--command", shell, "/dev/null"], {
    cwd: catalogue.directory,
    env,
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stdin.end([...lines, "exit", ""].join("\n"));
  await new Promise((resolve) => child.once("close", resolve));
  return [...output.matchAll(/^.*CALLED: (.*?)\r?$/gm)].map(([, call = ""]) => call);
}

const KEYS = [
  "slipway buil\tsid\t--isolation=ch\t",
  "slipway status --only MISS\t",
  "slipway plan --base v\t",
  "slipway nothing\t",
];
const CALLS = ["build side --isolation=chroot", "status --only MISSING", "plan --base v1", "nothing"];

test("bash", async () => {
  assert.equal(await typed("bash --norc -i", ['eval "$(slipway completion bash)"', ...KEYS, "slipway fmt slipw\t"]), [
    ...CALLS,
    "fmt slipway.yaml",
  ]);
});

test("zsh", async () => {
  const start = ["autoload -U compinit; compinit -D", 'eval "$(slipway completion zsh)"'];
  assert.equal(await typed("zsh -f -i", [...start, ...KEYS, "slipway fmt slipw\t"]), [...CALLS, "fmt slipway.yaml"]);
});

test("fish", async () => {
  const ask = (line: string) =>
    execFileSync(
      "fish",
      ["--no-config", "-c", `slipway completion fish | source; complete -C ${JSON.stringify(line)}`],
      {
        cwd: catalogue.directory,
        env,
        encoding: "utf8",
      },
    );
  assert.is(ask("slipway buil"), "build\tbuild, test and publish the planned images\n");
  assert.is(ask("slipway build sid"), "side\n");
  assert.is(ask("slipway build --isolation=ch"), "--isolation=chroot\n");
  assert.is(ask("slipway status --only MISS"), "MISSING\n");
  assert.is(ask("slipway fmt slipw"), "slipway.yaml\n");
  assert.is(ask("slipway nothing"), "");
});

test("commands, options and their values", async () => {
  assert.equal(await candidates("pl"), ["plan"]);
  assert.equal(await candidates("policy", ""), ["test"]);
  assert.equal(await candidates("help", "policy", ""), ["test"]);
  assert.equal(await candidates("plan", "--m"), ["--matrix"]);
  assert.equal(await candidates("--j"), ["--json"]);
  assert.equal(await candidates("graph", "--format", ""), ["text", "json", "mermaid", "dot", "svg"]);
  assert.equal(await candidates("graph", "--format=m"), ["--format=mermaid"]);
  assert.equal(await candidates("status", "--only", "READY", ""), STATUSES);
  assert.equal(await candidates("plan", "--base", ""), ["HEAD", "main", "v1"]);
  assert.equal(await candidates("completion", ""), ["bash", "zsh", "fish"]);
  assert.equal(await candidates("schema", "exc"), ["exceptions"]);
});

test("files and directories are left to the shell; registries and numbers to the user", async () => {
  assert.equal(await candidates("fmt", "x"), [":files"]);
  assert.equal(await candidates("sbom", "base", "--out", ""), [":files"]);
  assert.equal(await candidates("init", ""), [":directories"]);
  assert.equal(await candidates("build", "--registry", ""), []);
  assert.equal(await candidates("build", "--jobs", ""), []);
});

test("names of images: in the order of the alphabet, each once, and in the catalogue that the line names", async () => {
  assert.equal(await candidates("build", ""), [...IMAGES].sort());
  assert.equal(await candidates("build", "app", "--jobs", "2", "b"), ["base", "blue"]);
  assert.equal(await candidates("build", "--", "ap"), ["app"]);
  assert.equal(await candidates("why", "app", ""), []);
  const other = workspace.path("other");
  await TestCatalogue.empty(workspace, "other", {
    "images/one.yaml": "# a list\nname: 'one' # first\n",
    "images/broken/image.yaml": "version: [\nname: broken\n",
    "images/many/image.yaml": 'name: "many-${{ matrix.v }}"\nversion: "1"\nparent: one\nmatrix: { v: ["1", "2"] }\n',
    "images/content/image.yaml": "name: content\n",
    "images/content/data.yaml": "name: not-an-image\n",
  });
  assert.equal(await candidates("--catalogue", other, "build", ""), ["broken", "content", "many-1", "many-2", "one"]);
  assert.equal(await candidates("build", `--catalogue=${other}`, "m"), ["many-1", "many-2"]);
});

test("where something is wrong, nothing is printed, and nothing is written", async () => {
  assert.equal(await candidates("build", "--catalogue", "no-such-directory", ""), []);
  assert.equal(await candidates("nothing", ""), []);
  assert.equal(await candidates("build", "--nothing", "ap"), ["app"]);
  assert.not(existsSync(catalogue.path(".slipway")));
});

test("another shell is a usage error", async () => {
  const { stderr } = await catalogue.expect(2, ["completion", "tcsh"]);
  assert.is(stderr, 'slipway: no completion for "tcsh"\nhint: one of bash, zsh, fish\n');
});

test.run();
