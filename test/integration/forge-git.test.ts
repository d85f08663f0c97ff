import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { client, git, gitFailure, refusal } from "../support/forge/clients.js";
import { Forge } from "../support/forge/forge.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";

const IMAGES = { owner: "acme", repo: "images" };

let forge: Forge;
let directory: string;
/** An anonymous clone of acme/images, with a commit on branch `topic`. */
let clone: string;

const test = suite("forge, Git over HTTP");

test.before(async () => {
  forge = await Forge.start();
  directory = await mkdtemp(join(tmpdir(), "slipway-forge-test-"));
  forge.organisation("acme", { "image-admins": ["alice"], "image-devs": ["bob"] });
  await forge.repository("acme/images", {
    people: { reader: "read" },
    teams: { "image-admins": "admin", "image-devs": "write" },
    protect: { main: {} },
    files: { "README.md": "one\n" },
  });
  clone = join(directory, "clone");
  await git(directory, "clone", "--quiet", forge.cloneUrl("acme/images"), clone);
  await git(clone, "switch", "--quiet", "--create", "topic");
  await git(clone, "commit", "--quiet", "--allow-empty", "--message", "Topic");
});

test.after(async () => {
  await removeTree(directory);
  await forge.stop();
});

const url = (who?: string) => forge.cloneUrl("acme/images", who);

/** `commit<TAB>ref`, read without credentials. */
const remote = (ref: string) => git(clone, "ls-remote", url(), ref);

test("anyone can read a public repository, and no one can push to it without credentials", async () => {
  assert.is(await git(clone, "show", "main:README.md"), "one");
  assert.match(await gitFailure(clone, "push", url(), "topic"), /could not read Username/);
});

test("a user who may write can push, a user who may only read cannot", async () => {
  await git(clone, "push", "--quiet", url("bob"), "topic");
  assert.is(await remote("topic"), `${await git(clone, "rev-parse", "topic")}\trefs/heads/topic`);
  assert.match(
    await gitFailure(clone, "push", url("reader"), "topic:other"),
    /Permission to acme\/images\.git denied to reader/,
  );
  assert.equal(forge.gitRequests.at(-1)?.status, 403);
});

test("an Actions token can push if it may write contents, but not to a protected branch", async () => {
  const address = (contents: "read" | "write") =>
    forge.cloneUrl("acme/images", { token: forge.botToken("acme/images", { contents }) });
  assert.match(await gitFailure(clone, "push", address("read"), "topic:bots"), /denied to github-actions\[bot\]/);
  assert.match(await gitFailure(clone, "push", address("write"), "topic:main"), /GH006/);
  await git(clone, "push", "--quiet", address("write"), "topic:bots");
  assert.match(await remote("bots"), /refs\/heads\/bots$/);
});

test("a push cannot pass as a read", async () => {
  const address = `${forge.url}/acme/images.git/git-receive-pack?service=git-upload-pack`;
  assert.is((await fetch(address, { method: "POST", body: "0000" })).status, 401);
});

test("accepts Basic, token and Bearer, and rejects unknown tokens", async () => {
  const address = `${forge.url}/acme/images.git/info/refs?service=git-receive-pack`;
  const basic = (user: string, token: string) => `Basic ${Buffer.from(`${user}:${token}`).toString("base64")}`;
  const token = forge.token("bob");
  const status = async (authorization: string) => (await fetch(address, { headers: { authorization } })).status;
  assert.is(await status(basic("x-access-token", token)), 200);
  assert.is(await status(basic("bob", token)), 200);
  assert.is(await status(`Bearer ${token}`), 200);
  assert.is(await status(`token ${token}`), 200);
  assert.is(await status(basic("bob", "wrong")), 401);
  assert.is(await status(`Bearer wrong`), 401);
});

test("a private repository does not exist for others", async () => {
  await forge.repository("acme/secret", { public: false, people: { bob: "read" }, files: { a: "a\n" } });
  assert.match(await gitFailure(directory, "clone", forge.cloneUrl("acme/secret", "reader")), /not found/);
  assert.match(await gitFailure(directory, "clone", forge.cloneUrl("acme/secret")), /could not read Username/);
  await git(directory, "clone", "--quiet", forge.cloneUrl("acme/secret", "bob"));
  assert.is(
    (await refusal(client(forge, { user: "reader" }).repos.get({ owner: "acme", repo: "secret" }))).status,
    404,
  );
});

test("only an administrator can push to a protected branch, and no one to the refs of pull requests", async () => {
  assert.match(await gitFailure(clone, "push", url("bob"), "topic:main"), /GH006: Protected branch update failed/);
  assert.match(await gitFailure(clone, "push", url("alice"), "topic:refs/pull/1/head"), /deny updating a hidden ref/);
  await git(clone, "push", "--quiet", url("alice"), "topic:main");
  assert.is(await remote("main"), `${await git(clone, "rev-parse", "topic")}\trefs/heads/main`);
});

test("a client that disconnects in the middle of a request does no harm", async () => {
  const port = Number(new URL(forge.url).port);
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write("POST /api/v3/repos/acme/images/labels HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{");
  await until("the request arrives", () => forge.requests.at(-1)?.path.endsWith("/labels") === true);
  socket.destroy();
  assert.is((await client(forge).repos.get(IMAGES)).status, 200);
});

test.run();
