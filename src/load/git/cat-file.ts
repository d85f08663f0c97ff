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
  const parser = new BatchParser((index, header) => {
    const error = blobSizeIn(header);
    if (error !== undefined) throw error;
    return open(index);
  });
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

function blobSizeIn(header: string): TreeError | undefined {
  if (/ blob [0-9]+$/.test(header)) return undefined;
  const hint = "a partial clone lacks objects until they are fetched: run git fetch --refetch";
  return new TreeError("git-failed", `git has no such blob: ${header}`, hint);
}

/** Cuts the stream `<oid> <type> <size>\n<content>\n …` into objects. */
export class BatchParser {
  count = 0;
  #header = "";
  #sink: BlobSink | undefined;
  /** Bytes of the current content that are still to come, and one for the line feed after it. */
  #missing = 0;

  /** `open` is given the header of each answer; without a size at its end there is no content. */
  constructor(readonly open: (index: number, header: string) => BlobSink) {}

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
    const size = HEADER.exec(header)?.[3];
    const sink = this.open(this.count++, header);
    if (size === undefined) sink.end();
    else {
      this.#missing = Number(size) + 1;
      this.#sink = sink;
    }
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
      // It may ask for more, and what it says is then the next content.
      this.#sink = undefined;
      sink.end();
    }
    return end;
  }
}

/** Object name, type and size; any other line says that there is no such object. */
export const HEADER = /^([0-9a-f]{40,64}) (commit|tree|blob|tag) ([0-9]+)$/;
