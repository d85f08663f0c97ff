import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readTarEntries } from "../../src/run/tar-entries.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const execute = promisify(execFile);
const test = suite("run/tar-entries");
let directory: string;

const DEEP = `${"d".repeat(90)}/${"e".repeat(90)}/${"ü".repeat(60)}`;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-tar-"));
  const tree = join(directory, "tree");
  await mkdir(join(tree, DEEP), { recursive: true });
  await writeFile(join(tree, DEEP, "file"), "x".repeat(1000));
  await writeFile(join(tree, "program"), "", { mode: 0o755 });
  await chmod(join(tree, "program"), 0o4755);
  await symlink("program", join(tree, "link"));
});
test.after(() => removeTree(directory));

for (const format of ["posix", "gnu", "ustar"]) {
  test(`an archive of tar in the format ${format}`, async () => {
    const archive = join(directory, `${format}.tar`);
    const paths = ["program", "link", DEEP.slice(0, 90), ...(format === "ustar" ? [] : [DEEP])];
    const owner = ["--owner", "7", "--group", "8", "--numeric-owner", "--no-recursion"];
    const content = format === "ustar" ? [] : [`${DEEP}/file`];
    await execute("tar", [
      "-C",
      join(directory, "tree"),
      ...owner,
      "--format",
      format,
      "-cf",
      archive,
      ...paths,
      ...content,
    ]);
    const entries = await readTarEntries(archive);
    assert.equal(
      entries.map(({ name }) => name),
      [...paths, ...content],
    );
    const [program, link, folder] = entries;
    assert.equal([program?.type, program?.mode, program?.uid, program?.gid], ["0", 0o4755, 7, 8]);
    assert.equal([link?.type, folder?.type], ["2", "5"]);
    if (content.length > 0) assert.is(entries.at(-1)?.size, 1000);
    // Without gaps from the first byte on: what is left out between two entries is exactly one of them.
    assert.equal(
      entries.map(({ start }) => start),
      [0, ...entries.slice(0, -1).map(({ end }) => end)],
    );
  });
}

test("sizes beyond octal digits", async () => {
  const archive = join(directory, "large.tar");
  const header = Buffer.alloc(1024);
  header.write("large", 0);
  header.write("0000644\0", 100);
  header.write("0", 156);
  header[124] = 0x80;
  header.writeUInt32BE(3, 128);
  await writeFile(archive, header);
  assert.equal(
    (await readTarEntries(archive)).map(({ size, end }) => [size, end]),
    [[3 * 2 ** 32, 512 + 3 * 2 ** 32]],
  );
});

test.run();
