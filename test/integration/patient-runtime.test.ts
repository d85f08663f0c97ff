import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { BuildSystem } from "../../src/run/build-system.js";
import { withPatientRuntime } from "../../src/run/patient-runtime.js";
import { assert, suite } from "../support/suite.js";

/** The state of a container is asked once while its command runs, whatever the runtime is. */
const test = suite("integration/the OCI runtime that waits");

/** Says that a process is the container's, as long as it is there, and counts how often it is asked. */
const RUNTIME = `#!/bin/sh
echo "$*" >> calls
[ "$1" = state ] || exit 7
if kill -0 "$(cat pid)" 2>/dev/null
then printf '{\\n  "ociVersion": "1.0.2",\\n  "pid": %s,\\n  "status": "running"\\n}\\n' "$(cat pid)"
else printf '{\\n  "pid": 0,\\n  "status": "stopped"\\n}\\n'
fi
`;

let root: string;
test.before(async () => {
  root = await mkdtemp(join(tmpdir(), "slipway-runtime-"));
});
test.after(() => rm(root, { recursive: true, force: true }));

test("a state that is asked for while a command runs is told when it has ended, and other orders pass", async () => {
  const temporary = join(root, "a directory's");
  await mkdir(temporary);
  const original = join(temporary, "runtime");
  await writeFile(original, RUNTIME);
  await chmod(original, 0o755);
  const system = { runtime: original } as BuildSystem;
  const { runtime = "" } = await withPatientRuntime(system, { root, temporary });
  await chmod(runtime, 0o600);
  assert.equal(await withPatientRuntime(system, { root, temporary }), { runtime }, "the same one again, and a program");
  const sleeping = execa("sleep", ["0.7"], { stdin: "ignore" });
  await writeFile(join(root, "pid"), String(sleeping.pid));
  const { stdout } = await execa(runtime, ["state", "a"], { cwd: root });
  assert.match(stdout, '"status": "stopped"');
  assert.equal(JSON.parse((await execa(runtime, ["state", "a"], { cwd: root })).stdout), { pid: 0, status: "stopped" });
  const { exitCode } = await execa(runtime, ["delete", "a"], { cwd: root, reject: false });
  assert.is(exitCode, 7);
  assert.is(await readFile(join(root, "calls"), "utf8"), "state a\nstate a\nstate a\ndelete a\n");
});

test.run();
