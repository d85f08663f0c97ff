/** An entry of a tree object: `mode`, as Git writes it (40000 for a folder), name and object name. */
export interface TreeEntry {
  readonly mode: string;
  readonly name: string;
  readonly oid: string;
}

const SPACE = 32;

/** The entries of a tree object (gitformat: `<mode> <name>\0<object name>`). `bytes`: the length of an object name. */
export function* entriesOf(tree: Buffer, bytes: number): Generator<TreeEntry> {
  for (let at = 0; at < tree.length; ) {
    const end = tree.indexOf(0, at);
    yield entryAt(tree, at, end, bytes);
    at = end + 1 + bytes;
  }
}

function entryAt(tree: Buffer, at: number, end: number, bytes: number): TreeEntry {
  const space = tree.indexOf(SPACE, at);
  return {
    mode: tree.toString("latin1", at, space),
    name: tree.toString("utf8", space + 1, end),
    oid: tree.toString("hex", end + 1, end + 1 + bytes),
  };
}

/** The entries of some names; others are passed over without making them. */
export function findEntries(tree: Buffer, names: ReadonlySet<string>, bytes: number): readonly TreeEntry[] {
  const wanted = [...names].map((name) => Buffer.from(name));
  const lengths = new Set(wanted.map(({ length }) => length));
  const found: TreeEntry[] = [];
  for (let at = 0; at < tree.length && found.length < wanted.length; ) {
    // Modes have five or six digits.
    const start = tree[at + 5] === SPACE ? at + 6 : at + 7;
    const end = tree.indexOf(0, start);
    if (lengths.has(end - start)) {
      const entry = entryAt(tree, at, end, bytes);
      if (names.has(entry.name)) found.push(entry);
    }
    at = end + 1 + bytes;
  }
  return found;
}

/** An entry that differs between two trees; undefined: one of them does not have it. */
export type EntryPair = readonly [TreeEntry | undefined, TreeEntry | undefined];

/** The entries in which two trees differ. A file and a folder of one name are two entries. */
export function differingEntries(before: Buffer, after: Buffer, bytes: number): readonly EntryPair[] {
  const only = new Map<string, [TreeEntry | undefined, TreeEntry | undefined]>();
  const add = (entry: TreeEntry, side: 0 | 1) => {
    const key = `${entry.mode === FOLDER ? "/" : ""}${entry.name}`;
    const pair = only.get(key) ?? [undefined, undefined];
    pair[side] = entry;
    only.set(key, pair);
  };
  let [a, b] = [0, 0];
  while (a < before.length && b < after.length) {
    const endA = before.indexOf(0, a) + 1 + bytes;
    const endB = after.indexOf(0, b) + 1 + bytes;
    const lengthA = endA - a;
    if (lengthA === endB - b && before.compare(after, b, endB, a, endA) === 0) {
      [a, b] = [endA, endB];
      continue;
    }
    // Both are in the same order, so what is behind in one of them is missing in the other; the same name meets itself in the map.
    const [left, right] = [entryAt(before, a, endA - 1 - bytes, bytes), entryAt(after, b, endB - 1 - bytes, bytes)];
    const order = compareEntries(before.subarray(a, endA), after.subarray(b, endB));
    if (order <= 0) {
      add(left, 0);
      a = endA;
    }
    if (order >= 0) {
      add(right, 1);
      b = endB;
    }
  }
  for (const entry of entriesOf(before.subarray(a), bytes)) add(entry, 0);
  for (const entry of entriesOf(after.subarray(b), bytes)) add(entry, 1);
  return [...only.values()];
}

export const FOLDER = "40000";

/** The order of a tree object: by bytes of the name, a folder as if its name ended with `/` (base_name_compare of Git's tree-walk). */
function compareEntries(a: Buffer, b: Buffer): number {
  return Buffer.compare(sortedName(a), sortedName(b));
}

function sortedName(entry: Buffer): Buffer {
  const space = entry.indexOf(SPACE);
  const name = entry.subarray(space + 1, entry.indexOf(0));
  return entry[0] === 52 ? Buffer.concat([name, Buffer.from("/")]) : name;
}
