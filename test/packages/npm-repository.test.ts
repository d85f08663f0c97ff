import { gzipSync } from "node:zlib";
import { type NpmVersion, npmVersion, npmVersions } from "../../src/packages/npm-repository.js";
import { packNpm } from "../support/npm-registry.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages/npm-repository");

/** A tar archive of files, some of them behind a header that says the whole name. */
function pack(files: Readonly<Record<string, string>>, extended: "x" | "L" | "" = ""): Buffer {
  const entry = (name: string, content: Buffer, type: string) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write(type, 156);
    header.write("ustar\x0000", 257);
    return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
  };
  const record = (name: string) => {
    const length = ` path=${name}\n`.length;
    return `${length + String(length + 2).length} path=${name}\n`;
  };
  const blocks = Object.entries(files).flatMap(([name, text]) => [
    ...(extended === "x" ? [entry("PaxHeader", Buffer.from(record(name)), "x")] : []),
    ...(extended === "L" ? [entry("././@LongLink", Buffer.from(`${name}\0`), "L")] : []),
    entry(extended === "" ? name : "short", Buffer.from(text), "0"),
  ]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

const version = (bytes: Buffer) => npmVersion({ name: "a", version: "1.0.0", file: "aa.tgz", bytes });

test("a version says what its package.json says, with the hash of its tarball", () => {
  const { bytes, integrity } = packNpm("a", "1.0.0", { b: "^2" });
  const { manifest, ...rest } = version(bytes);
  assert.equal(rest, { name: "a", version: "1.0.0", file: "aa.tgz" });
  assert.equal(manifest.dependencies, { b: "^2" });
  assert.equal(manifest.dist, { integrity });
  assert.is(manifest.hasInstallScript, undefined);
});

test("whatever the topmost directory is called, and however long; no file below it counts", () => {
  for (const extended of ["", "x", "L"] as const) {
    const json = '\uFEFF{"name":"old","version":"0","scripts":{"postinstall":"x"}}';
    const files = { "node/lib/package.json": "{}", "node/package.json": json, "node/npm-shrinkwrap.json": "{}" };
    const { manifest } = version(pack(files, extended));
    assert.is(manifest.name, "a", extended);
    assert.is(manifest.version, "1.0.0");
    assert.is(manifest.hasInstallScript, true);
    assert.is(manifest._hasShrinkwrap, true);
  }
  assert.throws(() => version(pack({ "a/b/package.json": "{}" })), /tarball of a 1\.0\.0 has no package\.json/);
});

test("the newest is the latest, or what was asked for as the latest", () => {
  const versions = ["1.2.0", "10.0.0", "9.0.0"].map(
    (each): NpmVersion => ({ name: "a", version: each, file: "", manifest: {} }),
  );
  const order = (latest: ReadonlyMap<string, string>) =>
    (JSON.parse(npmVersions(versions, latest)) as NpmVersion[]).map((each) => each.version);
  assert.equal(order(new Map()), ["10.0.0", "9.0.0", "1.2.0"]);
  assert.equal(order(new Map([["a", "1.2.0"]])), ["1.2.0", "10.0.0", "9.0.0"]);
});

test.run();
