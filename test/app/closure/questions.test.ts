import { type StageContext, stageQuestions } from "../../../src/app/closure/questions.js";
import { keptPackages } from "../../../src/app/lock/kept-packages.js";
import type { LockedPackage } from "../../../src/model/lock.js";
import type { RecipePackage } from "../../../src/model/recipe.js";
import { MANAGERS } from "../../../src/packages/managers.js";
import { lockChanges } from "../../../src/resolve/lock-changes.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("lock-requests");

const locked = (name: string, version: string, more: Partial<LockedPackage> = {}): LockedPackage => ({
  manager: "apt",
  name,
  version,
  file: `${name}_${version}.deb`,
  size: 1,
  sha256: `${name}${version}`,
  why: [],
  ...more,
});
const asked = (name: string, more: Partial<RecipePackage> = {}): RecipePackage => ({
  kind: "system",
  manager: "apt",
  name,
  approved: [],
  argument: name,
  ...more,
});
const syntaxOf: StageContext["syntaxOf"] = (name) =>
  MANAGERS.find((manager) => manager.name === name) as (typeof MANAGERS)[number];
const requests = (packages: readonly RecipePackage[], kept: readonly LockedPackage[]) =>
  stageQuestions(packages, undefined, {
    kept,
    syntaxOf,
    manifest: { "requirements.txt": "x" },
  });

test("what is locked stays, unless the definition or the lists say otherwise by now", () => {
  const kept = [
    locked("jq", "1.6-2"),
    locked("libjq1", "1.6-2", { why: ["jq"] }),
    locked("curl", "7.74"),
    locked("gone", "1", { bootstrap: true }),
    locked("elsewhere", "1", { stage: "build" }),
  ];
  const packages = [
    asked("jq", { version: "1.6-*", argument: "jq=1.6-*" }),
    asked("curl", { approved: ["7.88.*"] }),
    asked("git"),
  ];
  assert.equal(requests(packages, kept), [
    {
      manager: "apt",
      request: {
        requested: [
          { name: "curl", argument: "curl" },
          { name: "git", argument: "git" },
          { name: "jq", argument: "jq=1.6-*", keptArgument: "jq=1.6-2" },
        ],
        kept: [
          { name: "jq", version: "1.6-2" },
          { name: "libjq1", version: "1.6-2" },
        ],
      },
    },
  ]);
});

test("the system's packages come first; a manifest is handed on where it asks for something", () => {
  const pip = { kind: "runtime", manager: "pip" } as const;
  const found = requests(
    [asked("Flask", { ...pip, constraint: ">=2" }), asked("python3"), asked("x", { ...pip, stage: "build" })],
    [],
  );
  assert.equal(
    found.map(({ manager, request }) => [manager, request.requested, request.manifest]),
    [
      ["apt", [{ name: "python3", argument: "python3" }], undefined],
      ["pip", [{ name: "flask" }], { "requirements.txt": "x" }],
    ],
  );
});

test("an update frees what it names and what is made of the same source", () => {
  const old = [
    locked("libpq5", "15.1", { source: "postgresql-15 15.1" }),
    locked("postgresql-client-15", "15.1", { source: "postgresql-15 15.1" }),
    locked("jq", "1.6"),
  ];
  assert.equal(keptPackages(old, new Set(["libpq5"])), [old[2]]);
  assert.equal(keptPackages(old, undefined), old);
  assert.equal(keptPackages(old, true), []);
});

test("changes are told by name: several versions side by side, other bytes of the same version", () => {
  const before = [locked("a", "1"), locked("b", "1"), locked("b", "2"), locked("c", "1"), locked("d", "1")];
  const after = [
    locked("a", "1"),
    locked("b", "2"),
    locked("c", "1", { sha256: "other" }),
    locked("e", "1", { stage: "build" }),
  ];
  assert.equal(lockChanges(before, after), [
    { manager: "apt", name: "b", from: "1, 2", to: "2" },
    { manager: "apt", name: "c", from: "1", to: "1" },
    { manager: "apt", name: "d", from: "1", to: null },
    { stage: "build", manager: "apt", name: "e", from: null, to: "1" },
  ]);
});

test.run();
