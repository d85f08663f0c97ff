import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROOT } from "../support/actions/files.js";
import { assert, suite } from "../support/suite.js";

const test = suite("setup");
const execute = promisify(execFile);

/** Set-up looks for programs in PATH and in /usr/sbin and /sbin, where runc may be. */
const setup = (...args: string[]) =>
  execute(process.execPath, [`${ROOT}scripts/setup.mjs`, ...args], { env: { PATH: "/nonexistent" } });

test("--missing prints the packages of missing programs, and installs nothing", async () => {
  const { stdout, stderr } = await setup("--missing");
  assert.match(stdout, /^buildah mmdebstrap git (?:runc )?util-linux (?:iproute2 )?uidmap\n$/);
  assert.is(stderr, "");
});

test("--no-programs requires only what set-up itself needs", async () => {
  assert.is((await setup("--missing", "--no-programs")).stdout, "util-linux\n");
});

test("an unknown argument is an error that lists the valid ones", async () => {
  const failed = await setup("--programs").then(
    () => assert.unreachable("it was taken"),
    (error: { code: number; stderr: string }) => error,
  );
  assert.is(failed?.code, 1);
  assert.match(failed?.stderr ?? "", "usage: setup.mjs [--tests] [--no-programs] [--missing]");
});

test.run();
