import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourcesDigest } from "../../src/run/sources-digest.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/sources-digest");
let directory: string;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-sources-"));
});
test.after(() => removeTree(directory));

async function rootWith(name: string, key: string): Promise<string> {
  const root = join(directory, name);
  await mkdir(join(root, "etc/apt/trusted.gpg.d"), { recursive: true });
  await mkdir(join(root, "usr/share/keyrings"), { recursive: true });
  await writeFile(join(root, "etc/apt/sources.list"), "deb https://a x main\n");
  await writeFile(join(root, "usr/share/keyrings/a.gpg"), key);
  await symlink("/usr/share/keyrings/a.gpg", join(root, "etc/apt/trusted.gpg.d/a.gpg"));
  await symlink("/etc/apt", join(root, "etc/apt/loop"));
  return root;
}

test("the same sources and keys have the same digest, in whatever else the systems differ", async () => {
  const [a, b] = [await rootWith("a", "KEY"), await rootWith("b", "KEY")];
  await writeFile(join(b, "etc/motd"), "other");
  assert.is(sourcesDigest(a), sourcesDigest(b));
  assert.is.not(sourcesDigest(await rootWith("c", "YEK")), sourcesDigest(a));
  await writeFile(join(b, "etc/apt/sources.list"), "deb [trusted=yes] https://a x main\n");
  assert.is.not(sourcesDigest(b), sourcesDigest(a));
});

test("a link leads nowhere outside, and nothing but a file is read", async () => {
  const root = join(directory, "d");
  await mkdir(join(root, "etc"), { recursive: true });
  await symlink("/", join(root, "etc/apt"));
  await symlink("/dev/zero", join(root, "etc/yum.conf"));
  assert.match(sourcesDigest(root), /^[0-9a-f]{64}$/);
});

test.run();
