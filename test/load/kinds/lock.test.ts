import fc from "fast-check";
import { readLock } from "../../../src/load/kinds/lock.js";
import { MAX_LOCK_BYTES } from "../../../src/load/limits.js";
import { loadCatalogue } from "../../../src/load/load.js";
import type { LockedPackage } from "../../../src/model/lock.js";
import { imageName } from "../../support/definitions.js";
import { locked, lockOf } from "../../support/lock.js";
import { memoryTree } from "../../support/memory-tree.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/read-lock");

const TEXT = lockOf(
  { a: [], b: [locked("curl", "1", { why: ["git", "jq"] }), locked("jq", "2")], c: [locked("tini", "3")] },
  { "r.example/one:1": "1", "r.example/two:2": "2" },
);

/** `line:column message` of all that is wrong, that of the entries included. */
function flaws(text: string | Buffer): string[] {
  const { result, diagnostics } = readLock("slipway.lock", Buffer.from(text));
  const lazy = (result?.names ?? []).flatMap((name) => result?.problem(name) ?? []);
  for (const found of [...diagnostics, ...lazy]) {
    assert.is(found.file, "slipway.lock");
    assert.is(found.code, "lock-syntax");
    assert.match(found.hint ?? "", "`slipway lock`");
  }
  return [...diagnostics, ...lazy].map(({ line, column, message }) => `${line}:${column} ${message}`);
}

const edited = (from: string | RegExp, to: string) => {
  const text = TEXT.replace(from, () => to);
  assert.is.not(text, TEXT);
  return flaws(text);
};

test("a sound lock has no problems, and says where its entries stand", () => {
  assert.equal(flaws(TEXT), []);
  const { result: lock } = readLock("slipway.lock", Buffer.from(TEXT));
  assert.is(lock?.at(imageName("b")).line, 10);
  assert.is(lock?.at(imageName("b")).column, 3);
  assert.is(lock?.at().line, 1);
  assert.is(lock?.atBase("r.example/two:2").line, 5);
  assert.is(lock?.find(imageName("none")), undefined);
  assert.is(lock?.problem(imageName("none")), undefined);
  assert.is(lock?.text(imageName("none")), undefined);
});

test("only the problem of an entry is lazy, and the entry is not found then", () => {
  const { result, diagnostics } = readLock("slipway.lock", Buffer.from(TEXT.replace('"version":"3"', '"version":3')));
  assert.equal(diagnostics, []);
  assert.is(result?.find(imageName("c")), undefined);
  assert.is(result?.problem(imageName("c"))?.line, 18);
  assert.is(result?.find(imageName("b"))?.packages.length, 2);
});

const MEMBERS: readonly [string, string, string][] = [
  ['"name":"tini"', '"name":"../tini"', "18:26 `name` does not have the form that it must have"],
  ['"name":"tini"', '"name":"-tini"', "18:26 `name` does not have the form that it must have"],
  ['"name":"tini"', '"name":"@x/tini"', "18:26 `name` has a `/`, which only npm's have"],
  ['"name":"tini"', '"name":"ti\\u0000ni"', "18:26 `name` does not have the form that it must have"],
  ['"version":"3"', '"version":3', "18:40 `version` does not have the form that it must have"],
  ['"version":"3"', '"version":"3 --force"', "18:40 `version` does not have the form that it must have"],
  ["tini_3_amd64.deb", "../tini.deb", "18:69 `file` does not have the form that it must have"],
  ["tini_3_amd64.deb", ".deb", "18:69 `file` does not have the form that it must have"],
  ["tini_3_amd64.deb", "-o.deb", "18:69 `file` does not have the form that it must have"],
  ["tini_3_amd64.deb", `${"x".repeat(252)}.deb`, "18:69 `file` does not have the form that it must have"],
  ['"size":1', '"size":-1', "18:95 `size` does not have the form that it must have"],
  ['"size":1', '"size":1.5', "18:95 `size` does not have the form that it must have"],
  ['"size":1', '"size":"1"', "18:95 `size` does not have the form that it must have"],
  ['"size":1', '"size":1e30', "18:95 `size` does not have the form that it must have"],
  ['"why":[]', '"why":["b","a"]', "18:180 `why` is not sorted"],
  ['"why":[]', '"why":["a","a"]', "18:180 `why` is not sorted"],
  ['"why":[]', '"why":[7]', "18:180 `why` does not have the form that it must have"],
  ['"why":[]', '"license":"a\\nb","why":[]', "18:180 `license` does not have the form that it must have"],
  ['"why":[]', '"why":[],"colour":"red"', "18:189 `colour` is not a member of a locked package"],
  ['"why":[]', '"why":[],"bootstrap":false', "18:189 `bootstrap` does not have the form that it must have"],
  ['"manager":"apt"', '"manager":"gem"', "18:10 `manager` does not have the form that it must have"],
  ['"manager":"apt",', "", "18:9 `manager` is missing"],
  ['"manager":"apt"', '"manager": "apt"', "18:9 the members of a package have one order, without spaces between them"],
  ['"manager":"apt",', '"manager":"apt";', "18:9 this is not JSON"],
];

test("each member has its form", () => {
  for (const [from, to, flaw] of MEMBERS) {
    const at = TEXT.indexOf("  c:\n");
    const text = TEXT.slice(0, at) + TEXT.slice(at).replace(from, () => to);
    assert.equal(flaws(text), [flaw], to);
  }
});

test("images that are still wanted stand before the entries, sorted", () => {
  const wanting = TEXT.replace("images:\n", "wanted: [d, e]\nimages:\n");
  assert.equal(readLock("slipway.lock", Buffer.from(wanting)).result?.wanted, ["d", "e"]);
  assert.equal(readLock("slipway.lock", Buffer.from(TEXT)).result?.wanted, []);
  const unsorted = "6:1 the names of `wanted` must be sorted";
  assert.equal(edited("images:\n", "wanted: [e, d]\nimages:\n"), [unsorted]);
  assert.equal(edited("images:\n", "wanted: [d, d]\nimages:\n"), [unsorted]);
  for (const wrong of ["[]", "d", "[D]", "[d,e]", "[d, ]"])
    assert.equal(edited("images:\n", `wanted: ${wrong}\nimages:\n`), ["6:1 `images` must stand here"]);
});

test("nothing else may stand in the file", () => {
  assert.equal(edited("kind: Lock\n", "kind: Image\n"), ["2:1 it must begin with `kind: Lock`"]);
  assert.equal(edited("bases:\n", "base:\n"), ["3:1 `bases` must stand here"]);
  assert.equal(edited("images:\n", "images: []\n"), ["6:1 `images` must stand here"]);
  assert.equal(edited('{"ref"', '{ "ref"'), ["4:3 this is not a base as `slipway lock` writes it"]);
  assert.equal(edited("r.example/two", "r.example/a"), ["5:3 bases and their platforms must be sorted"]);
  assert.equal(edited("  a:\n", "  A:\n"), ["7:3 this is not an image's entry as `slipway lock` writes it"]);
  assert.equal(edited("  b:\n", "  a:\n"), ["10:3 `a` stands here again"]);
  assert.equal(edited("  b:\n", "  d:\n"), ["15:3 images must be sorted"]);
  assert.equal(edited("    packages: []\n", ""), ["9:3 `packages` must stand here"]);
  assert.equal(edited("    packages: []\n", "    packages: []\n    colour: red\n"), ["10:5 nothing may stand here"]);
  assert.equal(edited(/ {4}packages:\n( {6}- .*\n)+ {2}c/, "    packages:\n  c"), ["12:5 `packages` must stand here"]);
  const [curl = "", jq = ""] = TEXT.match(/ {6}- .*\n/g) ?? [];
  assert.equal(edited(curl + jq, jq + curl), ["14:9 packages must be sorted"]);
  assert.equal(edited(jq, curl), ["14:9 the package stands here again"]);
  assert.equal(edited(/$/, "\n"), ["19:1 this is not a package as `slipway lock` writes it"]);
  assert.equal(edited(/\n$/, ""), ["18:189 the file ends in the middle"]);
  assert.equal(edited("tini_3", "tini\t3"), ["18:81 the file holds neither tabs nor carriage returns"]);
  assert.equal(flaws(TEXT.replaceAll("\n", "\r\n"))[0], "2:11 the file holds neither tabs nor carriage returns");
  assert.equal(edited("tini_3", "tïni_3"), ["1:1 it must be text of ASCII characters"]);
  assert.equal(flaws(""), ["1:1 it must be text of ASCII characters"]);
});

test("a merge conflict is called by its name, wherever it stands", () => {
  const lines = TEXT.split("\n");
  for (let at = 1; at < lines.length; at++) {
    const text = [...lines.slice(0, at), "<<<<<<< HEAD", ...lines.slice(at)].join("\n");
    assert.equal(flaws(text), [`${at + 1}:1 a merge conflict is not resolved here`]);
  }
});

test("whatever is cut out, doubled or exchanged: no crash, and what is accepted is safe", () => {
  const safe = /^[A-Za-z0-9_][^/\s"\\]*$/;
  fc.assert(
    fc.property(fc.nat(TEXT.length), fc.nat(40), fc.string({ maxLength: 8 }), (at, length, other) => {
      const text = TEXT.slice(0, at) + other + TEXT.slice(at + length);
      const { result, diagnostics } = readLock("slipway.lock", Buffer.from(text));
      assert.is(result === undefined, diagnostics.length > 0);
      for (const name of result?.names ?? []) {
        const packages: readonly LockedPackage[] = result?.find(name)?.packages ?? [];
        assert.ok(packages.length === 0 || result?.problem(name) === undefined);
        for (const { file, sha256, size } of packages) {
          assert.match(file, safe);
          assert.match(sha256, /^[0-9a-f]{64}$/);
          assert.ok(Number.isSafeInteger(size));
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("the loader reads it, and says so where it cannot", async () => {
  const load = async (text: string) => loadCatalogue(memoryTree({ "slipway.lock": text }));
  const { catalogue, diagnostics } = await load(TEXT);
  assert.equal(diagnostics, []);
  assert.equal(catalogue.lock?.names, ["a", "b", "c"]);
  const broken = await load("nonsense\n");
  assert.is(broken.catalogue.lock, undefined);
  assert.equal(
    broken.diagnostics.map(({ code }) => code),
    ["lock-syntax"],
  );
  const large = memoryTree({ "slipway.lock": TEXT });
  const files = new Map([...large.files].map(([path, file]) => [path, { ...file, size: MAX_LOCK_BYTES + 1 }]));
  const refused = await loadCatalogue({ ...large, files });
  assert.equal(
    refused.diagnostics.map(({ code }) => code),
    ["file-too-large"],
  );
  const linked = await loadCatalogue(memoryTree({ "slipway.lock": { link: "other" } }));
  assert.equal(
    linked.diagnostics.map(({ code }) => code),
    ["not-a-file"],
  );
});

test.run();
