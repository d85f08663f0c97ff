import { writeFileSync } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildResult, Plan } from "../../src/model/plan.js";
import { TestCatalogue } from "../support/catalogue.js";
import { programsWithout } from "../support/programs.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("isolation fails closed");
let workspace: Workspace;
let catalogue: TestCatalogue;
/** A search path without an OCI runtime. */
let bare: string;

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace);
  bare = await programsWithout(workspace, "runc", "crun");
});
test.after(() => workspace.remove());

/** The environment of a machine that has built nothing yet. */
const machine = (state: string, path = bare) => ({
  ...workspace.env,
  PATH: path,
  SLIPWAY_STATE: workspace.path(state),
});

const CHROOT = "kind: Settings\nregistry: oci:.slipway/registry\nbuilder: { isolation: chroot }\n";

test("a machine without an OCI runtime cannot build, and says what to install", async () => {
  const env = machine("bare");
  const doctor = await catalogue.expect(4, ["doctor"], { env });
  assert.match(doctor.stdout, /^ {2}missing {2}isolation {2,}no OCI runtime is installed: apt-get install .* runc; /m);
  assert.match(doctor.stdout, /^This machine cannot build images yet\.$/m);
  const { stderr } = await catalogue.expect(4, ["build", "base"], { env });
  assert.match(
    stderr,
    /^slipway: this machine cannot build images: .*isolation: no OCI runtime .* runc; `--isolation/m,
  );
});

test("--isolation chroot does without one: doctor and the results say so", async () => {
  const env = machine("option");
  const doctor = await catalogue.expect(0, ["doctor", "--isolation", "chroot"], { env });
  assert.match(doctor.stdout, /^ {2}ok {2}isolation {2,}chroot, as --isolation says: commands of images see /m);
  const registry = ["--registry", `oci:${workspace.path("registry option")}`];
  const { stdout } = await catalogue.expect(0, ["build", "base", "--isolation", "chroot", ...registry], { env });
  assert.match(stdout, /^Isolation is chroot: /m);
  assert.match(stdout, /^ {2}built {7}base 1\.0 .* with chroot isolation$/m);
  // It holds for that command only, although the machine was probed.
  await catalogue.expect(4, ["build", "side", ...registry], { env });
});

test("the setting of an administrator does, too; plan says so; the command line has the last word", async () => {
  const other = await catalogue.clone("chroot");
  await other.write("slipway.yaml", CHROOT);
  const env = machine("setting");
  assert.is((await other.json<{ isolation?: string }>(["plan"], 0, { env })).isolation, "chroot");
  assert.match((await other.expect(0, ["plan"], { env })).stdout, /\nIsolation is chroot: .*\n$/);
  assert.match((await other.expect(0, ["doctor"], { env })).stdout, /isolation {2,}chroot, as slipway\.yaml says: /);
  const { results } = await other.json<{ results: BuildResult[] }>(["build", "base"], 0, { env });
  assert.equal(
    results.map(({ isolation }) => isolation),
    ["chroot"],
  );
  await other.expect(4, ["build", "side", "--isolation", "oci"], { env });
});

test("with a runtime nothing mentions isolation", async () => {
  const plan = await catalogue.json<Plan>(["plan"]);
  assert.not("isolation" in plan);
  const { results } = await catalogue.json<{ results: BuildResult[] }>(["build", "base"]);
  assert.not(results.some((result) => "isolation" in result));
});

test("a runtime that breaks after the machine was probed fails the build", async () => {
  const programs = workspace.path("broken");
  await mkdir(programs);
  const isBroken = join(programs, "is-broken");
  const runtime = join(programs, "runc");
  await writeFile(runtime, `#!/bin/sh\n[ ! -e '${isBroken}' ] || exit 9\nPATH='${process.env.PATH}' exec runc "$@"\n`);
  await chmod(runtime, 0o755);
  const env = machine("broken", `${programs}:${bare}`);
  const build = ["build", "tools", "--registry", `oci:${workspace.path("registry broken")}`];
  const readied = await catalogue.expect(0, ["build", "base", ...build.slice(2)], { env });
  assert.match(readied.stdout, /^ {2}built {7}base /m);
  writeFileSync(isBroken, "");
  const { stdout } = await catalogue.expect(1, build, { env });
  assert.match(stdout, /^ {2}failed {2,}tools 1\.0 /m);
  // Removed altogether, the machine is probed again.
  await rm(runtime);
  await catalogue.expect(4, build, { env });
});

test("a change under judgement cannot choose the isolation of the gate", async () => {
  const change = await catalogue.clone("change");
  await change.git.checkoutLocalBranch("topic");
  await change.write("slipway.yaml", CHROOT);
  await change.edit("images/side/image.yaml", "beside", "next to");
  await change.commit("Less isolation");
  const gate = ["gate", "--base", "main", "--build"];
  const { stderr } = await change.expect(4, gate, { env: machine("gate") });
  assert.match(stderr, /^slipway: this machine cannot build images: .*isolation: /m);
  await change.expect(0, [...gate, "--isolation", "chroot"], { env: machine("gate") });
});

test.run();
