import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readZip } from "../../src/load/read-zip.js";
import type { LockedPackage, LockManager } from "../../src/model/lock.js";
import { listPackage } from "../../src/run/package-listing.js";
import { removeTree } from "../support/remove-tree.js";
import { makeRepository } from "../support/rpm-repository.js";
import { assert, suite } from "../support/suite.js";
import { wheel } from "../support/wheel.js";

const execute = promisify(execFile);
const test = suite("run/package-listing");
let directory: string;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-listing-"));
});
test.after(() => removeTree(directory));

const failure = (action: Promise<unknown>) => action.then(() => "", String);

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function list(manager: LockManager, path: string, name = "thing") {
  const entry: LockedPackage = { manager, name, version: "1", arch: "amd64", file: path, size: 0, sha256: "", why: [] };
  return listPackage({ path, entry, readZip, signal: new AbortController().signal });
}

test("a package of Debian: files, links, modes, configuration files, and what dpkg keeps", async () => {
  const tree = join(directory, "deb");
  await mkdir(join(tree, "DEBIAN"), { recursive: true });
  await mkdir(join(tree, "usr/bin"), { recursive: true });
  await mkdir(join(tree, "etc"));
  const control = "Package: thing\nVersion: 1\nArchitecture: amd64\nMaintainer: test@example.org\nDescription: test\n";
  await writeFile(join(tree, "DEBIAN/control"), control);
  await writeFile(join(tree, "DEBIAN/conffiles"), "/etc/thing\n");
  await writeFile(join(tree, "etc/thing"), "setting\n");
  await writeFile(join(tree, "usr/bin/thing"), "program\n");
  await chmod(join(tree, "usr/bin/thing"), 0o4755);
  await symlink("thing", join(tree, "usr/bin/other"));
  await execute("dpkg-deb", ["-Zgzip", "--root-owner-group", "--build", tree, join(directory, "thing.deb")]);
  const listing = await list("apt", join(directory, "thing.deb"));
  assert.is(listing?.control, control);
  const files = new Map(listing?.files.map((file) => [file.path, file]));
  assert.equal(files.get("/etc/thing"), {
    path: "/etc/thing",
    sha256: sha256("setting\n"),
    mode: 0o644,
    configuration: true,
  });
  assert.equal(files.get("/usr/bin/thing"), { path: "/usr/bin/thing", sha256: sha256("program\n"), mode: 0o4755 });
  assert.equal(files.get("/usr/bin/other"), { path: "/usr/bin/other", target: "thing" });
  assert.is(files.get("/var/lib/dpkg/info/thing:amd64.conffiles")?.sha256, sha256("/etc/thing\n"));
  await writeFile(join(directory, "damaged.deb"), "!<arch>\n");
  assert.match(await failure(list("apt", join(directory, "damaged.deb"))), /dpkg-deb/);
});

test("an RPM package, by its header", async () => {
  await makeRepository(join(directory, "rpms"), [
    { name: "thing", version: "1-1", files: { "/usr/bin/thing": "program\n" } },
  ]);
  const listing = await list("dnf", join(directory, "rpms/noarch/thing-1-1.noarch.rpm"));
  assert.equal(listing?.files, [{ path: "/usr/bin/thing", sha256: sha256("program\n"), mode: 0o755 }]);
});

test("a wheel and a package of npm stand where their managers put them", async () => {
  const { file, bytes } = wheel("thing", "1.0");
  await writeFile(join(directory, file), bytes);
  const listing = await list("pip", join(directory, file));
  assert.equal(listing?.anchor, { path: "/thing-1.0.dist-info/METADATA", directory: "" });
  assert.ok(listing?.files.some(({ path }) => path === "/thing/__init__.py"));
  await mkdir(join(directory, "npm/package"), { recursive: true });
  await writeFile(join(directory, "npm/package/package.json"), "{}");
  await execute("tar", ["-czf", join(directory, "thing.tgz"), "-C", join(directory, "npm"), "package"]);
  assert.equal(await list("npm", join(directory, "thing.tgz"), "@a/thing"), {
    files: [{ path: "/package.json", sha256: sha256("{}") }],
    anchor: { path: "/package.json", directory: "/node_modules/@a/thing" },
  });
});

test.run();
