import { type FileCopy, type FileTree, indexFiles, type Receive, type TreeFile } from "./tree.js";

/** A tree that stands in a folder of another one; "" for its top. */
export interface TreePart {
  readonly at: string;
  readonly tree: FileTree;
}

interface Place {
  readonly tree: FileTree;
  /** In that tree. */
  readonly path: string;
}

/** A tree with others in it, whose files take precedence. `absentSubmodules` come on top of those of the parts. */
export function joinTrees(
  base: FileTree,
  parts: readonly TreePart[],
  absentSubmodules: readonly string[] = [],
): FileTree {
  const absent = [
    ...(base.absentSubmodules ?? []),
    ...absentSubmodules,
    ...parts.flatMap(({ at, tree }) => (tree.absentSubmodules ?? []).map((path) => inside(at, path))),
  ];
  const hasSubmodules = base.hasSubmodules || absent.length > 0 || parts.some(({ at }) => at !== "");
  if (parts.length === 0 && absent.length === 0) return base;
  return new JoinedTree(base, parts, { absentSubmodules: absent, hasSubmodules });
}

const inside = (folder: string, path: string) => (folder === "" ? path : `${folder}/${path}`);

class JoinedTree implements FileTree {
  readonly commit: string | null;
  readonly files: ReadonlyMap<string, TreeFile>;
  readonly absentSubmodules: readonly string[];
  readonly hasSubmodules: boolean;
  readonly #base: FileTree;
  /** Where the files of parts are. */
  readonly #places = new Map<string, Place>();

  constructor(
    base: FileTree,
    parts: readonly TreePart[],
    submodules: { readonly absentSubmodules: readonly string[]; readonly hasSubmodules: boolean },
  ) {
    this.commit = base.commit;
    this.#base = base;
    this.absentSubmodules = submodules.absentSubmodules;
    this.hasSubmodules = submodules.hasSubmodules;
    const files = new Map(base.files);
    for (const { at, tree } of parts) {
      for (const file of tree.files.values()) {
        const path = inside(at, file.path);
        files.set(path, { ...file, path });
        this.#places.set(path, { tree, path: file.path });
      }
    }
    this.files = indexFiles([...files.values()]);
  }

  async read(paths: readonly string[], receive: Receive): Promise<void> {
    for (const [tree, members] of this.#byTree(paths)) {
      await tree.read(
        members.map(({ path }) => path),
        (_, content, at) => {
          const index = members[at]?.index ?? -1;
          receive(paths[index] ?? "", content, index);
        },
      );
    }
  }

  async hash(paths: readonly string[], look?: (path: string, head: Buffer) => void): Promise<Map<string, string>> {
    const hashes = new Map<string, string>();
    for (const [tree, members] of this.#byTree(paths)) {
      const whole = new Map(members.map(({ path, index }) => [path, paths[index] ?? ""]));
      const found = await tree.hash([...whole.keys()], (path, head) => look?.(whole.get(path) ?? "", head));
      for (const [path, hash] of found) hashes.set(whole.get(path) ?? "", hash);
    }
    return hashes;
  }

  async copy(requests: readonly FileCopy[]): Promise<void> {
    for (const [tree, members] of this.#byTree(requests.map(({ from }) => from))) {
      await tree.copy(members.map(({ path, index }) => ({ from: path, to: requests[index]?.to ?? "" })));
    }
  }

  async absentContent(paths: readonly string[]): Promise<readonly string[]> {
    const absent: string[] = [];
    for (const [tree, members] of this.#byTree(paths)) {
      const whole = new Map(members.map(({ path, index }) => [path, paths[index] ?? ""]));
      const found = (await tree.absentContent?.([...whole.keys()])) ?? [];
      absent.push(...found.map((path) => whole.get(path) ?? ""));
    }
    return absent;
  }

  #byTree(paths: readonly string[]) {
    const trees = new Map<FileTree, { readonly path: string; readonly index: number }[]>();
    for (const [index, whole] of paths.entries()) {
      const { tree, path } = this.#places.get(whole) ?? { tree: this.#base, path: whole };
      const members = trees.get(tree) ?? [];
      members.push({ path, index });
      trees.set(tree, members);
    }
    return trees;
  }
}
