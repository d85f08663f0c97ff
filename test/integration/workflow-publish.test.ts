import { type PullRequest, pullRequestEvent, pushEvent, scheduleEvent } from "../support/actions/events.js";
import type { JobResult } from "../support/actions/run-workflow.js";
import { Sandbox } from "../support/actions/sandbox.js";
import { assert, suite } from "../support/suite.js";

const test = suite("workflows: publish and reconcile");
const PLACE = { repository: "Acme/Images", server: "https://github.com", api: "https://api.github.com" };
const PACKAGES = "docker://ghcr.io/acme/images";
const FILE = ".github/workflows/publish.yml";
const stages = (...names: string[][]) => ({
  plan: {
    stdout: JSON.stringify({
      stages: names.map((jobs) => ({ include: jobs.map((images, at) => ({ job: `${at}`, images })) })),
    }),
  },
});

let sandbox: Sandbox;
let sha = "";
test.before(async () => {
  sandbox = await Sandbox.create();
  sha = await sandbox.commit({}, { refs: ["refs/heads/main"] });
});
test.after(async () => await sandbox.remove());

const ended = (jobs: readonly JobResult[]) => jobs.map(({ name, conclusion }) => `${name} ${conclusion}`);
const build = (...images: string[]) => ["build", ...images, "--ref", sha, "--registry", PACKAGES];
/** A call without the path of its results file, which is in the job's own directory. */
const shown = ({ argv }: { readonly argv: readonly string[] }) =>
  argv.filter((argument, at) => argument !== "--results" && argv[at - 1] !== "--results");

test("a push: images that many derive from first, then the rest, into the repository's own packages", async () => {
  sandbox.permissions.length = 0;
  const event = pushEvent(PLACE, { branch: "main", sha });
  const { conclusion, jobs } = await sandbox.run({ file: FILE, event, answers: stages(["base"], ["a b", "c"]) });
  assert.is(conclusion, "success", jobs.map(({ log }) => log).join(""));
  assert.equal(ended(jobs), ["plan success", "first (0) success", "second (0) success", "second (1) success"]);
  const calls = await sandbox.slipway.calls();
  assert.equal(calls.map(shown), [
    ["plan", "--registry", PACKAGES, "--head", sha, "--matrix", "8"],
    build("base"),
    build("a", "b"),
    build("c"),
  ]);
  const write = { contents: "read", packages: "write" };
  assert.equal(sandbox.permissions, [{ contents: "read", packages: "read" }, write, write, write]);
  // The token reaches the registry through a file, and no building process has it in its environment.
  const auth = { auths: { "ghcr.io": { auth: Buffer.from("Acme:token-2").toString("base64") } } };
  assert.equal(JSON.parse(calls[1]?.auth ?? ""), auth);
  assert.equal(
    calls.map(({ env }) => env.GITHUB_TOKEN),
    [undefined, undefined, undefined, undefined],
  );
  assert.not.match(jobs.map(({ log }) => log).join(""), "token-");
});

test("your own registry is used unchanged, with your own credentials", async () => {
  const registry = "docker://registry.example:5000/images";
  const event = pushEvent(PLACE, { branch: "main", sha });
  await sandbox.run({ file: FILE, event, answers: stages([], ["a"]), vars: { SLIPWAY_REGISTRY: registry } });
  const calls = await sandbox.slipway.calls();
  assert.equal(
    calls.map(({ argv }) => argv[argv.indexOf("--registry") + 1]),
    [registry, registry],
  );
  assert.equal(
    calls.map(({ auth }) => auth),
    ["", ""],
  );
});

test("the second part runs after a failure in the first, but not without a plan", async () => {
  const event = pushEvent(PLACE, { branch: "main", sha });
  const failing = { ...stages(["base"], ["a"]), build: { code: 1 } };
  assert.equal(ended((await sandbox.run({ file: FILE, event, answers: failing })).jobs), [
    "plan success",
    "first (0) failure",
    "second (0) failure",
  ]);
  const unplanned = { plan: { code: 4 } };
  assert.equal(ended((await sandbox.run({ file: FILE, event, answers: unplanned })).jobs), [
    "plan failure",
    "first skipped",
    "second skipped",
  ]);
  const nothing = await sandbox.run({ file: FILE, event, answers: stages([], []) });
  assert.equal(ended(nothing.jobs), ["plan success", "first skipped", "second skipped"]);
  assert.is(nothing.conclusion, "success");
  await sandbox.slipway.calls();
});

test("an invalid plan fails, and so does one with three parts", async () => {
  const event = pushEvent(PLACE, { branch: "main", sha });
  for (const stdout of [
    "",
    "{}",
    '{"stages":[{"include":[{"job":1}]}]}',
    '{"stages":[{"include":[]},{"include":[]},{"include":[]}]}',
  ]) {
    const { jobs } = await sandbox.run({ file: FILE, event, answers: { plan: { stdout } } });
    assert.is(jobs[0]?.conclusion, "failure", stdout);
    assert.match(jobs[0]?.log ?? "", /^slipway action: .*stages/m);
  }
  await sandbox.slipway.calls();
});

test("at night: missing images are built, then update pull requests are opened, even after a failure", async () => {
  sandbox.permissions.length = 0;
  const event = scheduleEvent(PLACE, { branch: "main", sha });
  const secrets = { SLIPWAY_UPDATE_TOKEN: "of-an-app" };
  const { jobs } = await sandbox.run({
    file: ".github/workflows/reconcile.yml",
    event,
    answers: { build: { code: 1 } },
    secrets,
  });
  assert.equal(ended(jobs), ["reconcile failure", "update success"]);
  const calls = await sandbox.slipway.calls();
  const update = ["update", "--publish", "--registry", PACKAGES];
  assert.equal(calls.map(shown), [[...build(), "--fresh"], update]);
  assert.equal(
    calls.map(({ env }) => env.GITHUB_TOKEN),
    [undefined, "of-an-app"],
  );
  assert.equal(sandbox.permissions, [
    { contents: "read", packages: "write" },
    { contents: "write", packages: "read", "pull-requests": "write" },
  ]);
  await sandbox.run({ file: ".github/workflows/reconcile.yml", event });
  assert.equal(
    (await sandbox.slipway.calls()).map(({ env }) => env.GITHUB_TOKEN),
    [undefined, "token-4"],
  );
});

test("update and report refuse a pull request's event, and the gate refuses a push", async () => {
  const pull = {
    number: 1,
    title: "",
    base: { branch: "main", sha },
    head: { branch: "x", sha, repository: "a/b" },
    merge: sha,
  } satisfies PullRequest;
  const docs = new Map([["OWNER/slipway@0123456789abcdef0123456789abcdef01234567", sandbox.path("work")]]);
  const gate = await sandbox.run({
    file: "docs/workflows/images.yml",
    event: pushEvent(PLACE, { branch: "main", sha }),
    actions: docs,
  });
  assert.match(gate.jobs[0]?.log ?? "", "slipway action: a pull_request or merge_group event is needed, this is push");
  const publish = await sandbox.run({
    file: "docs/workflows/publish.yml",
    event: pullRequestEvent(PLACE, pull),
    actions: docs,
  });
  assert.match(publish.jobs[0]?.log ?? "", "slipway action: publish is not for pull_request");
  const target = { ...pullRequestEvent(PLACE, pull), name: "pull_request_target" };
  const hostile = await sandbox.run({ file: "docs/workflows/images.yml", event: target, actions: docs });
  assert.match(hostile.jobs[0]?.log ?? "", "pull_request_target would give");
  assert.equal(await sandbox.slipway.calls(), []);
});

test.run();
