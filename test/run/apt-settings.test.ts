import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aptSettings } from "../../src/run/apt-settings.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/apt-settings");
let directory: string;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-apt-settings-"));
});
test.after(() => removeTree(directory));

async function layer(name: string, texts: Readonly<Record<string, string>>): Promise<string> {
  const parts = join(directory, name, "etc/apt/apt.conf.d");
  await mkdir(parts, { recursive: true });
  for (const [file, text] of Object.entries(texts)) await writeFile(join(parts, file), text);
  return join(directory, name);
}

test("the settings of all layers, the highest first; only regular files with names that apt reads", async () => {
  const low = await layer("low", { "01low": "low", "02both": "old" });
  const high = await layer("high", { "02both": "new", "note.txt": "no", ".hidden": "no" });
  await symlink("/etc/passwd", join(high, "etc/apt/apt.conf.d/03link"));
  assert.equal(
    [...aptSettings([high, low])],
    [
      ["01low", "low"],
      ["02both", "new"],
    ],
  );
  assert.equal([...aptSettings([join(directory, "none")])], []);
});

test.run();
