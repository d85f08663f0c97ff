import type { Catalogue } from "../../src/model/catalogue.js";
import type { Offer, UpdateSettings } from "../../src/model/update.js";
import { apt } from "../../src/packages/apt.js";
import { managerFor } from "../../src/packages/managers.js";
import { type Answers, type BaseAnswer, chooseUpdates, type ScopeAnswer } from "../../src/resolve/choose-updates.js";
import { resolveGraph } from "../../src/resolve/graph.js";
import { updatePins } from "../../src/resolve/update-pins.js";
import { type CatalogueFields, catalogue, digest, image, module } from "../support/definitions.js";
import { loadMemory } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/updates");

type Images = Parameters<typeof catalogue>[0];

const pinsOf = (images: Images, fields: CatalogueFields) => {
  const made: Catalogue = catalogue(images, fields);
  return updatePins(made, resolveGraph(made).graph, managerFor);
};

/** What apt says of versions that are numbers: `offered` from the newest to the oldest. */
function offer(offered: readonly string[], current: readonly string[]): Offer {
  const rank = (version: string) => ({
    version,
    newerThan: current.filter((other) => Number.parseFloat(version) > Number.parseFloat(other)),
  });
  return { offered: offered.map(rank), current: current.map(rank) };
}

interface World {
  readonly images?: Images;
  readonly list?: readonly string[];
  readonly offered?: readonly string[];
  readonly answer?: ScopeAnswer;
}

/** Updates of one package `x` of Debian, as `pointer from → to`. */
function updates({ images = [], list = [], offered = [], answer }: World) {
  const pins = pinsOf([image("os", { os: "debian" }), ...images], { system: { debian: { x: list } } });
  const current = pins.scopes.flatMap(({ packages }) =>
    packages.flatMap(({ listed, requested }) => [...listed, ...requested]),
  );
  const offers = new Map([["x", offer(offered, [...new Set(current.map((pin) => pin.current))])]]);
  const answers: Answers = {
    bases: new Map(),
    scopes: new Map([["system debian", answer ?? { offers, where: "apt in os" }]]),
  };
  return chooseUpdates(pins, answers).flatMap((group) => [
    ...group.updates.map(({ file, pointer, from, to }) => `${file}${pointer} ${from} → ${to}`),
    ...group.problems,
  ]);
}

const LIST = "catalog/system/debian.yaml/packages/0/versions";
const asking = (version: string, name = "a") => image(name, { parent: "os", system: [`x ${version}`] });

test("an approved exact version gives way to the newest that is offered", () => {
  assert.equal(updates({ list: ["1"], offered: ["3", "2", "1"] }), [`${LIST}/0 1 → 3`]);
});

test("of several, only the newest that is older gives way: the others were kept on purpose", () => {
  assert.equal(updates({ list: ["1", "2"], offered: ["3"] }), [`${LIST}/1 2 → 3`]);
  assert.equal(updates({ list: ["2", "1"], offered: ["3"] }), [`${LIST}/0 2 → 3`]);
  assert.equal(updates({ list: ["1", "4"], offered: ["3"] }), [`${LIST}/0 1 → 3`]);
});

test("never a downgrade, and nothing where the newest is approved already", () => {
  assert.equal(updates({ list: ["4"], offered: ["3"] }), []);
  assert.equal(updates({ list: ["1", "3"], offered: ["3", "2"] }), []);
  assert.equal(updates({ list: ["1"], offered: [] }), []);
});

test("a list with patterns is its author's decision", () => {
  assert.equal(updates({ list: ["1.*"], offered: ["3"] }), []);
  assert.equal(updates({ list: ["1", "2.*"], offered: ["3", "2.1"] }), []);
  assert.equal(pinsOf([image("os", { os: "debian" })], { system: { debian: { x: ["1.*"], y: [] } } }).scopes, []);
});

test("an image moves to the newest version that the list allows", () => {
  const images = [asking("2.0")];
  assert.equal(updates({ images, list: ["2.*"], offered: ["3.1", "2.5", "2.1"] }), [
    "images/a/image.yaml/system-packages/0/version 2.0 → 2.5",
  ]);
  assert.equal(updates({ images, list: [], offered: ["3.1", "2.5"] }), [
    "images/a/image.yaml/system-packages/0/version 2.0 → 3.1",
  ]);
  assert.equal(updates({ images: [asking("2.5")], list: ["2.*"], offered: ["3.1", "2.5"] }), []);
  assert.equal(updates({ images: [asking("2.7")], list: ["2.*"], offered: ["2.5"] }), []);
});

test("an image that asks for what the list no longer has goes with it", () => {
  assert.equal(updates({ images: [asking("1"), asking("1", "b")], list: ["1"], offered: ["2"] }), [
    `${LIST}/0 1 → 2`,
    "images/a/image.yaml/system-packages/0/version 1 → 2",
    "images/b/image.yaml/system-packages/0/version 1 → 2",
  ]);
});

test("a module's request counts once, however many images have it, and so does a stage's", () => {
  const modules = [module("m", "1", { system: ["x 1"] })];
  const images = ["a", "b", "c"].map((name) => image(name, { parent: "os", modules: ["m"] }));
  const stage = image("d", { parent: "os", stages: [{ name: "s", parent: "os", system: ["x 1"] }] });
  const { scopes } = pinsOf([image("os", { os: "debian" }), ...images, stage], {
    modules,
    system: { debian: { x: [] } },
  });
  assert.equal(
    scopes.flatMap(({ packages }) =>
      packages.flatMap(({ requested }) =>
        requested.map(({ source, pointer, current }) => [source.file, pointer, current]),
      ),
    ),
    [
      ["catalog/modules/m-1/module.yaml", "/system-packages/0/version", "1"],
      ["images/d/image.yaml", "/stages/0/system-packages/0/version", "1"],
    ],
  );
});

test("in a matrix: what all combinations say is one pin, what is an expression is none", async () => {
  const {
    catalogue: made,
    graph,
    diagnostics,
  } = await loadMemory({
    "catalog/system/debian.yaml": "os: debian\npackages: [{ name: x }, { name: y }]\n",
    "images/a/image.yaml": `kind: BaseImage
name: a-\${{ matrix.x }}
version: "1"
matrix: { x: ["1.0", "2.0"] }
from: scratch
os: debian
system-packages: [{ name: x, version: "\${{ matrix.x }}" }, { name: y, version: "3.0" }]
`,
  });
  assert.equal(diagnostics, []);
  const { scopes } = updatePins(made, graph, managerFor);
  assert.equal(
    scopes.flatMap(({ packages }) =>
      packages.map(({ name, requested }) => [name, requested.map(({ current }) => current)]),
    ),
    [["y", ["3.0"]]],
  );
});

test("a manager that could not be asked is a problem of the group, and so is one that does not know", () => {
  assert.equal(updates({ list: ["1"], answer: { problem: "os was never built" } }), ["os was never built"]);
  const offers = new Map([["x", { ...offer(["2"], ["1"]), problem: "E: no network" }]]);
  assert.equal(updates({ list: ["1"], answer: { offers, where: "apt in os" } }), ["x: E: no network"]);
  assert.equal(updates({ list: ["1"], answer: { offers: new Map(), where: "apt in os" } }), [
    "x: no answer from apt in os",
  ]);
});

const BASES = [
  { ref: "registry.example/os:1", digest: digest("1") },
  { ref: "registry.example/tools", digest: digest("2") },
  { ref: "registry.example/fixed@sha256:0", digest: digest("3") },
];

function baseUpdates(answers: Readonly<Record<string, BaseAnswer>>, bases = BASES) {
  const pins = pinsOf([], { bases });
  return chooseUpdates(pins, { bases: new Map(Object.entries(answers)), scopes: new Map() });
}

test("a base whose tag has moved; a reference with a digest says itself what it is", () => {
  const same = { digest: digest("2"), registry: "registry.example", today: "2026-06-01" };
  const moved = { ...same, digest: digest("9") };
  const [group, ...more] = baseUpdates({ "registry.example/os:1": moved, "registry.example/tools": same });
  assert.equal(more, []);
  assert.is(group?.group, "bases");
  assert.equal(group?.updates, [
    {
      file: "catalog/bases.yaml",
      line: 1,
      pointer: "/bases/0/digest",
      name: "registry.example/os:1",
      from: digest("1"),
      to: digest("9"),
      where: "registry.example",
    },
  ]);
  assert.equal(baseUpdates({ "registry.example/tools": same })[0]?.problems, [
    "registry.example/os:1: no registry was asked",
  ]);
});

test("the day of a digest goes with it, where the entry has one", () => {
  const pinned = (digit: string, day: string) =>
    baseUpdates(
      { "registry.example/os:1": { digest: digest(digit), registry: "registry.example", today: "2026-06-01" } },
      BASES.slice(0, 1).map((base) => ({ ...base, pinned: day })),
    )[0]?.updates.map(({ pointer, from, to }) => [pointer, from, to]);
  assert.equal(pinned("9", "2026-02-01"), [
    ["/bases/0/digest", digest("1"), digest("9")],
    ["/bases/0/pinned", "2026-02-01", "2026-06-01"],
  ]);
  assert.equal(pinned("9", "2026-06-01")?.length, 1);
  assert.equal(pinned("1", "2026-02-01"), []);
});

const groupsOf = (updateSettings: UpdateSettings["groups"]) => {
  const pins = pinsOf([image("os", { os: "debian", language: "python3" })], {
    settings: { updates: { limit: 5, groups: updateSettings } },
    system: { debian: { libpq5: ["1"], curl: ["1"] }, "c++.os": { x: ["1"] } },
    runtime: { python3: { Psycopg2_Binary: ["1"], flask: ["1"] } },
    bases: BASES.slice(0, 1),
  });
  const names = pins.scopes.flatMap(({ packages }) => packages.map(({ name, group }) => `${name} ${group}`));
  return [...names, ...pins.bases.map(({ group }) => `base ${group}`)];
};

test("groups: by the first pattern that matches, else by system, language, or as a base", () => {
  assert.equal(groupsOf(new Map()), [
    "libpq5 debian",
    "curl debian",
    "Psycopg2_Binary python3",
    "flask python3",
    "base bases",
  ]);
  const groups = new Map([
    ["databases", ["libpq*", "psycopg3*"]],
    ["all", ["*"]],
  ]);
  assert.equal(groupsOf(groups), ["libpq5 databases", "curl all", "Psycopg2_Binary all", "flask all", "base all"]);
  assert.equal(groupsOf(new Map([["db", ["PSYCOPG2-*"]]]))[2], "Psycopg2_Binary db", "by pip's own idea of names");
});

test("a system that no package manager serves is left out", () => {
  assert.equal(pinsOf([], { system: { plan9: { x: ["1"] } } }).scopes, []);
  assert.is(managerFor("system", "debian"), apt);
});

test.run();
