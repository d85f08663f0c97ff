import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { differingEntries, entriesOf, findEntries } from "../../../src/load/git/tree-object.js";
import { assert, suite } from "../../support/suite.js";
import { removeTemporary, temporaryDirectory } from "../temporary-catalogue.js";

const test = suite("load/git/tree-object");
test.after(removeTemporary);

/** Names whose order depends on whether they are folders: `a` the folder is behind `a.b`, `a` the file before it. */
const NAMES = ["a", "a.b", "a-b", "a0", "é", "日", "b"];

interface Made {
  readonly name: string;
  readonly kind: "file" | "program" | "folder";
  readonly content: 0 | 1;
}

const trees = fc.uniqueArray(
  fc.record<Made>({
    name: fc.constantFrom(...NAMES),
    kind: fc.constantFrom("file" as const, "program" as const, "folder" as const),
    content: fc.constantFrom(0 as const, 1 as const),
  }),
  { selector: ({ name }) => name },
);

for (const [format, bytes] of [
  ["sha1", 20],
  ["sha256", 32],
] as const) {
  const directory = temporaryDirectory();
  const git = (args: readonly string[], input = "") =>
    execFileSync("git", ["-c", "core.quotePath=false", ...args], { cwd: directory, input, maxBuffer: 1e8 });
  git(["init", "--quiet", "--object-format", format]);
  const blobs = ["one\n", "two\n"].map((text) => git(["hash-object", "-w", "--stdin"], text).toString().trim());
  const folders = blobs.map((blob) => git(["mktree"], `100644 blob ${blob}\tfile\n`).toString().trim());

  const make = (entries: readonly Made[]): string => {
    const lines = entries.map(({ name, kind, content }) =>
      kind === "folder"
        ? `040000 tree ${folders[content]}\t${name}\n`
        : `${kind === "file" ? "100644" : "100755"} blob ${blobs[content]}\t${name}\n`,
    );
    return git(["mktree"], lines.join("")).toString().trim();
  };
  const read = (tree: string) => git(["cat-file", "tree", tree]);

  test(`${format}: the entries that differ are those that Git names`, () => {
    fc.assert(
      fc.property(trees, trees, (before, after) => {
        const [a, b] = [make(before), make(after)];
        const pairs = differingEntries(read(a), read(b), bytes);
        const own = pairs.map(
          ([old, now]) => `${now?.name ?? old?.name} ${old?.oid.slice(0, 9) ?? "-"} ${now?.oid.slice(0, 9) ?? "-"}`,
        );
        // A file that became a folder is one line of Git's, and two entries.
        const named = git(["diff-tree", "--raw", "-z", "--no-abbrev", "--no-renames", a, b])
          .toString()
          .split("\0")
          .filter(Boolean);
        const expected: string[] = [];
        for (let at = 0; at < named.length; at += 2) {
          const [, , old = "", now = ""] = (named[at] as string).split(" ");
          const oid = (text: string) => (/^0+$/.test(text) ? "-" : text.slice(0, 9));
          expected.push(`${named[at + 1]} ${oid(old)} ${oid(now)}`);
        }
        assert.equal(own.sort(), expected.sort());
      }),
      { numRuns: 12 },
    );
  });

  test(`${format}: entries are found by their names`, () => {
    const made: Made[] = NAMES.map((name, at) => ({ name, kind: at % 2 ? "folder" : "file", content: 0 }));
    const tree = read(make(made));
    assert.equal([...entriesOf(tree, bytes)].map(({ name }) => name).sort(), [...NAMES].sort());
    const found = findEntries(tree, new Set(["a", "日", "c", "b"]), bytes);
    assert.equal(found.map(({ name }) => name).sort(), ["a", "b", "日"]);
    assert.equal(findEntries(Buffer.alloc(0), new Set(["a"]), bytes), []);
  });
}

test.run();
