import type { BuildAccount, LayerEntry, StageTrace } from "../../src/model/attribution.js";
import type { Instruction, RecipeStage } from "../../src/model/instructions.js";
import type { LockedPackage } from "../../src/model/lock.js";
import { DpkgLists, isStatusOpen, packagesToRead } from "../../src/resolve/dpkg-lists.js";
import { imageName } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/dpkg-lists");

const INSTALL: Instruction = { type: "install", kind: "system", manager: "apt", parts: [] };
const SETUP: Instruction = { type: "run", argv: ["true"] };
const STATUS = "/var/lib/dpkg/status";
const LIST = "/var/lib/dpkg/info/thing.list";

const locked = (name: string, fields: Partial<LockedPackage> = {}): LockedPackage => {
  return { manager: "apt", name, version: "1", arch: "amd64", file: "", size: 0, sha256: name, why: [], ...fields };
};
const THING = locked("thing");
const LIB = locked("lib", { arch: "arm64" });
const WHEEL = locked("wheel", { manager: "pip" });

const file = (path: string, stage = 0): LayerEntry => ({
  path,
  stage,
  kind: "file",
  mode: 0o644,
  size: 1,
  sha256: path,
});

/** An image that installs two packages and then runs `setup`, which leaves these files alone. */
function build(unchanged: readonly string[], fields: Partial<BuildAccount> = {}, more: readonly RecipeStage[] = []) {
  const paths = [STATUS, LIST, "/var/lib/dpkg/info/lib:arm64.list", "/usr/bin/thing", "/etc/thing", "/srv/own"];
  const seen = { installed: new Set(unchanged), before: new Set(paths), after: new Set(paths), copied: new Map() };
  const stages: RecipeStage[] = [
    ...more,
    { name: undefined, base: { type: "image", image: imageName("base") }, instructions: [INSTALL, SETUP] },
  ];
  const traces: StageTrace[] = stages.map(({ name }) => ({ name, hasSetup: true, seen }));
  const account: BuildAccount = {
    entries: paths.map((path) => file(path, stages.length - 1)),
    deleted: [],
    replaced: new Map(),
    links: new Map([["/bin", "/usr/bin"]]),
    skeleton: new Map(),
    dpkgLists: new Map([
      [LIST, "/.\n/bin\n/bin/thing\n/etc/thing\n"],
      ["/var/lib/dpkg/info/thing.conffiles", "/etc/thing\n"],
      ["/var/lib/dpkg/info/lib:arm64.list", "/usr/lib/lib.so\n"],
    ]),
    dpkgStatus: { before: "", after: "Package: thing" },
    stages: traces,
    ...fields,
  };
  return { account, stages };
}

const ALL = [STATUS, LIST, "/var/lib/dpkg/info/lib:arm64.list", "/usr/bin/thing", "/etc/thing"];
const CLOSURE = [THING, LIB, WHEEL];

test("what dpkg wrote down says whose a file is, where nothing has changed it since", () => {
  const lists = new DpkgLists(build(ALL), CLOSURE);
  assert.is(lists.ownerOf("/usr/bin/thing"), THING);
  assert.is(lists.ownerOf("/usr/lib/lib.so"), LIB);
  assert.is(lists.ownerOf("/srv/own"), undefined);
  assert.equal(lists.missing, []);
  const without = new DpkgLists(build(ALL.filter((path) => path !== LIST)), CLOSURE);
  assert.is(without.ownerOf("/usr/bin/thing"), undefined);
  assert.equal(without.missing, [THING]);
});

test("no package of apt is read where setup has left the database and the packages alone", () => {
  assert.equal(packagesToRead(build(ALL), CLOSURE), [WHEEL]);
  assert.is(isStatusOpen(build(ALL)), false);
});

test("a package is read where one of its files has changed, and all where the database has", () => {
  const changed = build(ALL.filter((path) => path !== "/usr/bin/thing"));
  assert.equal(packagesToRead(changed, CLOSURE), [WHEEL, THING]);
  for (const path of [LIST, STATUS]) {
    const open = build(ALL.filter((each) => each !== path));
    assert.equal(packagesToRead(open, CLOSURE), CLOSURE, path);
  }
  assert.is(isStatusOpen(build([])), true);
});

test("the packages of a stage are read where one of their files may have been copied out of it", () => {
  const stage: RecipeStage = {
    name: "make",
    base: { type: "image", image: imageName("base") },
    instructions: [INSTALL, SETUP],
  };
  const copy = (path: string): Instruction => {
    return { type: "copy", from: { type: "stage", stage: "make" }, path, target: "/srv/own" };
  };
  const tool = locked("tool", { stage: "make" });
  const copying = (path: string) => {
    const { account, stages } = build(ALL, {}, [stage]);
    const [make, image] = stages as [RecipeStage, RecipeStage];
    return { account, stages: [make, { ...image, instructions: [INSTALL, copy(path), SETUP] }] };
  };
  assert.equal(packagesToRead(copying("/usr/bin/thing"), [...CLOSURE, tool]), [WHEEL, tool]);
  assert.equal(packagesToRead(copying("/out/made"), [...CLOSURE, tool]), [WHEEL]);
});

test.run();
