import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, mkdtemp, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { printable, readTar, type TarMember } from "../../src/run/tar-stream.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const execute = promisify(execFile);
const test = suite("run/tar-stream");
let directory: string;

const DEEP = `${"d".repeat(90)}/${"e".repeat(90)}/${"ü".repeat(60)}`;
/** More than one piece of a stream. */
const LARGE = "large ".repeat(100_000);

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-tar-"));
  const tree = join(directory, "tree");
  await mkdir(join(tree, DEEP), { recursive: true });
  await writeFile(join(tree, DEEP, "file"), LARGE);
  await writeFile(join(tree, "program"), "\x7fELF", { mode: 0o755 });
  await writeFile(join(tree, "empty"), "");
  await writeFile(Buffer.from(`${tree}/caf\xe9`, "latin1"), "x");
  await link(join(tree, "program"), join(tree, "same"));
  await symlink("program", join(tree, "a-link"));
  await execute("mkfifo", [join(tree, "pipe")]);
});
test.after(() => removeTree(directory));

const failure = (action: Promise<unknown>) => action.then(() => "", String);

async function members(archive: string): Promise<Map<string, TarMember>> {
  const found = new Map<string, TarMember>();
  for await (const member of readTar(createReadStream(archive), (name) => name === "program"))
    found.set(member.name, member);
  return found;
}

async function pack(format: string): Promise<string> {
  const archive = join(directory, `${format}.tar`);
  const options = [`--format=${format}`, "--sort=name", "-cf", archive, "-C", join(directory, "tree"), "."];
  await execute("tar", options, { env: { ...process.env, LC_ALL: "C" } });
  return archive;
}

for (const format of ["pax", "gnu"]) {
  test(`every kind of member in the format ${format}, with hashes and contents`, async () => {
    const found = await members(await pack(format));
    const file = found.get(`${DEEP}/file`);
    assert.is(file?.sha256, createHash("sha256").update(LARGE).digest("hex"));
    assert.is(file?.size, LARGE.length);
    assert.is(found.get("program")?.mode, 0o755);
    assert.is(found.get("program")?.form, "elf");
    assert.is(found.get("program")?.content?.toString("latin1"), "\x7fELF");
    assert.is(found.get("empty")?.size, 0);
    assert.equal([found.get("same")?.type, found.get("same")?.target], ["1", "./program"]);
    assert.equal([found.get("a-link")?.type, found.get("a-link")?.target], ["2", "program"]);
    assert.is(found.get("pipe")?.type, "6");
    assert.is(found.get("caf\\xe9")?.size, 1);
    assert.is(found.get(DEEP)?.type, "5");
  });
}

test("extended attributes", async () => {
  const header = "26 SCHILY.xattr.user.a=\x00\xff\n";
  const archive = join(directory, "attributes.tar");
  const block = (name: string, type: string, size: number) => {
    const bytes = Buffer.alloc(512);
    bytes.write(name);
    bytes.write(size.toString(8).padStart(11, "0"), 124);
    bytes.write(type, 156);
    return bytes;
  };
  const padded = Buffer.alloc(512);
  padded.write(header, "latin1");
  await writeFile(archive, Buffer.concat([block("x", "x", 26), padded, block("file", "0", 0), Buffer.alloc(1024)]));
  const [file] = [...(await members(archive)).values()];
  assert.equal(file?.extended.get("SCHILY.xattr.user.a"), Buffer.from([0, 255]));
});

test("an archive that is cut short, and what is no archive", async () => {
  const archive = await pack("pax");
  const { length } = await readFile(archive);
  await truncate(archive, length - 300_000);
  assert.match(await failure(members(archive)), /cut short/);
  const noise = join(directory, "noise");
  await writeFile(noise, Buffer.alloc(2048, 0xff));
  assert.match(await failure(members(noise)), /./);
});

test("no two names have the same text", () => {
  const names = [
    "caf\xe9",
    "caf\xc3\xa9",
    "caf\\xe9",
    "caf\xef\xbf\xbd",
    "caf\\",
    "caf\n",
    "caf\\u000a",
    "caf\n\xe9",
  ].map((name) => Buffer.from(name, "latin1"));
  assert.is(new Set(names.map(printable)).size, names.length);
  assert.is(printable(Buffer.from("a\n\x1b[31m")), "a\\u000a\\u001b[31m");
});

test.run();
