import type { Octokit } from "@octokit/rest";
import { client, git, refusal } from "../support/forge/clients.js";
import { dropped, rateLimit, secondaryRateLimit, serverError } from "../support/forge/faults.js";
import { Forge } from "../support/forge/forge.js";
import { assert, suite } from "../support/suite.js";

const IMAGES = { owner: "acme", repo: "images" };
const LABELS = { method: "POST", path: /^\/repos\/acme\/images\/labels$/ };

let forge: Forge;
let acme: Octokit;

const test = suite("forge, faults");

test.before.each(async () => {
  forge = await Forge.start();
  await forge.repository("acme/images", { files: { a: "a\n" } });
  acme = client(forge, { user: "acme" });
});

test.after.each(() => forge.stop());

const create = (name: string) => acme.issues.createLabel({ ...IMAGES, name });
const labels = async () => (await acme.issues.listLabelsForRepo(IMAGES)).data.map(({ name }) => name);

test("500 and 502, before the operation or after it", async () => {
  forge.fail(LABELS, serverError(500), serverError(502, "after"));
  assert.is((await refusal(create("a"))).status, 500);
  assert.equal(await labels(), []);
  assert.is((await refusal(create("b"))).status, 502);
  assert.equal(await labels(), ["b"]);
  await create("c");
  assert.is(forge.faultsLeft, 0);
});

test("a connection that is dropped, before the operation or after it", async () => {
  forge.fail(LABELS, dropped(), dropped("after"));
  await refusal(create("a"));
  await refusal(create("b"));
  assert.equal(await labels(), ["b"]);
  assert.equal(
    forge.requests.map(({ status }) => status),
    [null, null, 200],
  );
});

test("a secondary rate limit is 403 or 429 with Retry-After", async () => {
  forge.fail(LABELS, secondaryRateLimit(), secondaryRateLimit({ status: 429, retryAfter: 7 }));
  const first = await refusal(create("a"));
  assert.equal([first.status, first.headers["retry-after"]], [403, "60"]);
  assert.match(first.message, /^You have exceeded a secondary rate limit/);
  const second = await refusal(create("a"));
  assert.equal([second.status, second.headers["retry-after"]], [429, "7"]);
  assert.equal(await labels(), []);
});

test("a primary rate limit: no requests remain until the reset", async () => {
  forge.fail(LABELS, rateLimit({ reset: 1_800_000_000 }));
  const { status, message, headers } = await refusal(create("a"));
  assert.equal([status, headers["x-ratelimit-remaining"], headers["x-ratelimit-reset"]], [403, "0", "1800000000"]);
  assert.match(message, /^API rate limit exceeded/);
});

test("faults apply by method and path, in order, and until they are removed", async () => {
  forge.fail({ path: /labels$/ }, serverError(500));
  forge.failAlways({ method: "GET", path: /labels$/ }, 503);
  await acme.pulls.list(IMAGES);
  assert.is((await refusal(create("a"))).status, 500);
  for (let tries = 0; tries < 3; tries += 1) assert.is((await refusal(labels())).status, 503);
  await create("a");
  forge.mend();
  assert.equal(await labels(), ["a"]);
});

test("faults affect Git, too: a push whose answer is lost has been done", async () => {
  await forge.commit("acme/images", "topic", { b: "b\n" });
  const directory = forge.state.repositories.get("acme/images")?.git.directory ?? "";
  const push = (branch: string) =>
    git(directory, "push", forge.cloneUrl("acme/images", "acme"), `topic:refs/heads/${branch}`);
  forge.fail({ method: "POST", path: /git-receive-pack$/ }, serverError(502), dropped("after"));
  const failed = async (work: Promise<unknown>) =>
    work.then(
      () => false,
      () => true,
    );
  assert.ok(await failed(push("before")));
  assert.ok(await failed(push("after")));
  const branches = await forge.state.repositories.get("acme/images")?.git.branches();
  assert.equal([...(branches?.keys() ?? [])], ["after", "main", "topic"]);
});

test.run();
