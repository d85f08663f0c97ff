import { fileURLToPath } from "node:url";
import {
  capabilitiesInOrder,
  type FenceRule,
  foldersStayApart,
  functionsAreSmall,
  importsGoDownwards,
  modelStandsAlone,
  noCycles,
  oneExit,
  oneHomePerDependency,
  oneWayToMakeDirectories,
  pureFoldersArePure,
  tooLong,
  unmirroredTests,
  verbsStartLight,
} from "./support/fence.js";
import { readSources, sourceFacts } from "./support/source-facts.js";
import { assert, suite } from "./support/suite.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

const RULES: Record<string, FenceRule> = {
  "imports go downwards": importsGoDownwards,
  "capabilities are in order": capabilitiesInOrder,
  "pipeline folders stay apart": foldersStayApart,
  "model stands alone": modelStandsAlone,
  "there are no cycles": noCycles,
  "every dependency has one home": oneHomePerDependency,
  "process.exit is in cli.ts only": oneExit,
  "pure folders are pure": pureFoldersArePure,
  "verbs start light": verbsStartLight,
};

/** Files of src made up for the rules, parsed all at once: starting the compiler is what takes time. */
const MADE_UP = {
  "cli.ts": 'await import("./commands/build.js"); import { Command } from "commander"; process.exit(0);',
  "context.ts": 'import "./run/buildah.js"; import "./commands/build.js";',
  "app/catalogue/catalogue.ts": 'import "../../context.js"; import "../../load/tree.js"; import "../plan/plan.js";',
  "app/catalogue/desired.ts": 'import "../author/author.js";',
  "app/plan/plan.ts": 'import { c } from "../catalogue/catalogue.js"; import "./refs.js";',
  "app/plan/refs.ts": 'import type { D } from "../catalogue/desired.js";',
  "app/author/author.ts": 'import "../catalogue/catalogue.js"; await import("../plan/plan.js");',
  "app/helpers/helpers.ts": "",
  "app/deferred.ts": "",
  "commands/build.ts":
    'import type { D } from "../app/catalogue/desired.js"; import "../app/plan/plan.js"; import "../app/deferred.js";',
  "commands/stop.ts": 'import { execa } from "execa"; if (process.argv) process.exit(1);',
  "run/buildah.ts": 'import { execa } from "execa"; import "./schedule.js"; import PQueue from "p-queue";',
  "run/job-queue.ts": 'import PQueue from "p-queue"; export * from "../model/plan.js";',
  "load/tree.ts":
    'type P = import("../model/plan.js").Plan; import "simple-git"; import "js-yaml"; import "ajv/dist/2020.js";',
  "load/up.ts": 'import "../context.js";',
  "resolve/graph.ts": 'export { apt } from "../packages/apt.js";',
  "resolve/key.ts": 'import { createHash } from "node:crypto"; import "./loop-b.js";',
  "resolve/loop-b.ts": 'import type {} from "./loop-c.js";',
  "resolve/loop-c.ts": 'export type * from "./loop-b.js";',
  "packages/apt.ts": 'import { readFile } from "node:fs/promises"; import "lodash";',
  "render/self.ts": 'import "./self.js"; import "../../test/x.js";',
  "policy/clock.ts": [
    "export const now = () => Date.now();",
    "export const at = new Date();",
    "export const home = process.env.HOME ?? process.env['HOME'];",
    "const { env } = process; const dice = Math.random; const t = globalThis.performance.now();",
    'import { readFileSync } from "node:fs"; const cp = require("node:child_process"); await import("node:http");',
    "export const page = fetch(`https://example.org/`);",
  ].join("\n"),
  "policy/fine.ts": [
    "// new Date() and process.env in a comment",
    "export const text = `import 'node:fs'; Math.random()`; const re = /`|process.env/;",
    "interface Has { process: string; Date: Date } export const o = (x: Has) => ({ process: x.process, Date: 1 });",
    "export const isDate = (x: unknown) => x instanceof Date || Math.max(1, 2) > Date.parse('2024-01-01');",
  ].join("\n"),
  "model/plan.ts": 'import type { Name } from "./names.js";',
  "model/names.ts": 'import type { Graph } from "../resolve/graph.js";',
  "helpers/any.ts": "",
};

const madeUp = sourceFacts(new Map(Object.entries(MADE_UP)));

const test = suite("import fence");

test("finds upward imports, folders of no layer, and paths that leave src", () => {
  assert.equal(importsGoDownwards(madeUp), [
    "context.ts:1 → commands/build.ts: world must not import commands",
    "load/up.ts:1 → context.ts: load must not import world",
    "render/self.ts:1 → ../test/x.ts: outside of src",
    "model/names.ts:1 → resolve/graph.ts: model must not import resolve",
    "helpers/any.ts: belongs to no layer, give it one in test/support/fence.ts",
  ]);
});

test("finds capabilities out of order, past an entry file, and without a place", () => {
  assert.equal(capabilitiesInOrder(madeUp), [
    "app/catalogue/catalogue.ts:1 → app/plan/plan.ts: catalogue must not import plan",
    "app/catalogue/desired.ts:1 → app/author/author.ts: catalogue must not import author",
    "app/plan/refs.ts:1 → app/catalogue/desired.ts: catalogue is entered by app/catalogue/catalogue.ts",
    "app/author/author.ts:1 → app/plan/plan.ts: author must not import plan",
    "app/helpers/helpers.ts: helpers is no capability, give it a place in test/support/fence.ts",
    "commands/build.ts:1 → app/catalogue/desired.ts: catalogue is entered by app/catalogue/catalogue.ts",
  ]);
});

test("finds pipeline folders that reach another one, and prints the way", () => {
  const found = foldersStayApart(madeUp);
  assert.ok(found.includes("resolve/graph.ts → packages/apt.ts: resolve must not depend on packages"));
  const way = "load/tree.ts → model/plan.ts → model/names.ts → resolve/graph.ts";
  assert.ok(found.includes(`${way}: load must not depend on resolve`));
  assert.ok(found.includes("load/up.ts → context.ts → run/buildah.ts: load must not depend on run"));
  assert.not(found.some((line) => line.startsWith("packages/")));
});

test("finds a model that imports something else", () => {
  assert.equal(modelStandsAlone(madeUp), ["model/names.ts:1 → resolve/graph.ts: model imports nothing but model"]);
});

test("finds each cycle once, through type imports too", () => {
  assert.equal(noCycles(madeUp), [
    "app/catalogue/catalogue.ts → app/plan/plan.ts → app/catalogue/catalogue.ts: a cycle",
    "app/author/author.ts → app/plan/plan.ts → app/plan/refs.ts → app/catalogue/desired.ts → app/author/author.ts: a cycle",
    "resolve/loop-b.ts → resolve/loop-c.ts → resolve/loop-b.ts: a cycle",
    "render/self.ts → render/self.ts: a cycle",
  ]);
});

test("finds a dependency away from home, and one that has none", () => {
  assert.equal(oneHomePerDependency(madeUp), [
    "commands/stop.ts:1 → execa: its home is run/ and load/",
    "run/buildah.ts:1 → p-queue: its home is run/job-queue.ts",
    "packages/apt.ts:1 → lodash: no home for it, give it one in test/support/fence.ts",
  ]);
});

test("finds process.exit outside of cli.ts", () => {
  assert.equal(oneExit(madeUp), ["commands/stop.ts:1: process.exit belongs to cli.ts; return or throw"]);
});

test("finds files, clock, chance, environment and network in a pure folder, and nothing in strings or comments", () => {
  const found = pureFoldersArePure(madeUp).map((line) => line.replace(": a pure folder takes it as an argument", ""));
  assert.equal(found.sort(), [
    "policy/clock.ts:1: Date.now()",
    "policy/clock.ts:2: new Date",
    "policy/clock.ts:3: process.env.HOME",
    "policy/clock.ts:3: process.env.HOME",
    "policy/clock.ts:4: Math.random",
    "policy/clock.ts:4: performance.now()",
    "policy/clock.ts:4: process",
    "policy/clock.ts:5 → node:child_process",
    "policy/clock.ts:5 → node:fs",
    "policy/clock.ts:5 → node:http",
    "policy/clock.ts:6: fetch()",
  ]);
});

test("finds what a verb loads before it runs", () => {
  const files = new Map([
    [
      "commands/fine.ts",
      'import type { A } from "../app/a.js"; export type { B } from "../app/a.js"; await import("../app/a.js");',
    ],
    [
      "commands/heavy.ts",
      'import { type A } from "../app/a.js"; export { b } from "../app/a.js"; import { EXIT } from "../exit.js";',
    ],
    ["app/a.ts", 'import "../report/b.js";'],
  ]);
  assert.equal(verbsStartLight(sourceFacts(files)), [
    "commands/heavy.ts:1 → app/a.ts: import it in the function that needs it",
    "commands/heavy.ts:1 → app/a.ts: import it in the function that needs it",
  ]);
});

test("finds a file that is too long", () => {
  const sources = new Map([
    ["fits.ts", "x\n".repeat(400)],
    ["long.ts", "x\n".repeat(401)],
  ]);
  assert.equal(tooLong(sources), ["long.ts: 401 lines, at most 400"]);
});

test("finds another way to make directories than the one", () => {
  const sources = new Map([
    ["system/make-directory.ts", "mkdirSync(path, { recursive: true });"],
    ["run/a.ts", "await mkdir(join(a, b), {\n  recursive: true,\n});"],
    ["run/b.ts", "await mkdir(path); await rm(path, { recursive: true });"],
  ]);
  assert.equal(oneWayToMakeDirectories(sources), ["run/a.ts: directories are made by system/make-directory.ts"]);
});

test("finds functions that are too long or take too much, and leaves suites alone", () => {
  const lines = (count: number) => "  work();\n".repeat(count);
  const files = new Map([
    [
      "fits.ts",
      `/** Not\n * counted. */\nfunction fits(a, b, c, d) {\n${lines(57)}}\ntest("suite", () => {\n${lines(80)}});\n`,
    ],
    ["long.ts", `\nfunction long() {\n${lines(58)}}\nconst o = { async run() {\n${lines(60)}} };\n`],
    ["held.ts", `const arrow = () => {\n${lines(70)}};\nconst key = { held: function () {\n${lines(59)}} };\n`],
    ["many.ts", "class A { constructor(a, b, c, d, e) {} f = (a, b, c, d, e, ...rest) => a; }"],
    ["suite.ts", `function suiteOf() {\n  test("one", () => {\n${lines(90)}  });\n}`],
    ["types.ts", "declare function f(a, b, c, d, e): void; interface I { m(a, b, c, d, e): void }"],
  ]);
  assert.equal(functionsAreSmall(sourceFacts(files)), [
    "long.ts:2: long has 60 lines, at most 59",
    "long.ts:62: run has 62 lines, at most 59",
    "held.ts:1: arrow has 72 lines, at most 59",
    "held.ts:73: held has 61 lines, at most 59",
    "many.ts:1: constructor has 5 parameters, at most 4",
    "many.ts:1: f has 6 parameters, at most 4",
  ]);
});

const facts = sourceFacts(readSources(`${root}src`));

test("finds a unit test that mirrors no file", () => {
  const sources = new Set(["policy/rules.ts", "load/load.ts"]);
  const tests = [
    "policy/rules.test.ts",
    "policy/rules.deprecated.test.ts",
    "policy/rule.test.ts",
    "load/rules.test.ts",
  ];
  const others = ["cli/anything.test.ts", "fence.test.ts", "load/temporary-catalogue.ts"];
  assert.equal(unmirroredTests([...tests, ...others], sources), [
    "test/policy/rule.test.ts: mirrors no file of src",
    "test/load/rules.test.ts: mirrors no file of src",
  ]);
});

/** Shows what was found as it is: a diff would bend the paths. */
function assertNone(found: readonly string[]): void {
  assert.ok(found.length === 0, found.join("\n"));
}

test("reads the real sources", () => {
  assert.ok(facts.length > 0);
  assert.ok(facts.some(({ imports }) => imports.some(({ to }) => to === "model/names.ts")));
});

for (const [name, rule] of Object.entries(RULES)) {
  test(`src: ${name}`, () => assertNone(rule(facts)));
}

test("src: directories are made in one way", () => assertNone(oneWayToMakeDirectories(readSources(`${root}src`))));

test("unit tests mirror src", () => {
  const sources = new Set(readSources(`${root}src`).keys());
  assertNone(unmirroredTests(readSources(`${root}test`).keys(), sources));
});

for (const folder of ["src", "test", "scripts"]) {
  test(`${folder}: no file is too long`, () => assertNone(tooLong(readSources(root + folder))));
  test(`${folder}: functions are small`, () => {
    assertNone(functionsAreSmall(folder === "src" ? facts : sourceFacts(readSources(root + folder))));
  });
}

test.run();
