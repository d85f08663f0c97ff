import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Artifacts } from "../support/actions/artifacts.js";
import { pushEvent } from "../support/actions/events.js";
import { ROOT } from "../support/actions/files.js";
import { runWorkflow } from "../support/actions/run-workflow.js";
import { TestCatalogue } from "../support/catalogue.js";
import { installPacked, packSlipway } from "../support/packed-slipway.js";
import { blocksOf } from "../support/page-blocks.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const execute = promisify(execFile);

const test = suite("the packed bundle");
let workspace: Workspace;
let tarball: string;
/** Where npm has installed it. */
let installed: string;

test.before(async () => {
  workspace = await Workspace.create();
  tarball = await packSlipway(workspace.path("first"));
  installed = await installPacked(tarball, workspace.path("prefix"));
});
test.after(() => workspace.remove());

const version = async () => JSON.parse(await readFile(`${ROOT}package.json`, "utf8")).version as string;

/** Runs the installed command, as a shell finds it. */
async function slipway(cwd: string, ...args: readonly string[]) {
  const { PATH, ...env } = workspace.env;
  const path = `${workspace.path("prefix/bin")}:${PATH}`;
  try {
    return await execute("slipway", args, { cwd, env: { ...env, PATH: path } });
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    throw new Error(`slipway ${args.join(" ")}: exit code ${code}\n${stdout}\n${stderr}`);
  }
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test("npm installs it without a network, and nothing beside it", async () => {
  assert.equal(await readdir(workspace.path("prefix/lib/node_modules")), ["slipway"]);
  const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  assert.is(manifest.dependencies, undefined);
  for (const name of ["preinstall", "install", "postinstall", "prepare"]) assert.is(manifest.scripts[name], undefined);
  assert.not((await readdir(installed)).includes("node_modules"));
});

test("its command starts a catalogue, checks it, and tells what the machine has", async () => {
  const home = workspace.path("new");
  await mkdir(home);
  assert.is((await slipway(home, "--version")).stdout, `${await version()}\n`);
  await execute("git", ["init", "--quiet", home]);
  await slipway(home, "init");
  assert.is((await slipway(home, "validate")).stdout, "2 images, no problems.\n");
  assert.match((await slipway(home, "doctor")).stdout, "buildah");
});

/** A server, for the program that sends it requests. */
const SERVER = `name: server
version: "1.0"
parent: base
artifacts: [{ path: www, dest: /www }]
run: { cmd: [/bin/busybox, httpd, -f, -p, "8080", -h, /www], stopsignal: SIGKILL }
tests:
  - serve: { port: 8080 }
    requests: [{ path: /, answer: { body: { contains: hello } } }]
    exit: 137
`;

test("its command builds and tests images, also those that need a program of its own beside them", async () => {
  const catalogue = await TestCatalogue.create(workspace, "catalogue", {
    "images/server/image.yaml": SERVER,
    "images/server/www/index.html": "hello\n",
    // Its RUN steps have a loopback interface on which a program of Slipway listens.
    "images/side/image.yaml": 'name: side\nversion: "1.0"\nparent: base\nnetwork: packages\nsetup: [touch /made]\n',
  });
  workspace.track(catalogue.directory, workspace.env);
  assert.match((await slipway(catalogue.directory, "build")).stdout, /7 built in /);
  const document = JSON.parse((await slipway(catalogue.directory, "sbom", "server")).stdout);
  assert.is(document.bomFormat, "CycloneDX");
});

test("the action's program is in it", async () => {
  const program = join(installed, "build/bin/action.js");
  const failed = await execute(process.execPath, [program]).catch((error: { code: number; stderr: string }) => error);
  assert.match(failed.stderr, "usage: action.js find-report | run");
});

/** A job that uses the action of a release. */
const PLAN = `on: push
permissions: { contents: read }
jobs:
  plan:
    runs-on: ubuntu-24.04
    outputs: { first: "\${{ steps.plan.outputs.first }}" }
    steps:
      - id: plan
        uses: acme/slipway@${"1".repeat(40)}
        with: { command: plan, registry: "oci:none" }
`;

test("the action of a release runs what its commit has, and builds nothing", async () => {
  const catalogue = await TestCatalogue.create(workspace, "planned");
  // As release.yml makes it: the tagged files with the programs of the tarball.
  const action = workspace.path("action");
  await cp(`${ROOT}action.yml`, join(action, "action.yml"));
  for (const path of ["package.json", "build"])
    await cp(join(installed, path), join(action, path), { recursive: true });
  const sha = (await catalogue.git.revparse("HEAD")).trim();
  const { conclusion, jobs } = await runWorkflow({
    workflow: PLAN,
    file: "plan.yml",
    event: pushEvent({ repository: "acme/images", server: "", api: "" }, { branch: "main", sha }),
    runId: 1,
    secrets: {},
    vars: {},
    directory: workspace.path("run"),
    host: {
      remote: () => catalogue.directory,
      token: () => "",
      actions: new Map([[`acme/slipway@${"1".repeat(40)}`, action]]),
      artifacts: new Artifacts(workspace.path("artifacts")),
      path: [],
      env: {},
    },
  });
  assert.is(conclusion, "success", jobs[0]?.log);
  const step = jobs[0]?.steps[0]?.steps.find(({ name }) => name === "Build Slipway");
  assert.is(step?.conclusion, "skipped");
  assert.match(JSON.parse(jobs[0]?.outputs.first ?? "").include[0].images, "base");
});

test("each package of which there is code in it is named with its licence", async () => {
  const text = await readFile(join(installed, "build/bin/THIRD-PARTY-LICENSES.txt"), "utf8");
  const named = new Set([...text.matchAll(/^ {2}(\S+) \S+: \S/gm)].map(([, name]) => name));
  const code = (await filesBelow(join(installed, "build/bin"))).filter((file) => file.endsWith(".js"));
  const found = new Set<string>();
  for (const file of code) {
    const comments = (await readFile(file, "utf8")).matchAll(/^\/\/ .*node_modules\/((?:@[^/]+\/)?[^/\n]+)\//gm);
    for (const [, name = ""] of comments) found.add(name);
  }
  assert.ok(found.size > 50, `${found.size} packages`);
  assert.equal([...found].filter((name) => !named.has(name)).sort(), []);
  for (const name of ["execa 9", "handlebars 4"])
    assert.match(text, new RegExp(`\\n${name}\\S* \\(MIT\\)\\n\\n.*MIT`, "s"));
});

test("packed a second time, in another directory, it has the same bytes", async () => {
  const other = await packSlipway(workspace.path("the second", "one"));
  const digests = await Promise.all(
    [tarball, other].map(async (file) =>
      createHash("sha256")
        .update(await readFile(file))
        .digest("hex"),
    ),
  );
  assert.is(digests[1], digests[0]);
});

test("the commands of docs/install.md install it, start a catalogue and uninstall it", async () => {
  const place = workspace.path("page");
  await mkdir(place);
  const name = `slipway-${await version()}.tgz`;
  await cp(tarball, join(place, name));
  const digest = createHash("sha256")
    .update(await readFile(tarball))
    .digest("hex");
  await writeFile(join(place, "SHA256SUMS"), `${digest}  ${name}\n`);
  const prefix = workspace.path("page-prefix");
  await mkdir(prefix);
  const { PATH, ...env } = workspace.env;
  const npm = { npm_config_prefix: prefix, npm_config_offline: "true", npm_config_fund: "false" };
  const page = await readFile(`${ROOT}docs/install.md`, "utf8");
  const commands = blocksOf(page).filter(({ language }) => language === "sh");
  assert.is(commands.length, 3);
  // In one shell, as a reader has.
  const script = commands.map(({ text }) => text).join('ls "$(npm prefix --global)/lib/node_modules"\n');
  const options = { cwd: place, env: { ...env, ...npm, PATH: `${prefix}/bin:${PATH}` } };
  const { stdout } = await execute("bash", ["-ec", script], options);
  assert.match(stdout, `${name}: OK\n`);
  assert.match(stdout, `\n${await version()}\n`);
  assert.match(stdout, "\n2 images, no problems.\n");
  assert.equal(await readdir(join(prefix, "lib/node_modules")), []);
  assert.equal(await readdir(join(prefix, "bin")), []);
});

test("docs/install.md says how large it is", async () => {
  const page = await readFile(`${ROOT}docs/install.md`, "utf8");
  const [, packed, unpacked, count] =
    /\*\*([\d.]+) MB\*\*.*?\*\*([\d.]+) MB\*\*.*?\*\*(\d+) files\*\*/s.exec(page) ?? [];
  const files = await filesBelow(installed);
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const near = (told: string | undefined, real: number, what: string) =>
    assert.ok(Math.abs(Number(told) / real - 1) < 0.15, `${what}: the page says ${told}, it is ${real}`);
  near(packed, (await stat(tarball)).size / 1e6, "MB of the tarball");
  near(unpacked, sizes.reduce((sum, size) => sum + size, 0) / 1e6, "MB when installed");
  near(count, files.length, "files");
});

test.run();
