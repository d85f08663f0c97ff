import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type PackageGroup, type PackageSources, takeLockedPackages } from "../../../src/app/build/locked-files.js";
import type { LockedPackage } from "../../../src/model/lock.js";
import { openPackageStore } from "../../../src/run/package-store.js";
import { type BuildJob, StepFailure } from "../../../src/run/runner.js";
import { withMutex } from "../../../src/system/mutex.js";
import { removeTree } from "../../support/remove-tree.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("fetch-locked");
let directory: string;
let count = 0;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-locked-"));
});
test.after(() => removeTree(directory));

const sha = (text: string) => createHash("sha256").update(text).digest("hex");

const entry = (name: string, text = name): LockedPackage => {
  const file = `${name}_1_amd64.deb`;
  return { manager: "apt", name, version: "1", arch: "amd64", file, size: text.length, sha256: sha(text), why: [] };
};

interface World {
  /** What the manager has, by file. */
  readonly upstream?: Readonly<Record<string, string>>;
  /** What the registry has, by hash. */
  readonly registry?: Readonly<Record<string, string>>;
  /** What the store has, by hash. */
  readonly store?: Readonly<Record<string, string>>;
}

async function world({ upstream = {}, registry, store = {} }: World) {
  const root = join(directory, String(count++));
  const cache = join(root, "sha256");
  const target = join(root, "target");
  for (const path of [cache, target]) await mkdir(path, { recursive: true });
  for (const [name, text] of Object.entries(store)) await writeFile(join(cache, name), text);
  const asked: string[][] = [];
  const sources: PackageSources = {
    store: openPackageStore(cache),
    files: registry && {
      fetchFile: async (sha256, to) => {
        const text = registry[sha256];
        if (text !== undefined) await writeFile(to, text);
        return text !== undefined;
      },
    },
    upstream: async ({ packages }, to) => {
      asked.push(packages.map(({ name }) => name));
      for (const [file, text] of Object.entries(upstream)) await writeFile(join(to, file), text);
    },
    withMutex: (name, signal, action) => withMutex(join(root, name), signal, action),
    temporary: root,
  };
  const take = async (...packages: LockedPackage[]) => {
    const wanted: PackageGroup = { manager: "apt", stage: undefined, bootstrap: false, packages };
    const job = { signal: new AbortController().signal } as BuildJob;
    await takeLockedPackages(sources, wanted, ({ file }) => join(target, basename(file)), job);
    return Promise.all(packages.map(({ file }) => readFile(join(target, file), "utf8")));
  };
  return { take, asked, stored: async () => (await readdir(cache)).sort() };
}

const failure = (action: Promise<unknown>): Promise<string> =>
  action.then(
    () => "nothing failed",
    (error: unknown) => (error instanceof StepFailure ? `${error.code} ${error.message}` : String(error)),
  );

test("store, registry and manager are asked in this order, for what is missing", async () => {
  const { take, asked, stored } = await world({
    store: { [sha("one")]: "one" },
    registry: { [sha("two")]: "two" },
    upstream: { "three_1_amd64.deb": "three" },
  });
  const all = [entry("one"), entry("two"), entry("three")];
  assert.equal(await take(...all), ["one", "two", "three"]);
  assert.equal(asked, [["three"]]);
  assert.equal(await stored(), all.map(({ sha256 }) => sha256).sort());
  assert.equal(await take(...all), ["one", "two", "three"]);
  assert.is(asked.length, 1);
});

test("two images that want a file at once fetch it once", async () => {
  const { take, asked } = await world({ upstream: { "one_1_amd64.deb": "one" } });
  await Promise.all([take(entry("one")), take(entry("one"))]);
  assert.is(asked.length, 1);
});

test("a damaged file of the store is fetched again; where nobody has it, that is said", async () => {
  const { take, stored } = await world({ store: { [sha("one")]: "0ne" }, upstream: { "one_1_amd64.deb": "one" } });
  assert.equal(await take(entry("one")), ["one"]);
  assert.equal(
    (await stored()).filter((name) => !name.includes("damaged")),
    [sha("one")],
  );
  const lonely = await world({ store: { [sha("one")]: "0ne" } });
  assert.match(await failure(lonely.take(entry("one"))), /^PACKAGE_GONE apt no longer has one 1: /);
});

test("a wrong hash stops the build, and enters the store under no name", async () => {
  for (const [from, fields] of [
    ["apt", { upstream: { "one_1_amd64.deb": "evil" } }],
    ["the registry", { registry: { [sha("one")]: "evil" }, upstream: { "one_1_amd64.deb": "one" } }],
  ] as const) {
    const { take, stored } = await world(fields);
    const expected = `HASH_MISMATCH one 1 of ${from} has the sha256 ${sha("evil")}, slipway.lock says ${sha("one")}; `;
    assert.ok((await failure(take(entry("one")))).startsWith(expected));
    assert.equal(await stored(), []);
  }
});

test("what upstream deleted is named, with what to do", async () => {
  const { take } = await world({ upstream: { "one_1_amd64.deb": "one" } });
  const names = ["one", "b", "c", "d", "e", "f", "g"];
  assert.is(
    await failure(take(...names.map((name) => entry(name)))),
    "PACKAGE_GONE apt no longer has b 1, c 1, d 1, e 1, f 1 and 1 more: `slipway lock --update b c d e f` locks what it has now; " +
      "or run `slipway vendor` on a machine that still has the files to keep them in the registry",
  );
});

test.run();
