import { publishUpdates } from "../../src/app/update/pulls.js";
import type { Context } from "../../src/context.js";
import type { GroupResult } from "../../src/model/update.js";
import { PLAIN } from "../../src/report/palette.js";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.js";
import { client, git } from "../support/forge/clients.js";
import { dropped, secondaryRateLimit, serverError } from "../support/forge/faults.js";
import { Forge } from "../support/forge/forge.js";
import type { Repository } from "../support/forge/state.js";
import { pushImage } from "../support/push-image.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("update: pull requests");
const NAME = "acme/images";
let registry: DockerRegistry;
let workspace: Workspace;
let forge: Forge;
let repository: Repository;
/** The waiting times in milliseconds; the test does not really wait. */
let waited: number[];
let count = 0;

/** Bases a, b and c, each in its own group, pinned to the digests of their tags at that time. */
async function catalogueFiles(limit: number): Promise<Record<string, string>> {
  const digests = await Promise.all(["a", "b", "c"].map((name) => move(name, "start")));
  const entries = ["a", "b", "c"].map(
    (name, at) => `  - ref: ${registry.host}/${name}:1 # ${name}\n    digest: ${digests[at]}\n`,
  );
  return {
    "pinned/slipway.yaml": `updates: { limit: ${limit}, groups: { ga: ["*/a:1"], gb: ["*/b:1"], gc: ["*/c:1"] } }\n`,
    "pinned/catalog/bases.yaml": `bases:\n${entries.join("")}`,
    "pinned/images/os/image.yaml": `kind: BaseImage\nname: os\nversion: "1"\nos: debian\nfrom: ${registry.host}/a:1\n`,
    "README.md": "hello\n",
  };
}

/** Points a tag at another image. */
const move = (name: string, content: string) => pushImage(registry.host, name, "1", content);

test.before(async () => {
  registry = await startDockerRegistry();
  workspace = await Workspace.create();
});
test.after(async () => {
  await registry.stop();
  await workspace.remove();
});
test.before.each(async () => {
  forge = await Forge.start();
  waited = [];
  forge.organisation("acme");
  repository = await forge.repository(NAME, { people: { alice: "write" }, files: await catalogueFiles(2) });
  count += 1;
  await git(workspace.directory, "clone", "--quiet", "--depth=1", forge.cloneUrl(NAME), `clone-${count}`);
});
test.after.each(async () => {
  const unknown = forge.unknownRequests.map(({ method, path }) => `${method} ${path}`);
  await forge.stop();
  assert.equal(unknown, []);
});

const clone = () => workspace.path(`clone-${count}`);

/** Runs it as the scheduled workflow does. The catalogue is a folder of the repository. */
async function update(group?: readonly string[]): Promise<readonly GroupResult[]> {
  // As in .github/workflows/reconcile.yml.
  const token = forge.botToken(NAME, { contents: "write", pull_requests: "write" });
  const context: Context = {
    catalogue: `${clone()}/pinned`,
    env: {
      ...workspace.env,
      GITHUB_TOKEN: token,
      GITHUB_REPOSITORY: NAME,
      GITHUB_API_URL: forge.apiUrl,
      GITHUB_SERVER_URL: forge.url,
    },
    json: true,
    out: () => {},
    note: () => {},
    input: async () => Buffer.of(),
    annotate: () => {},
    today: () => "2026-01-01",
    now: () => new Date("2026-01-01"),
    columns: undefined,
    isWorkflow: false,
    colors: { out: PLAIN, note: PLAIN },
    openScreen: async () => undefined,
    signal: new AbortController().signal,
    clock: () => 0,
  };
  const sleep = async (milliseconds: number) => {
    waited.push(milliseconds);
  };
  return publishUpdates(context, { tlsVerify: false, ...(group && { group }) }, { sleep, now: () => 0 });
}

const said = async (group?: readonly string[]) =>
  (await update(group)).map((result) => `${result.group} ${result.action} ${result.pull ?? "-"}`);

const pullOf = (number: number) => {
  const pull = repository.pulls.get(number);
  if (pull === undefined) throw new Error(`no pull request ${number}`);
  return pull;
};
const heads = async () => [...(await repository.git.branches()).keys()].filter((name) => name !== "main");
const head = async (branch: string) => (await repository.git.branches()).get(branch);
const commentsOn = (number: number) => [...repository.comments.values()].filter(({ issue }) => issue === number);
const GA = "slipway/update/ga";

test("a tag has moved: one branch with one commit on main, one pull request, and the clone is unchanged", async () => {
  const before = await git(clone(), "for-each-ref");
  const moved = await move("a", "newer");
  assert.equal(await said(), ["ga opened 1", "gb none -", "gc none -"]);
  const pull = pullOf(1);
  assert.equal([pull.headBranch, pull.baseBranch, pull.author.login], [GA, "main", "github-actions[bot]"]);
  assert.is(pull.title, `Update ${registry.host}/a:1 to ${moved.slice(0, 19)}`);
  assert.match(pull.body ?? "", /^<!-- slipway:update v1 group=ga digest=[0-9a-f]{16} -->\n\| what \|/);
  assert.match(pull.body ?? "", /`catalog\/bases\.yaml:3`/);
  assert.equal(await repository.git.changes("main", GA, true), [
    { path: "pinned/catalog/bases.yaml", from: null, status: "modified", additions: 1, deletions: 1 },
  ]);
  assert.is(await repository.git.run(["rev-list", "--count", `main..${GA}`]), "1");
  const text = (await repository.git.file(GA, "pinned/catalog/bases.yaml")) ?? "";
  assert.ok(text.includes(`:1 # a\n    digest: ${moved}\n`), text);
  assert.equal([await git(clone(), "for-each-ref"), await git(clone(), "status", "--porcelain")], [before, ""]);
});

test("nothing is done twice: approvals stay, even when main changes elsewhere", async () => {
  await move("a", "newer");
  await said();
  const pushed = await head(GA);
  assert.equal(await said(), ["ga unchanged 1", "gb none -", "gc none -"]);
  await forge.commit(NAME, "main", { "README.md": "changed\n" });
  assert.equal(await said(), ["ga unchanged 1", "gb none -", "gc none -"]);
  assert.is(await head(GA), pushed);
  assert.is(forge.requests.filter(({ method }) => method !== "GET").length, 1, "the one that opened it");
});

test("an even newer version, and a change of the same file on main: the branch is recreated", async () => {
  await move("a", "newer");
  await said();
  const first = await head(GA);
  const newest = await move("a", "newest");
  assert.equal(await said(), ["ga refreshed 1", "gb none -", "gc none -"]);
  const second = await head(GA);
  assert.is.not(second, first);
  assert.match(pullOf(1).title, newest.slice(0, 19));
  const bases = (await repository.git.file("main", "pinned/catalog/bases.yaml")) ?? "";
  await forge.commit(NAME, "main", { "pinned/catalog/bases.yaml": `# pinned\n${bases}` });
  assert.equal(await said(), ["ga refreshed 1", "gb none -", "gc none -"]);
  assert.match((await repository.git.file(GA, "pinned/catalog/bases.yaml")) ?? "", /^# pinned\n/);
  assert.is(await repository.git.run(["rev-list", "--count", `main..${GA}`]), "1");
});

test("no more pull requests than the limit are open; others follow when there is room", async () => {
  for (const name of ["a", "b", "c"]) await move(name, "newer");
  assert.equal(await said(), ["ga opened 1", "gb opened 2", "gc waiting -"]);
  assert.equal(await heads(), [GA, "slipway/update/gb"], "no branch without a pull request");
  await client(forge, { user: "alice" }).rest.pulls.merge({ owner: "acme", repo: "images", pull_number: 1 });
  assert.equal(await said(), ["ga none -", "gb refreshed 2", "gc opened 3"], "the file has changed under gb");
});

test("an obsolete pull request is closed with a comment, and its branch is removed", async () => {
  await move("a", "newer");
  await said();
  await move("a", "start");
  assert.equal(await said(), ["ga closed 1", "gb none -", "gc none -"]);
  assert.is(pullOf(1).state, "closed");
  assert.match(commentsOn(1)[0]?.body ?? "", /Nothing is left to update/);
  assert.equal(await heads(), []);
  assert.equal(await said(), ["ga none -", "gb none -", "gc none -"]);
  await move("a", "newer");
  assert.equal(await said(), ["ga opened 2", "gb none -", "gc none -"], "closing it was nobody's decision");
});

test("a pull request for a group that the settings no longer have is obsolete, unless only other groups were named", async () => {
  await move("a", "newer");
  await said();
  await forge.commit(NAME, "main", { "pinned/slipway.yaml": "updates: { groups: { all: ['*'] } }\n" });
  assert.equal(await said(["all"]), ["all opened 2"]);
  assert.is(pullOf(1).state, "open");
  assert.equal(await said(), ["all unchanged 2", "ga closed 1"]);
});

test("a branch with someone else's commit is always left alone", async () => {
  await move("a", "newer");
  await said();
  const theirs = await forge.commit(NAME, GA, { "pinned/fix.txt": "fix\n" });
  await move("a", "newest");
  const results = await update();
  assert.equal([results[0]?.action, results[0]?.pull], ["left-alone", 1]);
  assert.match(results[0]?.detail ?? "", /commits of somebody else/);
  assert.is(await head(GA), theirs);
  await move("a", "start");
  assert.equal(await said(), ["ga left-alone 1", "gb none -", "gc none -"]);
  assert.equal([pullOf(1).state, await head(GA)], ["open", theirs]);
});

test("a pull request that someone has closed stays closed until there is a newer version", async () => {
  await move("a", "newer");
  await said();
  const alice = client(forge, { user: "alice" });
  await alice.rest.pulls.update({ owner: "acme", repo: "images", pull_number: 1, state: "closed" });
  assert.equal(await said(), ["ga left-alone 1", "gb none -", "gc none -"]);
  await repository.git.run(["update-ref", "-d", `refs/heads/${GA}`]);
  assert.equal(await said(), ["ga left-alone 1", "gb none -", "gc none -"], "without the branch, too");
  await move("a", "newest");
  assert.equal(await said(), ["ga opened 2", "gb none -", "gc none -"]);
});

test("a fork's pull request from a branch of the same name is ignored", async () => {
  await forge.fork(NAME, "mallory");
  await forge.commit("mallory/images", GA, { "README.md": "mine\n" });
  const mallory = client(forge, { user: "mallory" });
  const opened = { owner: "acme", repo: "images", head: `mallory:${GA}`, base: "main", title: "x" };
  await mallory.rest.pulls.create(opened);
  assert.equal(await said(), ["ga none -", "gb none -", "gc none -"]);
  await move("a", "newer");
  assert.equal(await said(), ["ga opened 2", "gb none -", "gc none -"]);
  assert.equal([pullOf(1).state, pullOf(1).title], ["open", "x"]);
});

test("lost answers, failures and rate limits: everything is done once, after the requested waiting time", async () => {
  await move("a", "newer");
  forge.fail({ method: "POST", path: /\/pulls$/ }, dropped("after"));
  forge.fail({ method: "GET", path: /\/pulls$/ }, serverError(502), secondaryRateLimit({ retryAfter: 7 }));
  assert.equal(await said(), ["ga opened 1", "gb none -", "gc none -"]);
  assert.equal([repository.pulls.size, forge.faultsLeft], [1, 0]);
  assert.ok(waited.includes(7000), waited.join());

  await move("a", "start");
  forge.fail({ method: "POST", path: /\/comments$/ }, dropped("after"));
  forge.fail({ method: "PATCH", path: /\/pulls\/1$/ }, serverError(500, "after"));
  assert.equal(await said(), ["ga closed 1", "gb none -", "gc none -"]);
  assert.equal([commentsOn(1).length, pullOf(1).state, forge.faultsLeft], [1, "closed", 0]);
});

test("lost answers of Git: a push that succeeded is not a conflict", async () => {
  await move("a", "newer");
  forge.fail({ method: "POST", path: /git-receive-pack$/ }, dropped("after"));
  assert.equal(await said(), ["ga opened 1", "gb none -", "gc none -"]);
  assert.is(forge.faultsLeft, 0);
});

test("a forge that refuses permanently: that group is not done, the others are, and the next run continues", async () => {
  for (const name of ["a", "b"]) await move(name, "newer");
  forge.fail({ method: "POST", path: /\/pulls$/ }, serverError(403));
  const results = await update();
  assert.equal(
    results.map(({ group, action }) => `${group} ${action}`),
    ["ga failed", "gb opened", "gc none"],
  );
  assert.match(results[0]?.detail ?? "", /could not open a pull request/);
  assert.equal(await said(), ["ga opened 2", "gb unchanged 1", "gc none -"]);
});

test("a source that does not answer closes no pull request", async () => {
  await move("a", "newer");
  await said();
  const bases = (await repository.git.file("main", "pinned/catalog/bases.yaml")) ?? "";
  const missing = bases.replaceAll(`${registry.host}/a:1`, `${registry.host}/a/gone/a:1`);
  const image = `kind: BaseImage\nname: os\nversion: "1"\nos: debian\nfrom: ${registry.host}/b:1\n`;
  await forge.commit(NAME, "main", { "pinned/catalog/bases.yaml": missing, "pinned/images/os/image.yaml": image });
  assert.equal(await said(), ["ga failed 1", "gb none -", "gc none -"]);
  assert.is(pullOf(1).state, "open");
});

test.run();
