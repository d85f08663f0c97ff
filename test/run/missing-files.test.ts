import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BuildSystem } from "../../src/run/build-system.js";
import { createBuildah } from "../../src/run/buildah.js";
import { missingFile } from "../../src/run/missing-files.js";
import { isSuspect } from "../../src/run/storage-marks.js";
import { assert, suite } from "../support/suite.js";

const test = suite("files that a layer of local storage lacks");
let root = "";

test.before.each(() => {
  root = mkdtempSync(join(tmpdir(), "slipway-layers-"));
  mkdirSync(join(root, "overlay-layers"));
});
test.after.each(() => rmSync(root, { recursive: true }));

const system = (driver: "overlay" | "vfs" = "overlay") =>
  ({ storage: { root, driver, runroot: join(root, "runroot") } }) as unknown as BuildSystem;
const ID = "a1b2c3d4e5f6a7b8";

/** Stores a layer whose archive had these entries. */
function store(...names: readonly string[]): void {
  const entries = names.map(
    (name) => `{"type":1,"name":${JSON.stringify(name)},"size":0,"payload":"AA==","position":1}`,
  );
  const text = ['{"type":2,"payload":"YQ==","position":0}', ...entries].join("\n");
  writeFileSync(join(root, `overlay-layers/${ID}.tar-split.gz`), gzipSync(text));
  writeFileSync(join(root, "overlay-layers/layers.json"), JSON.stringify([{ id: ID }, { id: "of-a-container" }]));
}

function make(path: string): void {
  const file = join(root, "overlay", ID, "diff", path);
  mkdirSync(dirname(file), { recursive: true });
  if (!path.endsWith("/")) writeFileSync(file, "");
}

test("nothing is missing where all is there, whatever takes the place of what was removed", async () => {
  store("./", "etc/", "etc/hosts", "etc/.wh.gone", "./usr/bin/env", "../outside");
  for (const path of ["etc/hosts", "usr/bin/env"]) make(path);
  assert.is(await missingFile(system()), undefined);
});

test("an empty file, a directory and all that was below one", async () => {
  for (const [gone, there] of [
    ["etc/hosts", "etc/passwd"],
    ["srv", "etc/hosts"],
    ["usr/share/doc/a", "etc/hosts"],
  ] as const) {
    rmSync(join(root, "overlay"), { recursive: true, force: true });
    store(there, gone);
    make(there);
    assert.is(await missingFile(system()), `${gone} of the layer a1b2c3d4e5f6`);
  }
  rmSync(join(root, "overlay"), { recursive: true });
  assert.match(String(await missingFile(system())), /^etc\/hosts of/, "the whole directory");
});

test("nothing is told of what was below a link, which may lead out of the layer", async () => {
  store("lib", "lib/x");
  make("etc/");
  symlinkSync("/nowhere", join(root, "overlay", ID, "diff/lib"));
  assert.is(await missingFile(system()), undefined);
});

test("what cannot be read says nothing", async () => {
  assert.is(await missingFile(system()), undefined);
  store("etc/hosts");
  writeFileSync(join(root, `overlay-layers/${ID}.tar-split.gz`), "cut");
  assert.is(await missingFile(system()), undefined);
});

test("a Buildah that is killed makes its storage suspect; one that fails does not", async () => {
  const buildah = createBuildah(system(), root);
  await buildah.run(["rmi", "x"], { within: ["sh", "-c", "exit 125"] });
  assert.not(isSuspect(root));
  await buildah.run(["rmi", "x"], { within: ["sh", "-c", "kill -9 $$"] });
  assert.ok(isSuspect(root));
});

test.run();
