import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Artifacts } from "../support/actions/artifacts.js";
import { tagEvent } from "../support/actions/events.js";
import { ROOT } from "../support/actions/files.js";
import type { Permissions } from "../support/actions/job-state.js";
import { runWorkflow, type WorkflowResult } from "../support/actions/run-workflow.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const execute = promisify(execFile);
const test = suite("workflows: release");
const FILE = ".github/workflows/release.yml";
const PLACE = { repository: "acme/slipway", server: "https://github.com", api: "https://api.github.com" };

let directory = "";
let runs = 0;
test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-release-"));
});
test.after(() => removeTree(directory));

/** A project that is packed as Slipway is: npm runs `prepack`, which makes build/bin, which Git ignores. */
const PROJECT: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({
    name: "slipway",
    version: "1.2.3",
    files: ["build/bin", "docs"],
    scripts: { prepack: "mkdir -p build/bin && cp program.js build/bin/action.js" },
  }),
  "CHANGELOG.md": "# Changelog\n\n## 1.2.3 — 2026-11-30\n\n- A change.\n\n## 1.2.2 — 2026-01-01\n\n- Another.\n",
  ".gitignore": "/build/\n",
  ".ci/run": "#!/usr/bin/env bash\necho 'everything passed'\n",
  "action.yml": "name: x\n",
  "program.js": "console.log('hello');\n",
  "docs/page.md": "A page.\n",
};

/** Programs of GitHub's machines. `gh` writes down what it is asked. */
const MACHINE = {
  sudo: 'exec "$@"\n',
  "apt-get": "",
  gh: `{ printf '%s\\n' "$@"; printf 'token %s\\n' "$GH_TOKEN"; for file in "$@"; do [ ! -f "$file" ] || sha256sum "$file"; done; cat notes.md; } >> "$GH_CALLS"\n`,
};

interface Release {
  readonly result: WorkflowResult;
  readonly permissions: readonly Permissions[];
  readonly git: (...args: string[]) => Promise<string>;
  /** What the release was made from, or nothing. */
  readonly asked: string;
  readonly sha: string;
}

/** `later`: files that are written after the image of Slipway has got its tarball. */
async function release(
  tag: string,
  files: Readonly<Record<string, string>> = {},
  later: Readonly<Record<string, string>> = {},
): Promise<Release> {
  runs += 1;
  const path = (...parts: string[]) => join(directory, String(runs), ...parts);
  const write = async (file: string, text: string) => {
    await mkdir(dirname(path(file)), { recursive: true });
    await writeFile(path(file), text, { mode: 0o755 });
  };
  for (const [name, text] of Object.entries({ ...PROJECT, ...files })) await write(`work/${name}`, text);
  for (const [name, text] of Object.entries(MACHINE)) await write(`bin/${name}`, `#!/bin/sh\n${text}`);
  await mkdir(path("work/scripts"), { recursive: true });
  await cp(`${ROOT}scripts/release.mjs`, path("work/scripts/release.mjs"));
  await write("calls", "");
  await mkdir(path("work/images/slipway"), { recursive: true });
  const pack = ["pack", "--pack-destination", "images/slipway"];
  await execute("npm", pack, { cwd: path("work"), env: { PATH: process.env.PATH, HOME: directory } });
  for (const [name, text] of Object.entries(later)) await write(`work/${name}`, text);
  const date = "2026-11-30T12:00:00+00:00";
  const identity = {
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@b",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@b",
  };
  const env = { PATH: process.env.PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: "1", ...identity };
  const dates = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const git = async (...args: string[]) =>
    (await execute("git", args, { cwd: path("work"), env: { ...env, ...dates } })).stdout.trim();
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "A release");
  await git("tag", tag);
  await git("clone", "--quiet", "--bare", ".", path("remote.git"));
  const sha = await git("rev-parse", "HEAD");
  const permissions: Permissions[] = [];
  const result = await runWorkflow({
    workflow: await readFile(`${ROOT}${FILE}`, "utf8"),
    file: FILE,
    event: tagEvent(PLACE, { tag, sha }),
    runId: runs,
    secrets: {},
    vars: {},
    directory: path("run"),
    host: {
      remote: () => path("remote.git"),
      token: (rights) => `job-token-${permissions.push(rights)}`,
      actions: new Map(),
      artifacts: new Artifacts(path("artifacts")),
      path: [path("bin")],
      env: { GH_CALLS: path("calls") },
    },
  });
  await git("fetch", "--quiet", "--tags", path("remote.git"));
  return { result, permissions, git, asked: await readFile(path("calls"), "utf8"), sha };
}

const told = ({ result }: Release) =>
  result.jobs.map(({ name, conclusion, log }) => `${name} ${conclusion}\n${log}`).join("\n");

test("a tag is tested, packed, attested and released, with rights only where nothing of the project runs", async () => {
  const made = await release("v1.2.3");
  assert.equal(
    made.result.jobs.map(({ name, conclusion }) => `${name} ${conclusion}`),
    ["test success", "pack success", "publish success"],
    told(made),
  );
  assert.match(made.result.jobs[0]?.log ?? "", "everything passed");
  assert.equal(made.permissions, [
    { contents: "read" },
    { contents: "read" },
    { attestations: "write", contents: "write", "id-token": "write" },
  ]);
  const commit = await made.git("rev-parse", "action-v1.2.3");
  const lines = made.asked.split("\n");
  assert.equal(lines.slice(0, 12), [
    ...["release", "create", "v1.2.3", "--repo", "acme/slipway", "--verify-tag", "--title", "Slipway 1.2.3"],
    ...["--notes-file", "notes.md", "slipway-1.2.3.tgz", "SHA256SUMS"],
  ]);
  assert.is(lines[12], "token job-token-3");
  const digest = lines.find((line) => line.endsWith("  slipway-1.2.3.tgz"));
  assert.match(made.result.jobs[2]?.log ?? "", `attested ${digest}`);
  const notes = made.asked.slice(made.asked.indexOf("- A change."));
  assert.not(notes.includes("Another"));
  assert.match(notes, /^- A change\.\n\nPacked with Node\.js \d+\.\d+\.\d+ and npm \d+\.\d+\.\d+\.\n/);
  assert.match(notes, `In workflows: \`uses: acme/slipway@${commit} # v1.2.3\`\n`);
});

test("the action's commit is the tagged one with the tarball's programs, and anyone can make it again", async () => {
  const made = await release("v1.2.3");
  assert.is(await made.git("rev-parse", "action-v1.2.3^"), made.sha);
  assert.is(await made.git("diff", "--name-status", "v1.2.3", "action-v1.2.3"), "A\tbuild/bin/action.js");
  assert.is(await made.git("show", "action-v1.2.3:build/bin/action.js"), "console.log('hello');");
  const again = await release("v1.2.3");
  assert.is(again.sha, made.sha);
  assert.is(await again.git("rev-parse", "action-v1.2.3"), await made.git("rev-parse", "action-v1.2.3"));
});

const REFUSED: readonly (readonly [string, string, Readonly<Record<string, string>>, string])[] = [
  ["another version", "v1.2.4", {}, "release: the tag is v1.2.4, package.json says 1.2.3"],
  [
    "changes without a date",
    "v1.2.3",
    { "CHANGELOG.md": "# Changelog\n\n## 1.2.3 — unreleased\n\n- A change.\n" },
    "release: CHANGELOG.md: `## 1.2.3 — unreleased` has no date",
  ],
  [
    "no changes of it",
    "v1.2.3",
    { "CHANGELOG.md": "# Changelog\n\n## 1.2.30 — 2026-01-01\n\n- Another.\n" },
    "release: CHANGELOG.md has no heading `## 1.2.3 — DATE`",
  ],
];

for (const [title, tag, files, message] of REFUSED) {
  test(`a tag that is not released: ${title}`, async () => {
    const { result, asked, git } = await release(tag, files);
    assert.equal(
      result.jobs.map(({ name, conclusion }) => `${name} ${conclusion}`),
      ["test success", "pack failure", "publish skipped"],
    );
    assert.match(result.jobs[1]?.log ?? "", message);
    assert.is(asked, "");
    assert.is(await git("tag"), tag);
  });
}

test("a tag whose image of Slipway has another program is not released", async () => {
  const { result, asked } = await release("v1.2.3", {}, { "program.js": "console.log('newer');\n" });
  assert.is(result.jobs.at(-1)?.conclusion, "skipped");
  const said =
    "release: images/slipway/slipway-1.2.3.tgz is not what is packed here; `npm pack --pack-destination images/slipway`";
  assert.match(result.jobs[1]?.log ?? "", said);
  assert.is(asked, "");
});

test("nothing is released where a test fails", async () => {
  const failed = await release("v1.2.3", { ".ci/run": "#!/usr/bin/env bash\nexit 1\n" });
  assert.is(failed.result.jobs.at(-1)?.conclusion, "skipped", told(failed));
  assert.is(failed.asked, "");
});

test.run();
