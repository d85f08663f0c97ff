import fc from "fast-check";
import { readReport } from "../../../src/load/kinds/report.js";
import type { GateReport } from "../../../src/model/gate.js";
import { GATE_LIMITS } from "../../../src/model/gate-limits.js";
import type { PlanAction, ReasonCode } from "../../../src/model/plan.js";
import { gateComment } from "../../../src/report/gate/comment.js";
import { reportJson } from "../../../src/report/write-report.js";
import {
  failedBuild,
  gateBuild,
  gateImage,
  gateReport,
  HOSTILE,
  problem,
  requirement,
} from "../../support/gate-reports.js";
import { reason } from "../../support/plans.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/read-report");

const FULL: GateReport = gateReport({
  behind: 2,
  conflicts: ["images/a/image.yaml"],
  total: 3,
  images: [
    gateImage("a", {
      reasons: [reason("PACKAGE", "curl added"), reason("PARENT", "b: NEW x", "b", "c")],
      packages: {
        added: [{ name: "curl", from: null, to: "8.*" }],
        removed: [{ name: "wget", from: "any version", to: null }],
        changed: [],
      },
      containerfile: "--- a\n+++ b\n",
      build: failedBuild("TEST_FAILED", "exit status 1", ["last line"]),
    }),
    gateImage("b", { action: "pending", build: gateBuild({ bytes: 1, previousBytes: 2 }) }),
  ],
  unchanged: ["c"],
  diagnostics: [problem(), problem({ severity: "warning", hint: "h" })],
  requirements: [requirement({ users: ["root"] })],
});

const read = (value: unknown) => readReport(typeof value === "string" ? value : JSON.stringify(value));
const problemOf = (value: unknown) => {
  const result = read(value);
  return "problem" in result ? result.problem : undefined;
};

test("what was written is read back as it was", () => {
  for (const report of [FULL, gateReport(), gateReport({ digest: null, requirements: [] })]) {
    assert.equal(readReport(reportJson(report)), { report });
  }
});

/** Paths of all values within, as lists of keys. */
function* places(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    yield* places((value as Record<string, unknown>)[key], [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function changed(path: readonly (string | number)[], change: (value: unknown) => unknown): unknown {
  const copy = structuredClone(FULL) as unknown;
  const [last, ...before] = [...path].reverse();
  if (last === undefined) return change(copy);
  const parent = before
    .reverse()
    .reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], copy);
  const holder = parent as Record<string | number, unknown>;
  holder[last] = change(holder[last]);
  return copy;
}

test("a value of another type is refused in every place, and so is a key more or less", () => {
  let count = 0;
  for (const path of places(FULL)) {
    for (const other of [{}, [[]], true, 1.5, -1, "x".repeat(200_000), "1e999"]) {
      // A number where there is one: only those out of bounds are wrong.
      assert.ok(
        problemOf(changed(path, () => other)) !== undefined ||
          (other === 1.5 && path.at(-1) === "seconds") ||
          isText(path, other),
        `${path.join("/")} = ${String(other).slice(0, 20)}`,
      );
      count += 1;
    }
    assert.ok(
      problemOf(changed(path, (value) => (isMapping(value) ? { ...value, extra: 1 } : undefined))),
      path.join("/"),
    );
    assert.ok(
      problemOf(
        changed(path, (value) => (isMapping(value) ? Object.fromEntries(Object.entries(value).slice(1)) : undefined)),
      ),
      path.join("/"),
    );
  }
  assert.ok(count > 400, `${count} changes`);
});

const FREE = new Set(["detail", "name", "from", "to", "containerfile", "message", "hint", "version", "file"]);
/** `1e999` is a fine version, message and path. */
const isText = (path: readonly (string | number)[], other: unknown) =>
  other === "1e999" &&
  (FREE.has(String(path.at(-1))) ||
    ["conflicts", "paths", "tail", "unchanged", "users", "via", "image"].some((key) => path.slice(-2).includes(key)));
const isMapping = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

test("words that are not ours, numbers that are none, paths that lead elsewhere", () => {
  const wrong: [readonly (string | number)[], unknown][] = [
    [["format"], 2],
    [["base"], "main"],
    [["base"], `--upload-pack=${"x".repeat(26)}`],
    [["head"], "A".repeat(40)],
    [["tip"], `${"a".repeat(40)}\n`],
    [["digest"], "a".repeat(40)],
    [["images", 0, "image"], "@everyone"],
    [["images", 0, "image"], "constructor/x"],
    [["images", 0, "version"], "1 0"],
    [["images", 0, "platform"], "linux"],
    [["images", 0, "action"], "toString"],
    [["images", 0, "reasons", 0, "code"], "__proto__"],
    [["images", 0, "build", "outcome"], "fine"],
    [["images", 0, "build", "error", "code"], "test failed"],
    [["diagnostics", 0, "code"], "A b"],
    [["diagnostics", 0, "severity"], "notice"],
    [["diagnostics", 0, "line"], 0],
    [["diagnostics", 0, "column"], 1e12],
    ...["/etc/passwd", "../x", "a/../b", "a/..", "a\nb", "a\u202eb", "", "\0"].map((path): [string[], string] => [
      ["conflicts", "0"],
      path,
    ]),
    [["diagnostics", 0, "file"], "../x"],
    [["requirements", 0, "kind"], "none"],
    [["requirements", 0, "role"], "function-developer"],
    [["requirements", 0, "teams", 0], "team"],
    [["requirements", 0, "teams", 0], "a/b/c"],
    [["requirements", 0, "users", 0], "a b"],
  ];
  for (const [path, value] of wrong) assert.ok(problemOf(changed(path, () => value)), `${path.join("/")} = ${value}`);
  assert.ok(problemOf(JSON.stringify(FULL).replace('"behind":2', '"behind":1e999')));
  assert.is(problemOf(JSON.stringify(FULL).replace('"behind":2', '"behind":3')), undefined);
});

test("lists and text have an end", () => {
  const long = (path: readonly (string | number)[], count: number, item?: unknown) =>
    problemOf(changed(path, (value) => Array(count).fill(item ?? (value as unknown[])[0])));
  for (const [path, max] of [
    [["conflicts"], GATE_LIMITS.conflicts],
    [["images"], GATE_LIMITS.images],
    [["images", 0, "reasons"], GATE_LIMITS.reasons],
    [["images", 0, "reasons", 1, "via"], GATE_LIMITS.via],
    [["images", 0, "packages", "added"], GATE_LIMITS.packages],
    [["images", 0, "build", "error", "tail"], GATE_LIMITS.tail],
    [["diagnostics"], GATE_LIMITS.diagnostics],
    [["requirements"], GATE_LIMITS.requirements],
    [["requirements", 0, "paths"], GATE_LIMITS.paths],
    [["requirements", 0, "teams"], GATE_LIMITS.owners],
  ] as const) {
    assert.is(long(path, max), undefined, path.join("/"));
    assert.ok(long(path, max + 1), path.join("/"));
  }
});

test("a prototype is nobody's business", () => {
  for (const key of ["__proto__", "constructor", "toString"]) {
    const text = JSON.stringify(FULL).replace('"behind":2', `"behind":2,"${key}":{"polluted":1}`);
    assert.ok(problemOf(text), key);
    assert.ok(problemOf(JSON.stringify(FULL).replace('"line":4', `"line":4,"${key}":{"polluted":1}`)), key);
  }
  assert.is(({} as Record<string, unknown>).polluted, undefined);
  assert.ok(problemOf(`{"__proto__":${JSON.stringify(FULL)}}`));
});

test("what is no report, is too large or too deep, is a problem in our own words", () => {
  for (const text of ["", "null", "[]", "1", '"x"', "{", "\ufeff{}", "[".repeat(1_000_000), '{"a":'.repeat(300_000)]) {
    assert.match(problemOf(text) ?? "", /^the report (?:is not JSON|does not have the form of one, at its top)$/);
  }
  const huge = " ".repeat(GATE_LIMITS.bytes);
  assert.is(problemOf(`{}${huge}`), "the report is larger than 20 MiB");
  assert.is(problemOf("é".repeat(GATE_LIMITS.bytes / 2 + 1)), "the report is larger than 20 MiB");
  assert.is(
    problemOf(changed(["images", 1, "level"], () => "x")),
    "the report does not have the form of one, at /images/1/level",
  );
  assert.is(problemOf({ "@everyone\n": 1 }), "the report does not have the form of one, at its top");
});

test("a large hostile list is refused at once", () => {
  // Of the list itself: none of its entries was looked at, each of which is wrong.
  const problem = problemOf(changed(["images"], () => Array(3_000_000).fill(0)));
  assert.is(problem, "the report does not have the form of one, at /images");
});

const TEXT = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(...HOSTILE),
  fc.constantFrom("x".repeat(200_000)),
);
const TEXTS = fc.array(TEXT, { maxLength: 4 });
const NAME = fc.stringMatching(/^[a-z0-9]{1,20}$/);
const COUNT = fc.nat(1e9);
const CHANGE = fc.record({ name: TEXT, from: fc.option(TEXT), to: fc.option(TEXT) });
const CHANGES = fc.array(CHANGE, { maxLength: 3 });
const BUILD = fc.record({
  outcome: fc.constantFrom(...(["built", "unchanged", "retagged", "skipped", "failed"] as const)),
  seconds: fc.double({ min: 0, max: 1e5, noNaN: true }).map((seconds) => seconds + 0),
  bytes: fc.option(COUNT),
  previousBytes: fc.option(COUNT),
  error: fc.option(fc.record({ code: fc.constant("BUILD_FAILED"), message: TEXT, tail: TEXTS })),
});
const REASON = fc.record({
  code: fc.constantFrom<ReasonCode>("PARENT", "FORCED", "ARTIFACT"),
  detail: TEXT,
  via: fc.oneof(fc.array(NAME, { maxLength: 3 }), fc.array(NAME, { minLength: 100, maxLength: 120 })),
});
const IMAGE = fc.record({
  image: NAME,
  version: NAME,
  platform: fc.constant("linux/amd64"),
  level: COUNT.map((count) => count % 1000),
  action: fc.constantFrom<PlanAction>("build", "pending", "retag", "delete"),
  reasons: fc.array(REASON, { maxLength: 3 }),
  packages: fc.record({ added: CHANGES, removed: CHANGES, changed: CHANGES }),
  containerfile: TEXT,
  build: fc.option(BUILD),
});
const DIAGNOSTIC = fc.record({
  code: fc.constant("unknown-key"),
  severity: fc.constantFrom("error", "warning"),
  message: TEXT,
  file: TEXT,
  line: fc.integer({ min: 1, max: 1e6 }),
  column: fc.integer({ min: 1, max: 1e6 }),
  hint: fc.option(TEXT),
});
const REPORT = fc
  .record({
    behind: COUNT.map((count) => count % 1e8),
    conflicts: TEXTS,
    images: fc.array(IMAGE, { maxLength: 4 }),
    unchanged: fc.array(NAME, { maxLength: 4 }),
    diagnostics: fc.array(DIAGNOSTIC, { maxLength: 4 }),
    paths: TEXTS,
  })
  .map(({ paths, ...fields }) =>
    gateReport({ ...fields, requirements: [requirement({ paths })] } as unknown as Partial<GateReport>),
  );

test("whatever Slipway writes is read, and says the same", () => {
  fc.assert(
    fc.property(REPORT, (report) => {
      const result = readReport(reportJson(report));
      assert.ok("report" in result, JSON.stringify(result));
      assert.equal(
        result.report.images.map(({ image, action, level }) => [image, action, level]),
        report.images.map(({ image, action, level }) => [image, action, level]),
      );
      assert.is(result.report.diagnostics.length, report.diagnostics.length);
      assert.ok(gateComment(result.report, {}).length <= 60_000);
    }),
    { numRuns: 150 },
  );
});

test("a path that Git would not have is written as one that leads nowhere else", () => {
  const result = readReport(reportJson(gateReport({ conflicts: ["../a", "/b", "c/../d", "", "e\n", "..f"] })));
  assert.equal("report" in result && result.report.conflicts, ["…/a", "b", "c/…/d", ".", "e\\n", "..f"]);
});

test("of a long log the end stays, of long lists the beginning", () => {
  const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
  const reasons = lines.map((line) => reason("ARTIFACT", line));
  const paths = Array.from({ length: 5000 }, (_, index) => `images/a/${index}`);
  const images = [gateImage("a", { reasons, build: failedBuild("TEST_FAILED", "x", lines) })];
  const result = readReport(
    reportJson(gateReport({ images, conflicts: paths, requirements: [requirement({ paths })] })),
  );
  assert.ok("report" in result, JSON.stringify(result));
  const { images: read, conflicts, requirements } = result.report;
  assert.equal(read[0]?.build?.error?.tail, lines.slice(-GATE_LIMITS.tail));
  assert.equal(read[0]?.reasons, reasons.slice(0, GATE_LIMITS.reasons));
  assert.equal([conflicts.at(-1), requirements?.[0]?.paths.length], ["images/a/999", 1000]);
});

test("what does not fit is left out, the images never", () => {
  const wide = gateReport({
    images: Array.from({ length: 300 }, (_, index) => gateImage(`i${index}`, { containerfile: "x".repeat(100_000) })),
    diagnostics: [...Array(999).fill(problem({ severity: "warning" })), ...Array(1500).fill(problem())],
    unchanged: ["a"],
  });
  const text = reportJson(wide);
  assert.ok(Buffer.byteLength(text) <= GATE_LIMITS.bytes);
  const result = readReport(text);
  assert.ok("report" in result, JSON.stringify(result));
  const { images, diagnostics } = result.report;
  assert.equal([images.length, images[0]?.containerfile, diagnostics.length], [300, "", 1000]);
  assert.ok(diagnostics.every(({ severity }) => severity === "error"));
  assert.is(diagnostics.at(-1)?.message, "only the first 999 of 2499 problems are in the report");
});

test.run();
