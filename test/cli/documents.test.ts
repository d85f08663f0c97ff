import { existsSync } from "node:fs";
import type { Plan } from "../../src/model/plan.js";
import { IMAGES, TestCatalogue } from "../support/catalogue.js";
import { freePort } from "../support/docker-registry.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("documents and exit codes");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
});
test.after(() => workspace.remove());

test("validate --json: an empty list if nothing is wrong", async () => {
  assert.equal(await catalogue.json(["validate"]), { diagnostics: [] });
  const { stdout, stderr } = await catalogue.expect(0, ["validate"]);
  assert.is(stdout, "6 images, no problems.\n");
  assert.is(stderr, "");
});

test("validate --json: every member of a diagnostic, and exit code 3", async () => {
  const broken = await catalogue.clone("broken");
  await broken.edit("images/side/image.yaml", "parent: base", "paernt: base");
  const { diagnostics } = await broken.json<{ diagnostics: object[] }>(["validate"], 3);
  assert.equal(diagnostics[0], {
    code: "unknown-key",
    severity: "error",
    message: "unknown key `paernt`",
    file: "images/side/image.yaml",
    line: 3,
    column: 1,
    hint: "did you mean `parent`?",
  });
  for (const diagnostic of diagnostics) {
    assert.equal(Object.keys(diagnostic), "code severity message file line column hint".split(" "));
  }
  // Only the working tree is broken, not the commit.
  assert.equal(await broken.json(["validate", "--ref", "HEAD"]), { diagnostics: [] });
});

test("graph --json: images in build order with parents and levels", async () => {
  const { images } = await catalogue.json<{ images: { name: string }[] }>(["graph"]);
  assert.equal(
    images.map(({ name }) => name),
    IMAGES,
  );
  assert.equal(images[0], { name: "base", version: "1.0", parents: [], level: 0 });
  assert.equal(images.at(-1), { name: "green", version: "2.1", parents: ["app"], level: 3 });
});

test("graph in every other format", async () => {
  const { stdout } = await catalogue.expect(0, ["graph"]);
  assert.is(stdout, "base 1.0\n├─ side 1.0\n└─ tools 1.0\n   └─ app 2.0\n      ├─ blue 2.1\n      └─ green 2.1\n");
  const dot = await catalogue.expect(0, ["graph", "--format", "dot"]);
  assert.match(dot.stdout, /^digraph images \{\n[\s\S]* {2}"app" -> "green";\n\}\n$/);
  const mermaid = await catalogue.expect(0, ["graph", "--format", "mermaid"]);
  assert.match(mermaid.stdout, /^flowchart TD\n {2}n0\["base 1\.0"\]\n[\s\S]* {2}n3 --> n5\n$/);
  const svg = await catalogue.expect(0, ["graph", "--format", "svg"]);
  assert.match(svg.stdout, /^<svg [\s\S]*>green 2\.1<\/text>\n<\/svg>\n$/);
  assert.is(
    (await catalogue.expect(0, ["graph", "--format", "json"])).stdout,
    (await catalogue.run(["graph", "--json"])).stdout,
  );
});

test("plan --json against an empty registry", async () => {
  const plan = await catalogue.json<Plan>(["plan"]);
  assert.equal(Object.keys(plan), ["digest", "inputs", "base", "head", "steps", "unchanged"]);
  assert.match(plan.digest, /^[0-9a-f]{64}$/);
  assert.equal([plan.base, plan.head, plan.unchanged], [null, null, 0]);
  assert.equal(
    plan.steps.map(({ image, action, level }) => [image, action, level]),
    [
      ["base", "build", 0],
      ["side", "pending", 1],
      ["tools", "pending", 1],
      ["app", "pending", 2],
      ["blue", "pending", 3],
      ["green", "pending", 3],
    ],
  );
  const [base, side] = plan.steps;
  assert.equal(Object.keys(base ?? {}), "image version platform level action key reasons".split(" "));
  assert.match(String(base?.key), /^[0-9a-f]{64}$/);
  assert.is(side?.key, null);
  assert.equal(side?.reasons, [{ code: "PARENT", detail: "base: MISSING never published", via: ["base"] }]);
});

test("why --json and status --json if nothing is published", async () => {
  const why = await catalogue.json<Record<string, unknown>>(["why", "side"]);
  assert.equal(Object.keys(why), ["image", "version", "action", "key", "reasons", "building", "failure"]);
  assert.is(why.action, "pending");
  const { images } = await catalogue.json<{ images: { status: string; reason: string }[] }>(["status"]);
  assert.is(images[0]?.reason, "MISSING never published");
  assert.equal(
    images.map(({ status }) => status),
    images.map(() => "MISSING"),
    "what was never published is missing, below a missing parent too",
  );
});

test("render: the Containerfile, and with --json its context", async () => {
  const { stdout } = await catalogue.expect(0, ["render", "app"]);
  assert.match(stdout, /^FROM localhost\/tools$/m);
  assert.match(stdout, /^COPY \["artifacts\/0\/","\/etc\/"\]$/m);
  assert.match(stdout, /^CMD \["cat","\/srv\/app"\]$/m);
  const document = await catalogue.json<{ containerfile: string; context: { path: string; mode: string }[] }>([
    "render",
    "app",
  ]);
  assert.is(document.containerfile, stdout);
  assert.equal(
    document.context.map(({ path, mode }) => [path, mode]),
    [["artifacts/0/app.conf", "100644"]],
  );
});

test("doctor: what this machine has; --json says whether it is ready", async () => {
  const env = { ...workspace.env, SLIPWAY_STATE: workspace.path("doctor-state") };
  const document = await catalogue.json<{ ready: boolean; findings: { what: string; ok: boolean }[] }>(["doctor"], 0, {
    env,
  });
  assert.is(document.ready, true);
  assert.equal(
    document.findings.map(({ what }) => what),
    ["node", "git", "mmdebstrap", "network off", "buildah", "storage", "isolation", "disk", "state"],
  );
});

test("doctor and build without Buildah: exit code 4 and what to install", async () => {
  const { path } = await workspace.spy("git", "flock", "setpriv");
  const env = { ...workspace.env, PATH: path.split(":")[0] ?? "", SLIPWAY_STATE: workspace.path("bare-state") };
  const doctor = await catalogue.expect(4, ["doctor"], { env });
  assert.match(doctor.stdout, /^ {2}missing {2}buildah +not installed: apt-get install /m);
  const build = await catalogue.expect(4, ["build"], { env });
  assert.match(build.stderr, /^slipway: this machine cannot build images: .*buildah: not installed/m);
  assert.match(build.stderr, /^hint: slipway doctor says more$/m);
});

test("help and version exit with 0", async () => {
  assert.match((await catalogue.expect(0, ["--help"])).stdout, /^Usage: slipway /);
  assert.match((await catalogue.expect(0, ["build", "--help"])).stdout, /--dry-run/);
  assert.match((await catalogue.expect(0, ["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
});

for (const [args, message] of [
  [["frobnicate"], /^slipway: unknown command 'frobnicate'\nhint: slipway --help lists the commands\n$/],
  [
    ["plan", "--frobnicate"],
    /^slipway: unknown option '--frobnicate'\nhint: slipway plan --help says what it takes\n$/,
  ],
  [["build", "--jobs", "0"], /whole number from 1 to 9999/],
  [["build", "--tls-verify", "perhaps"], /must be true or false/],
  [["graph", "--format", "png"], /^slipway: no format "png"\nhint: one of text, json, mermaid, dot, svg\n$/],
  [["why", "grene"], /^slipway: no image is named "grene"\nhint: did you mean green\?\n$/],
  [["build", "nothing-like-it"], /^slipway: no image is named "nothing-like-it"\n$/],
  [["plan", "--base", "mian"], /^slipway: there is no commit "mian" in this repository\nhint: did you mean main\?\n$/],
  [["plan", "--base", "main", "--registry", "oci:x"], /--base and --registry exclude each other/],
  [["build", "--plan", "no-such-file.json"], /no-such-file\.json/],
  [["validate", "--catalogue", "no-such-directory"], /there is no directory .*no-such-directory/],
] as const) {
  test(`exit code 2: slipway ${args.join(" ")}`, async () => {
    const { stdout, stderr } = await catalogue.expect(2, args);
    assert.match(stderr, message);
    assert.is(stdout, "");
    assert.not.match(stderr, /^ {4}at /m);
  });
}

test("exit code 2: a directory without any image", async () => {
  const empty = await TestCatalogue.empty(workspace, "empty", { "README.md": "nothing\n" });
  const { stderr } = await empty.expect(2, ["plan"]);
  assert.match(stderr, /^slipway: there is no catalogue in /);
});

test("exit code 3: a plan of a rejected catalogue, diagnostics on standard error", async () => {
  const broken = await catalogue.clone("rejected");
  await broken.edit("images/side/image.yaml", "parent: base", "parent: bse");
  const { stdout, stderr } = await broken.expect(3, ["plan", "--json"]);
  assert.is(stdout, "");
  assert.match(stderr, /^images\/side\/image\.yaml:3:9: error unknown-parent: no image is named "bse"$/m);
  assert.match(stderr, /^hint: did you mean `base`\?$/m);
  assert.match(stderr, /^slipway: 1 problem in the catalogue$/m);
});

test("exit code 4: a registry that does not answer gives one clear line, and nothing is set up", async () => {
  const host = `127.0.0.1:${await freePort()}`;
  for (const args of [["plan"], ["build"], ["status"]]) {
    const { stdout, stderr } = await catalogue.expect(4, [...args, "--registry", `docker://${host}/team`]);
    assert.is(stdout, "");
    assert.match(stderr, new RegExp(`^slipway: .*${host}.*\\n$`));
  }
  assert.not(existsSync(catalogue.path(".slipway/storage")));
});

test("exit code 4: an address that is not a registry", async () => {
  await catalogue.write(".slipway/elsewhere/notes.txt", "mine\n");
  const { stderr } = await catalogue.expect(4, ["plan", "--registry", "oci:.slipway/elsewhere"]);
  assert.match(stderr, /^slipway: .* is not an OCI image layout /);
});

test.run();
