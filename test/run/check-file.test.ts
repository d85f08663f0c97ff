import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileTest } from "../../src/model/definition.js";
import { checkFile } from "../../src/run/check-file.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/check-file");

const outside = mkdtempSync(join(tmpdir(), "slipway-check-"));
const root = join(outside, "root");
test.after(() => rmSync(outside, { recursive: true, force: true }));

test.before(() => {
  mkdirSync(join(root, "etc/deep"), { recursive: true });
  writeFileSync(join(root, "etc/file"), "inside");
  chmodSync(join(root, "etc/file"), 0o4755);
  writeFileSync(join(root, "secret"), "the image's own");
  writeFileSync(join(outside, "secret"), "the machine's");
  const links: Record<string, string> = {
    absolute: "/etc/file",
    relative: "etc/file",
    "etc/deep/up": "../../etc/file",
    "etc/deep/absolute": "/etc/file",
    escape: "../secret",
    "etc/escape": "../../../../../../../../secret",
    machine: join(outside, "secret"),
    directory: "etc/deep",
    chain: "absolute",
    loop: "loop",
    ping: "pong",
    pong: "ping",
    dangling: "/nowhere",
    "dot-dot": "etc/deep/../file",
    slash: "/",
  };
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
  for (let index = 0; index < 41; index += 1)
    symlinkSync(index === 0 ? "etc/file" : `n${index - 1}`, join(root, `n${index}`));
});

const check = (path: string, fields: Partial<FileTest> = {}) =>
  checkFile(root, { type: "file", name: "t", path, exists: true, ...fields });

test("a file that is there, and one that is not", async () => {
  assert.is(await check("/etc/file"), undefined);
  assert.is(await check("/etc/other"), "/etc/other is not there");
  assert.is(await check("/etc/file/below"), "/etc/file/below is not there");
  assert.is(await check("/etc/deep"), undefined);
  assert.is(await check("/"), undefined);
});

test("a file that must not be there", async () => {
  assert.is(await check("/etc/other", { exists: false }), undefined);
  assert.is(await check("/etc/file", { exists: false }), "/etc/file is there");
  assert.is(await check("/dangling", { exists: false }), undefined, "a link to nothing is nothing");
});

test("modes, however they are written", async () => {
  for (const mode of ["4755", "04755"]) assert.is(await check("/etc/file", { mode }), undefined);
  assert.is(await check("/etc/file", { mode: "0755" }), "/etc/file has mode 4755, expected 0755");
  assert.is(await check("/absolute", { mode: "4755" }), undefined, "of what a link leads to");
});

test("content", async () => {
  assert.is(await check("/etc/file", { contains: "side" }), undefined);
  assert.is(await check("/etc/file", { contains: "x\n" }), '/etc/file does not contain "x\\n"');
  assert.is(await check("/etc", { contains: "x" }), "/etc is not a file");
});

for (const path of [
  "/absolute",
  "/relative",
  "/etc/deep/up",
  "/etc/deep/absolute",
  "/directory/up",
  "/chain",
  "/dot-dot",
  "/slash/etc/file",
  "/n38",
]) {
  test(`links inside of the image are followed: ${path}`, async () => {
    assert.is(await check(path, { contains: "inside" }), undefined);
  });
}

for (const path of ["/escape", "/etc/escape", "/../secret", "/etc/../../../secret"]) {
  test(`the image's root is the end of the way up: ${path}`, async () => {
    assert.is(await check(path, { contains: "the image's own" }), undefined);
    assert.is(await check(path, { contains: "the machine's" }), `${path} does not contain "the machine's"`);
  });
}

test("an absolute link starts at the image's root, not at the machine's", async () => {
  assert.is(await check("/machine"), "/machine is not there");
});

test("links that never end, or are more than Linux follows", async () => {
  for (const path of ["/loop", "/ping", "/n40", "/loop/x"]) assert.is(await check(path), `${path} is not there`);
});

test.run();
