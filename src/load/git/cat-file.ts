import { ended, type GitProcess, gitFailure, startGit } from "./git.js";
import { TreeError } from "./tree.js";

/** Receives the content of one blob in pieces. */
export interface BlobSink {
  write(chunk: Buffer): void;
  end(): void;
}

const NEWLINE = 10;

/**
 * Reads any number of blobs through one `git cat-file --batch` process (git-cat-file(1), BATCH OUTPUT). `open` is
 * called for each object name in turn; whole blobs need not fit into memory. Throws TreeError; an error thrown by
 * `open` or a sink ends the process and is passed on.
 */
export async function streamBlobs(
  directory: string,
  oids: readonly string[],
  open: (index: number) => BlobSink,
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  if (oids.length === 0) return;
  const child = startGit(directory, ["cat-file", "--batch", "--buffer"], env);
  const parser = new BatchParser(open);
  const failure = feed(child, parser);
  child.stdin.end(`${oids.join("\n")}\n`);
  const end = await ended(child, directory);
  const error = failure();
  if (error !== undefined) throw error;
  if (end.exitCode !== 0) throw gitFailure(directory, "git cat-file failed", end);
  if (parser.count !== oids.length) throw new TreeError("git-failed", "git cat-file ended too early");
}

/** Passes on the whole content; most blobs arrive in one piece and are not copied. */
export function collect(receive: (content: Buffer) => void): BlobSink {
  const chunks: Buffer[] = [];
  return {
    write: (chunk) => chunks.push(chunk),
    end: () => receive(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
  };
}

function feed(child: GitProcess, parser: BatchParser): () => unknown {
  let error: unknown;
  child.stdout.on("data", (chunk: Buffer) => {
    if (error !== undefined) return;
    try {
      parser.push(chunk);
    } catch (thrown) {
      error = thrown;
      child.kill();
    }
  });
  return () => error;
}

/** Cuts the stream `<oid> blob <size>\n<content>\n …` into blobs. */
class BatchParser {
  count = 0;
  #header = "";
  #sink: BlobSink | undefined;
  /** Bytes of the current content that are still to come, and one for the line feed after it. */
  #missing = 0;

  constructor(readonly open: (index: number) => BlobSink) {}

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length)
      at = this.#sink === undefined ? this.#readHeader(chunk, at) : this.#readContent(chunk, at, this.#sink);
  }

  #readHeader(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(NEWLINE, at);
    if (end < 0) {
      this.#header += chunk.toString("latin1", at);
      return chunk.length;
    }
    const header = this.#header + chunk.toString("latin1", at, end);
    this.#header = "";
    const size = / blob ([0-9]+)$/.exec(header)?.[1];
    if (size === undefined) {
      const hint = "a partial clone lacks objects until they are fetched: run git fetch --refetch";
      throw new TreeError("git-failed", `git has no such blob: ${header}`, hint);
    }
    this.#missing = Number(size) + 1;
    this.#sink = this.open(this.count++);
    return end + 1;
  }

  #readContent(chunk: Buffer, at: number, sink: BlobSink): number {
    const end = Math.min(chunk.length, at + this.#missing);
    this.#missing -= end - at;
    const done = this.#missing === 0;
    const contentEnd = done ? end - 1 : end;
    // The line feed may arrive alone in the next chunk, and the chunk may end exactly before it.
    if (contentEnd > at) sink.write(chunk.subarray(at, contentEnd));
    if (done) {
      sink.end();
      this.#sink = undefined;
    }
    return end;
  }
}
