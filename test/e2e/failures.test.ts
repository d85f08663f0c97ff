import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { BuildResult } from "../../src/model/plan.js";
import { IMAGES, TestCatalogue } from "../support/catalogue.js";
import { layoutContent } from "../support/layout.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";
import { Workspace } from "../support/workspace.js";

interface Results {
  readonly results: BuildResult[];
}

const test = suite("failures");
let workspace: Workspace;
let catalogue: TestCatalogue;
let before: Record<string, string>;
const registry = () => catalogue.path(".slipway/registry");

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  await catalogue.expect(0, ["build"]);
});
test.before.each(async () => {
  await catalogue.git.checkout(["--", "."]);
  await catalogue.git.clean("f", ["-d"]);
  before = layoutContent(registry());
});
test.after(() => workspace.remove());

const outcomes = (results: readonly BuildResult[]) =>
  Object.fromEntries(results.map(({ image, outcome }) => [image, outcome]));
const named = (results: readonly BuildResult[], name: string) => results.find(({ image }) => image === name);
const unchanged = Object.fromEntries(IMAGES.map((name) => [name, "unchanged"]));

/** The tags that a failure must not touch: all existing ones. */
function assertTagsStay() {
  const now = layoutContent(registry());
  for (const [name, image] of Object.entries(before)) assert.is(now[name], image, name);
}

test("a build step: only the image fails, its dependents are skipped, the others continue", async () => {
  await catalogue.edit(
    "images/tools/image.yaml",
    "echo tools >",
    "echo about to fail >&2; ls /no-such-file; echo tools >",
  );
  await catalogue.edit("images/side/image.yaml", "beside", "next to");
  const { stdout, stderr } = await catalogue.expect(1, ["build"]);
  assert.match(stdout, /^ {2}failed {6}tools 1\.0 /m);
  for (const [name, why] of [
    ["app", "tools failed"],
    ["blue", "app was skipped"],
    ["green", "app was skipped"],
  ] as const) {
    assert.match(stdout, new RegExp(`^ {2}skipped {5}${name} \\d\\.\\d +${why}$`, "m"));
    assert.not.match(stderr, why);
  }
  assert.match(stdout, /^ {2}built {7}side 1\.0 /m);
  assert.match(stdout, /^tools failed: .*exit status 1 in `RUN .*`$/m);
  assert.match(stdout, /^ +\| ls: \/no-such-file: No such file or directory$/m);
  const log = /^ {2}log: (.*)$/m.exec(stdout)?.[1] ?? "";
  assert.is(log, catalogue.path(".slipway/logs/tools.log"));
  assert.match(await readFile(log, "utf8"), /about to fail\nls: \/no-such-file/);
  assert.match(stdout, /^1 built, 1 unchanged, 3 skipped, 1 failed in /m);
  const now = layoutContent(registry());
  for (const [name, image] of Object.entries(before))
    if (!/^side:(?:1\.0|latest)$/.test(name)) assert.is(now[name], image);
});

test("status says ERROR with the reason until the image is fixed; then the next build succeeds", async () => {
  await catalogue.edit(
    "images/tools/image.yaml",
    "echo tools >",
    "echo about to fail >&2; ls /no-such-file; echo tools >",
  );
  const { stdout } = await catalogue.expect(0, ["status"]);
  assert.match(stdout, /^ {2}ERROR +tools 1\.0 +.*exit status 1 in /m);
  assert.match(stdout, /^ {2}STALE +app 2\.0 +PARENT tools: /m);
  // As committed: the images published under these keys are still valid, except that the pointers of `side` go back.
  await catalogue.git.checkout(["--", "."]);
  const { results } = await catalogue.json<Results>(["build"]);
  assert.equal(outcomes(results), { ...unchanged, side: "retagged" });
  const status = await catalogue.expect(0, ["status"]);
  assert.not.match(status.stdout, /ERROR|STALE/);
});

for (const [what, tests, message, tail] of [
  [
    "a command's exit code",
    "  - name: it works\n    command: echo what it said; exit 3\n",
    'test "it works": exit code 3, expected 0',
    "what it said",
  ],
  [
    "a command's output",
    "  - command: [echo, something else]\n    stdout: { equals: this }\n",
    /^test ".*": stdout is not "this"$/,
    "something else",
  ],
  ["a missing file", "  - file: /etc/nothing\n", /^test ".*": \/etc\/nothing is not there$/, undefined],
  [
    "a file's mode",
    '  - file: /etc/app.conf\n    mode: "0600"\n',
    /: \/etc\/app\.conf has mode 0644, expected 0600$/,
    undefined,
  ],
  ["a file's content", "  - file: /etc/app.conf\n    contains: sound\n", /does not contain "sound"$/, undefined],
  ["a test without end", "  - command: [sleep, '100']\n    timeout: 1\n", /: did not end within 1 s$/, undefined],
] as const) {
  test(`a test fails by ${what}: no tag of the new image, pointers stay`, async () => {
    await catalogue.edit("images/app/image.yaml", "run:", `tests:\n${tests}env: { NEW: 'yes' }\nrun:`);
    const { results } = await catalogue.json<Results>(["build", "app"], 1);
    assert.equal(outcomes(results), { base: "unchanged", tools: "unchanged", app: "failed" });
    const { error } = named(results, "app") ?? {};
    assert.is(error?.code, "TEST_FAILED");
    if (typeof message === "string") assert.is(error?.message, message);
    else assert.match(error?.message ?? "", message);
    if (tail !== undefined) assert.is(error?.tail?.[0], tail);
    assert.ok(existsSync(error?.log ?? ""));
    assert.equal(layoutContent(registry()), before);
  });
}

test("a bootstrap of an unknown suite is reported, and the other images are built", async () => {
  await catalogue.write(
    "images/other-base/image.yaml",
    "kind: BaseImage\nname: other-base\nversion: '1'\nos: debian\nbootstrap: { manager: apt, suite: no-such-suite }\n",
  );
  await catalogue.write("images/other-child/image.yaml", "name: other-child\nversion: '1'\nparent: other-base\n");
  // No archive is needed: apt gets one that does not exist.
  await catalogue.write("sources.list", "deb [trusted=yes] file:///nowhere no-such-suite main\n");
  const env = { ...workspace.env, SLIPWAY_APT_SOURCES: catalogue.path("sources.list") };
  const { results } = await catalogue.json<Results>(["build"], 1, { env });
  assert.equal(outcomes(results), { ...unchanged, "other-base": "failed", "other-child": "skipped" });
  const { error } = named(results, "other-base") ?? {};
  assert.is(error?.code, "BOOTSTRAP_FAILED");
  assert.match(error?.message ?? "", /^mmdebstrap: .*(?:nowhere|no-such-suite)/);
  assert.ok(
    (error?.tail ?? []).some((line) => /nowhere|no-such-suite/.test(line)),
    JSON.stringify(error?.tail),
  );
  assert.match(await readFile(error?.log ?? "", "utf8"), /no-such-suite|nowhere/);
  assertTagsStay();
});

test("a file that changes during the build is noticed: nothing is stored under a wrong key", async () => {
  await catalogue.edit("images/tools/image.yaml", "echo tools >", "sleep 3; echo tools >");
  await catalogue.edit("images/app/app.conf", "none", "first");
  const running = catalogue.start(["build", "--json"]);
  const log = catalogue.path(".slipway/logs/tools.log");
  await until("tools is being built", () => existsSync(log));
  await until("tools has begun", async () => /sleep 3/.test(await readFile(log, "utf8")));
  await catalogue.edit("images/app/app.conf", "first", "second");
  const { code, stdout } = await running.ended;
  assert.is(code, 1);
  const { error } = named((JSON.parse(stdout) as Results).results, "app") ?? {};
  assert.is(error?.message, "images/app/app.conf changed while it was being built; run again");
  assert.equal(outcomes((await catalogue.json<Results>(["build"])).results), {
    ...unchanged,
    app: "built",
    blue: "built",
    green: "built",
  });
});

test.run();
