import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { readAdvisories } from "../../src/load/advisories.js";
import { assert, suite } from "../support/suite.js";
import { deflatedZip, storedZip } from "../support/wheel.js";
import { Workspace } from "../support/workspace.js";

const test = suite("load/advisories");
let workspace: Workspace;
let count = 0;

test.before(async () => {
  workspace = await Workspace.create();
});
test.after(() => workspace.remove());

const record = (id: string, fields: object = {}) =>
  JSON.stringify({
    id,
    modified: "2026-01-01T00:00:00Z",
    affected: [
      { package: { ecosystem: "npm", name: "lodash" }, ranges: [{ type: "SEMVER", events: [{ introduced: "0" }] }] },
    ],
    ...fields,
  });

async function directory(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  count += 1;
  const path = workspace.path(`advisories-${count}`);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(`${path}/${name}`), { recursive: true });
    await writeFile(`${path}/${name}`, content);
  }
  return path;
}

async function read(path: string, ecosystems: readonly string[] = ["npm"]) {
  const request = { directories: [{ path, shown: "advisories" }], ecosystems: new Set(ecosystems), wanted: () => true };
  const found = await readAdvisories(request);
  return {
    ids: found.advisories.map(({ id }) => id).sort(),
    problems: found.diagnostics.map(({ severity, code, file, message }) => `${severity} ${code} ${file}: ${message}`),
    found,
  };
}

test("records in folders; the newest of several of one name; none that was withdrawn", async () => {
  const { ids, found, problems } = await read(
    await directory({
      "a.json": record("A-1", { summary: "old" }),
      "deep/er/a.json": record("A-1", { summary: "new", modified: "2026-03-04T00:00:00Z" }),
      "b.json": record("B-1", { withdrawn: "2026-02-01T00:00:00Z" }),
      "README.md": "no record",
    }),
  );
  assert.equal([ids, problems, found.newest, found.count], [["A-1"], [], "2026-03-04", 2]);
  assert.is(found.advisories[0]?.summary, "new");
});

test("vectors of every version of CVSS, apart from words", async () => {
  const [v2, v3, v4] = ["AV:N/AC:L/Au:N/C:C/I:C/A:C", "CVSS:3.1/AV:N", "CVSS:4.0/AV:N"];
  const severity = [
    { type: "CVSS_V2", score: v2 },
    { type: "CVSS_V3", score: v3 },
    { type: "CVSS_V4", score: v4 },
    { type: "Ubuntu", score: "medium" },
  ];
  const path = await directory({ "a.json": record("A-1", { severity, database_specific: { severity: "HIGH" } }) });
  const { found } = await read(path);
  assert.equal(found.advisories[0]?.severity, { vectors: [v2, v3, v4], words: ["medium", "HIGH"] });
});

test("archives, and what is wrong in them", async () => {
  const path = await directory({
    "good.zip": deflatedZip({
      "one.json": record("Z-1", { summary: "x".repeat(5000) }),
      "two.json": "{",
      "notes.txt": "-",
    }),
    "npm/all.zip": "no archive",
    "stored.zip": storedZip({ "folder/three.json": record("Z-3") }),
    "torn.zip": deflatedZip({ "four.json": record("Z-4") }).fill(7, 45, 60),
  });
  const { ids, problems } = await read(path);
  assert.equal(ids, ["Z-1", "Z-3"]);
  assert.is(problems.length, 3);
  assert.match(problems[0] ?? "", /^warning advisory-unreadable advisories\/good\.zip: two\.json: it is not JSON$/);
  assert.match(problems[1] ?? "", /^warning advisory-unreadable advisories\/npm\/all\.zip: it is not a ZIP archive/);
  assert.match(problems[2] ?? "", /advisories\/torn\.zip: four\.json: it cannot be unpacked: /);
});

test("folders of ecosystems that nobody has packages of are passed over, others are not", async () => {
  const path = await directory({
    "npm/a.json": record("A-1"),
    "Debian:12/b.json": record("B-1"),
    "Maven/c.json": "{",
    "mine/d.json": record("D-1"),
  });
  assert.equal((await read(path, ["npm", "Debian"])).ids, ["A-1", "B-1", "D-1"]);
  assert.equal((await read(path, ["npm"])).ids, ["A-1", "D-1"]);
});

test("what is no record is named, and the rest counts", async () => {
  const wrong: Readonly<Record<string, string>> = {
    "1": "[]",
    "2": "null",
    "3": "{}",
    "4": JSON.stringify({ id: 7 }),
    "5": record("X", { affected: "all" }),
    "6": record("X", { affected: [7] }),
    "7": record("X", { affected: [{ package: { name: "x" } }] }),
    "8": record("X", { aliases: [{}] }),
    "9": record("X", {
      affected: [{ package: { ecosystem: "npm", name: "x" }, ranges: [{ type: "SEMVER", events: ["0"] }] }],
    }),
  };
  const files = Object.fromEntries(Object.entries(wrong).map(([name, text]) => [`${name}.json`, text]));
  const { ids, problems } = await read(await directory({ ...files, "good.json": record("G-1") }));
  assert.equal([ids, problems.length], [["G-1"], 9]);
  assert.ok(
    problems.every((text, index) => text.startsWith(`warning advisory-unreadable advisories/${index + 1}.json: `)),
  );
});

test("of many unreadable files the first are named", async () => {
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${100 + index}.json`, "{"]));
  const { problems } = await read(await directory(files));
  assert.is(problems.length, 21);
  assert.match(problems.at(-1) ?? "", /advisories\/120\.json: 10 more cannot be read/);
});

test("records about repositories, of Git ranges, and with members that nobody knows are passed over", async () => {
  const affected = [
    { ranges: [{ type: "GIT", repo: "https://example.org/x", events: [{ introduced: "0" }] }] },
    { package: { ecosystem: "npm", name: "x" }, ranges: [{ type: "GIT", events: [] }], versions: ["1.0.0"], new: 1 },
  ];
  const { found, problems } = await read(await directory({ "a.json": record("A-1", { affected, more: {} }) }));
  assert.equal(problems, []);
  assert.equal(
    found.advisories[0]?.affected.map(({ name, ranges, versions }) => [name, ranges.length, versions]),
    [["x", 0, ["1.0.0"]]],
  );
});

test("no directory is no record", async () => {
  assert.equal((await read(workspace.path("nowhere"))).ids, []);
});

test.run();
