import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { INVENTORY_READER } from "../../src/packages/inventory/read-inventory.js";
import type { Buildah } from "../../src/run/buildah.js";
import { ImageContainer } from "../../src/run/image-container.js";
import type { Finished } from "../../src/run/process.js";
import { StepFailure } from "../../src/run/runner.js";
import { scanImage } from "../../src/run/scan-image.js";
import { digest } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/scan-image");
const { PATH } = process.env;
const OK: Finished = { exitCode: 0, stdout: "", stderr: "", timedOut: false };
let directory: string;

test.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-scan-"));
  mkdirSync(join(directory, "bin"));
  // No rpm there.
  const setpriv = execFileSync("/bin/sh", ["-c", "command -v setpriv"], { encoding: "utf8" }).trim();
  symlinkSync(setpriv, join(directory, "bin/setpriv"));
});
test.after.each(() => {
  process.env.PATH = PATH;
  rmSync(directory, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
}

/** Looks at the files below `root`; `inside` is what a command in a container does. */
async function scan(inside: () => Partial<Finished> = () => OK) {
  const asked: string[] = [];
  const buildah: Buildah = {
    system: { buildahVersion: "1.28", isolation: "chroot", storage: { root: "", runroot: "", driver: "vfs" } },
    run: async ([verb = ""]) => {
      asked.push(verb);
      if (verb === "mount") return { ...OK, stdout: `${directory}/root\n` };
      return verb === "run" ? { ...OK, ...inside() } : OK;
    },
  };
  const job = { image: { imageId: digest("a") }, log: "/log", signal: new AbortController().signal };
  const container = new ImageContainer({ buildah, fetch: async () => {}, temporary: directory }, job);
  const deps = { temporary: directory, reader: INVENTORY_READER };
  const result = await scanImage(deps, container, job).catch((error: unknown) => error);
  await container.close();
  return { asked, result };
}

test("nothing is run where files say all", async () => {
  write("root/var/lib/dpkg/status", "Package: a\nVersion: 1\n");
  const { asked, result } = await scan();
  assert.equal(asked, ["from", "mount", "rm"]);
  assert.equal(
    (result as { packages: { name: string }[] }).packages.map(({ name }) => name),
    ["a"],
  );
});

test("a machine without rpm asks the image's own, whose answer is a file in the image", async () => {
  process.env.PATH = join(directory, "bin");
  write("root/usr/lib/sysimage/rpm/rpmdb.sqlite", "");
  const { asked, result } = await scan(() => {
    write("root/.slipway-rpm", "Nbash\t5.2-1\tx86_64\tGPL\t(none)\n");
    return OK;
  });
  assert.equal(asked, ["from", "mount", "run", "rm"]);
  const [bash] = (result as { packages: { name: string; place: string }[] }).packages;
  assert.equal([bash?.name, bash?.place], ["bash", "/usr/lib/sysimage/rpm"]);
});

test("the answer cannot be a link out of the image", async () => {
  process.env.PATH = join(directory, "bin");
  write("root/var/lib/rpm/Packages", "");
  write("secret", "Nsecret\t1-1\tx\tx\tx\n");
  const { result } = await scan(() => {
    symlinkSync(join(directory, "secret"), join(directory, "root/.slipway-rpm"));
    return OK;
  });
  assert.ok(result instanceof StepFailure && result.code === "NOT_APPROVED", String(result));
});

test("a database that nobody can read is not approved", async () => {
  process.env.PATH = join(directory, "bin");
  write("root/var/lib/rpm/Packages", "");
  const { result, asked } = await scan(() => ({ exitCode: 127, stderr: "sh: rpm: not found" }));
  assert.ok(result instanceof StepFailure && result.code === "NOT_APPROVED", String(result));
  assert.match(result.message, "neither this machine nor the image has an rpm that could");
  assert.is(asked.at(-1), "rm");
});

test.run();
