import { hashSink } from "./hash-sink.js";
import { type FileCopy, type FileTree, indexFiles, type Receive, type TreeFile } from "./tree.js";
import { fileWriter, makeDirectories } from "./write-file.js";

/** Regular files whose content is in memory. */
export class MemoryTree implements FileTree {
  readonly commit = null;
  readonly files: ReadonlyMap<string, TreeFile>;
  readonly #contents: ReadonlyMap<string, Buffer>;

  constructor(contents: readonly (readonly [TreeFile, Buffer])[]) {
    this.files = indexFiles(contents.map(([file, content]) => ({ ...file, size: content.length })));
    this.#contents = new Map(contents.map(([{ path }, content]) => [path, content]));
  }

  async read(paths: readonly string[], receive: Receive): Promise<void> {
    for (const [index, path] of paths.entries()) receive(path, this.#content(path), index);
  }

  async hash(paths: readonly string[], look?: (path: string, head: Buffer) => void): Promise<Map<string, string>> {
    const hashes = new Map<string, string>();
    for (const path of paths) {
      const sink = hashSink((sha256, head) => {
        hashes.set(path, sha256);
        look?.(path, head);
      });
      sink.write(this.#content(path));
      sink.end();
    }
    return hashes;
  }

  async copy(requests: readonly FileCopy[]): Promise<void> {
    makeDirectories(requests);
    for (const { from, to } of requests) {
      const writer = fileWriter(to, this.files.get(from)?.mode ?? "100644");
      writer.write(this.#content(from));
      writer.end();
    }
  }

  #content(path: string): Buffer {
    const content = this.#contents.get(path);
    if (content === undefined) throw new Error(`not a file of the tree: ${path}`);
    return content;
  }
}
