import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { loadDesired } from "../../../src/app/catalogue/desired.js";
import { makeSnapshot } from "../../../src/app/plan/make-snapshot.js";
import type { Snapshot } from "../../../src/app/plan/snapshot.js";
import { decodeSnapshot, encodeSnapshot, readSnapshot, writeSnapshot } from "../../../src/app/plan/snapshot-file.js";
import { openCommit } from "../../../src/load/git/commit-tree.js";
import { builtInTemplates } from "../../../src/render/templates.js";
import { removeTemporary, repository, temporaryDirectory } from "../../load/temporary-catalogue.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("app/plan/snapshot-file");
test.after(removeTemporary);

const FILES = {
  "images/base/image.yaml": "kind: BaseImage\nname: base\nversion: 1\nfrom: scratch\n",
  "images/é/image.yaml": "name: app\nversion: 1\nparent: base\nartifacts: [{ path: a, target: /a }]\ntags: [stable]\n",
  "images/é/a": "a\n",
};

async function made(): Promise<Snapshot> {
  const tree = await openCommit(await repository(FILES), "HEAD");
  const loaded = await loadDesired(tree, builtInTemplates(), { today: "2026-06-01", cache: new Map() });
  assert.equal(loaded.diagnostics, []);
  const snapshot = makeSnapshot(loaded, "2026-06-01");
  assert.ok(snapshot);
  return snapshot as Snapshot;
}

/** All that it holds as one text. */
const values = ({ head, columns, names, files, roots, packages, rootUsers, packageUsers }: Snapshot) =>
  JSON.stringify(
    [
      head,
      sorted(columns),
      sorted(rootUsers),
      sorted(packageUsers),
      [names, files, roots, packages].map(({ parts }) => parts),
    ],
    (_, value) => (ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : (value?.data ?? value)),
  );

const sorted = (object: object) => Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));

const fileIn = (state: string) => join(state, "cache/plan-snapshot");

test("what was saved is read again", async () => {
  const state = temporaryDirectory();
  assert.is(await readSnapshot(state), undefined);
  const snapshot = await made();
  await writeSnapshot(state, snapshot);
  const read = await readSnapshot(state);
  assert.is(values(read as Snapshot), values(snapshot));
  assert.equal([read?.names.at(1), read?.files.at(1)], ["app", "images/é/image.yaml"]);
});

test("every flipped byte and every cut is noticed", async () => {
  const state = temporaryDirectory();
  await writeSnapshot(state, await made());
  const whole = readFileSync(fileIn(state));
  for (let at = 0; at < whole.length; at += 1) {
    const flipped = Buffer.from(whole);
    flipped[at] = (whole[at] as number) ^ 0x20;
    writeFileSync(fileIn(state), flipped);
    assert.is(await readSnapshot(state), undefined, `byte ${at}`);
  }
  for (let length = 0; length < whole.length; length += 7) {
    writeFileSync(fileIn(state), whole.subarray(0, length));
    assert.is(await readSnapshot(state), undefined, `${length} bytes`);
  }
});

test("what has the right checksum and makes no sense is none", async () => {
  const bytes = encodeSnapshot(await made());
  const start = bytes.indexOf("{");
  const withText = (text: string) => {
    const other = Buffer.concat([bytes.subarray(0, start), Buffer.from(text), bytes.subarray(start + text.length)]);
    other.writeUInt32LE(crc32(other.subarray(12)), 8);
    return other;
  };
  assert.ok(decodeSnapshot(withText("{")), "the same");
  const head = bytes.toString("utf8", start, bytes.indexOf("}", bytes.indexOf('"sections"')) + 1);
  for (const [what, text] of [
    ["no JSON", "[{{"],
    ["null", "null".padEnd(head.length)],
    ["no sections", head.replace(/"sections":\[[0-9,]*\]/, (all) => '"sections":[]'.padEnd(all.length))],
    [
      "other sections",
      head.replace(/"sections":\[(\d+),/, (_, size) => `"sections":[${String(size).replace(/./g, "9")},`),
    ],
    [
      "sections that are no numbers",
      head.replace(/"sections":\[[0-9,]*\]/, (all) => '"sections":{}'.padEnd(all.length)),
    ],
  ] as const)
    assert.is(decodeSnapshot(withText(text)), undefined, what);
});

test("where it cannot be written or read, there is none", async () => {
  const state = temporaryDirectory();
  mkdirSync(fileIn(state), { recursive: true });
  await writeSnapshot(state, await made());
  assert.is(await readSnapshot(state), undefined);
  rmSync(dirname(fileIn(state)), { recursive: true });
  writeFileSync(dirname(fileIn(state)), "");
  await writeSnapshot(state, await made());
  assert.is(await readSnapshot(state), undefined);
});

test.run();
