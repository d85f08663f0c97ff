import { loadDesired } from "../../src/app/catalogue/desired.js";
import type { LockedPackage } from "../../src/model/lock.js";
import { packageJson } from "../../src/model/lock-syntax.js";
import type { ImageName } from "../../src/model/names.js";
import type { InstallTemplate } from "../../src/render/install.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { locked, lockOf } from "../support/lock.js";
import { freshLock } from "../support/lock-catalogue.js";
import { loadMemory, type MemoryFiles, memoryTree, problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/apply-lock");

const DIGEST = `sha256:${"1".repeat(64)}`;

const FILES: MemoryFiles = {
  "catalog/system/debian.yaml": `kind: SystemPackages
os: debian
packages: [{ name: curl, versions: ["8.*"] }, { name: jq }, { name: git, versions: ["1"] }, { name: python3-pip }]
`,
  "catalog/runtime/python3.yaml": "language: python3\npackages: [{ name: flask }]\n",
  "catalog/bases.yaml": `kind: Bases\nbases: [{ ref: r.example/photon:5, digest: "${DIGEST}", os: debian }]\n`,
  "images/base/image.yaml": `kind: BaseImage
name: base
version: 1
os: debian
bootstrap: { manager: apt, suite: bookworm, packages: [python3-pip] }
`,
  "images/plain/image.yaml": "name: plain\nversion: 1\nparent: base\nenv: { A: b }\n",
  "images/tools/image.yaml": "name: tools\nversion: 1\nparent: plain\nlanguage: python3\nsystem-packages: [curl, jq]\n",
  "images/app/image.yaml": `name: app
version: 1
parent: tools
runtime-manifest: requirements.txt
stages: [{ name: build, parent: base, system-packages: [git] }]
`,
  "images/app/requirements.txt": "flask\n",
  "images/outside/image.yaml": `kind: BaseImage
name: outside
version: 1
from: r.example/photon:5
system-packages: [jq]
`,
};

const PACKAGES: Readonly<Record<string, readonly LockedPackage[]>> = {
  base: [locked("libc6", "2.36", { bootstrap: true }), locked("python3-pip", "23", { bootstrap: true })],
  plain: [],
  tools: [locked("curl", "8.1"), locked("libcurl4", "8.1", { why: ["curl"] }), locked("jq", "1.6")],
  app: [
    locked("flask", "3.0", { manager: "pip", file: "flask-3.0-py3-none-any.whl" }),
    locked("git", "1", { stage: "build" }),
  ],
  outside: [locked("jq", "1.6")],
};

const inOrder = (packages: readonly LockedPackage[] = []) =>
  [...packages].sort((a, b) => (packageJson(a) < packageJson(b) ? -1 : 1));

const fresh = (packages = PACKAGES, files = FILES) => freshLock(memoryTree(files), (name) => packages[name]);

async function problems(change: MemoryFiles, packages = PACKAGES): Promise<string[]> {
  const lock = await fresh(packages);
  return (await problemsOf({ ...FILES, "slipway.lock": lock, ...change })).map((text) => text.replace(/:\d+:\d+/, ""));
}

const stale = (name: string, why: string) =>
  `slipway.lock lock-stale: the entry of ${name} is stale: ${why} | run \`slipway lock\``;

test("a fresh lock is what the images install", async () => {
  const { desired, diagnostics } = await loadMemory({ ...FILES, "slipway.lock": await fresh() });
  assert.equal(diagnostics, []);
  for (const [name, { recipe }] of desired.images) assert.equal(recipe.locked?.packages, inOrder(PACKAGES[name]), name);
});

test("an image that is not in the lock is open, and what stands on it may be locked", async () => {
  const { tools, ...others } = PACKAGES;
  const { desired, diagnostics } = await loadMemory({ ...FILES, "slipway.lock": await fresh(others) });
  assert.equal(diagnostics, []);
  assert.is(desired.images.get("tools" as ImageName)?.recipe.locked, undefined);
  assert.equal(desired.images.get("app" as ImageName)?.recipe.locked?.packages, inOrder(PACKAGES.app));
});

const edit = (path: string, from: string, to: string): MemoryFiles => {
  const text = FILES[path] as string;
  assert.ok(text.includes(from));
  return { [path]: text.replace(from, to) };
};
const TOOLS = "images/tools/image.yaml";
const STARTS = (name: string) => `what it starts from has other packages (${name})`;

test("what the packages are resolved from makes an entry stale, and it is said what", async () => {
  const changed = "what it requests has changed";
  assert.equal(await problems(edit(TOOLS, "[curl, jq]", "[curl]")), [stale("tools", `${changed} (no longer jq)`)]);
  assert.equal(await problems(edit(TOOLS, "[curl, jq]", "[curl, jq, git]")), [
    stale("tools", `${changed} (git is not in the lockfile)`),
  ]);
  assert.equal(await problems(edit(TOOLS, "[curl, jq]", "[{ name: curl, version: 8.1 }, jq]")), [
    stale("tools", changed),
  ]);
  assert.equal(await problems(edit("catalog/system/debian.yaml", "8.*", "8.1*")), [stale("tools", changed)]);
  assert.equal(await problems({ "images/app/requirements.txt": "flask # the newest\n" }), [stale("app", changed)]);
  assert.equal(await problems(edit("images/base/image.yaml", "bookworm", "trixie")), [stale("base", changed)]);
});

test("what else an image says does not", async () => {
  assert.equal(await problems(edit("images/plain/image.yaml", "A: b", "A: c")), []);
  assert.equal(await problems(edit(TOOLS, "[curl, jq]", "[jq, curl]\nsetup: [[x]]\nlabels: { a: b }")), []);
  assert.equal(await problems(edit("catalog/system/debian.yaml", "name: git", "name: vim }, { name: git")), []);
  // Where one exact version is approved, it is the one that is asked for.
  const add = "images/app/image.yaml";
  assert.equal(await problems(edit(add, "stages: [", "stages: [{ name: none, parent: tools, env: { A: b } }, ")), []);
});

test("other packages below make all stale that install something on top", async () => {
  const newer = { ...PACKAGES, base: [locked("libc6", "2.37", { bootstrap: true })] };
  const [before, after] = [await fresh(), await fresh(newer)];
  const baseEntry = (text: string) => text.slice(text.indexOf("  base:"), text.indexOf("  outside:"));
  const lock = before.replace(baseEntry(before), () => baseEntry(after));
  assert.equal(await problems({ "slipway.lock": lock }), [
    stale("app", STARTS("base, tools")),
    stale("tools", STARTS("plain")),
  ]);
});

test("one stale entry is one mistake, whatever is built on it, unless that is gone from the lock", async () => {
  assert.equal((await problems(edit(TOOLS, "[curl, jq]", "[curl]"))).length, 1);
  const lock = await fresh();
  const without = lock.slice(0, lock.indexOf("  tools:"));
  assert.equal(await problems({ "slipway.lock": without }), [stale("app", STARTS("base, tools"))]);
});

test("a stale image is open, so that the rest can be said of it", async () => {
  const files = { ...FILES, ...edit(TOOLS, "[curl, jq]", "[curl]"), "slipway.lock": await fresh() };
  const { desired } = await loadMemory(files);
  assert.is(desired.images.get("tools" as ImageName)?.recipe.locked, undefined);
  assert.is(desired.images.size, 5);
});

test("external bases", async () => {
  const other = `sha256:${"2".repeat(64)}`;
  const expected = [
    "slipway.lock lock-stale: catalog/bases.yaml has r.example/photon:5 with another digest | run `slipway lock`",
    stale("outside", STARTS("r.example/photon:5")),
  ];
  assert.equal(await problems(edit("catalog/bases.yaml", DIGEST, other)), expected);
  assert.equal(await problems({ "slipway.lock": lockOf({}, { "r.example/gone:1": "1" }) }), [
    "warning slipway.lock lock-stale: catalog/bases.yaml does not list r.example/gone:1 | run `slipway lock`",
  ]);
});

test("an entry that no image has is said, and one that cannot be read", async () => {
  const lock = lockOf({ gone: [], zebra: [] });
  assert.equal(await problemsOf({ ...FILES, "slipway.lock": lock }), [
    "warning slipway.lock:5:3 lock-unknown-image: no image is named gone | run `slipway lock`",
    "warning slipway.lock:8:3 lock-unknown-image: no image is named zebra | run `slipway lock`",
  ]);
  const broken = (await fresh()).replace('"name":"jq"', '"name":"/jq"');
  assert.equal(
    (await problems({ "slipway.lock": broken })).map((text) => text.split(":")[0]),
    ["slipway.lock lock-syntax"],
  );
});

test("who makes the lock sees none of this, and still has what can be read of it", async () => {
  const load = (text: string) => {
    const tree = memoryTree({ ...FILES, ...edit(TOOLS, "[curl, jq]", "[curl]"), "slipway.lock": text });
    return loadDesired(tree, builtInTemplates(), { today: "2026-06-01", lock: "ignore" });
  };
  const { desired, catalogue, diagnostics } = await load(await fresh());
  assert.equal(diagnostics, []);
  assert.ok([...desired.images.values()].every(({ recipe }) => recipe.locked === undefined));
  assert.is(catalogue.lock?.find("tools" as ImageName)?.packages.length, 3);
  assert.equal((await load("<<<<<<< HEAD\n")).diagnostics, []);
});

test("locking renders nothing and makes no packages", async () => {
  let rendered = 0;
  const counting = [...builtInTemplates()].map(([name, template]): [string, InstallTemplate] => {
    const counted: InstallTemplate = (data) => {
      rendered += 1;
      return template(data);
    };
    return [name, counted];
  });
  const tree = memoryTree({ ...FILES, "slipway.lock": await fresh() });
  const { desired, catalogue } = await loadDesired(tree, new Map(counting), { today: "2026-06-01" });
  assert.is(rendered, 0);
  for (const { node, recipe } of desired.images.values()) {
    // An entry makes its packages when they are asked for.
    assert.is(recipe.locked, catalogue.lock?.find(node.name));
    assert.match(recipe.containerfile.text, "FROM ");
  }
  assert.ok(rendered > 0);
});

test.run();
